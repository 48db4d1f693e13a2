"""Speed of an analysis, frame to numbers, beside two networks of the published kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.application import AnalysisSettings
from sesamoid.evidence.timing import Timing, side_by_side
from sesamoid.imaging import Image, Provenance
from sesamoid.learning.vgg_unet import forward_passes
from sesamoid.models import bundle
from sesamoid.virtual.muscle import VirtualMuscle, draw_muscle, picture

from .looking import Look, looker
from .video import series_of

PUBLISHED_SIDE = 512
"""Rows and columns of the published networks' input (their weights' names say 512)."""
ROUNDS_OF_OTHER = 12
"""Rounds of ours alone for each round in turn with the published kind, which takes seconds."""
CINE_FRAMES = 50


def benchmark(*, threads: int, repeats: int, model: str = "muscle") -> dict[str, Any]:
    """Time one still from grey levels to numbers, and a cine, on virtual muscles.

    Beside ours, in turn: the forward passes alone of two VGG-16 U-Nets on 512 x 512 pixels in
    eager PyTorch, fresh weights. Cines are timed with one thread and with `threads`.
    """
    look = looker(bundle(model), AnalysisSettings(threads=threads))
    image = _still(0)
    one_frame = _measured(look, image, repeats=None)
    compared = side_by_side(
        one_frame,
        forward_passes(2, PUBLISHED_SIDE, threads=threads),
        repeats=max(3, repeats // ROUNDS_OF_OTHER),
        warm_up=1,
    )
    what = "frame to numbers"
    rows = [{"what": f"{what}, with standard errors"} | _timed(one_frame, repeats)]
    # One thread of the network, as a cine's frames are shared out over the cores.
    single = looker(bundle(model), AnalysisSettings(threads=1), mirror=False)
    alone = _timed(_measured(single, image, 0), repeats)
    rows.append({"what": f"{what}, as in a cine, 1 thread"} | alone)
    return {
        "what": "one still to thickness, angles and lengths (virtual muscle)",
        "frame": list(image.size),
        "threads": threads,
        "repeats": repeats,
        "ours": {"what": "still to numbers, onnxruntime and filters"} | compared.ours.as_dict(),
        "other": {
            "what": f"two VGG-16 U-Nets, {PUBLISHED_SIDE} px, forward passes only, PyTorch eager"
        }
        | compared.other.as_dict(),
        "speed_up": compared.speed_up,
        "more": rows,
        "frames_per_second": {
            f"cine of {CINE_FRAMES} frames, {count} thread{'' if count == 1 else 's'}": _cine_rate(
                single, count
            )
            for count in sorted({1, threads})
        },
    }


def _still(seed: int) -> Image:
    return _image(picture(draw_muscle(seed)).pixels[None])


def _image(pixels: NDArray[np.uint8]) -> Image:
    return Image(pixels=pixels, provenance=Provenance(path=Path("virtual"), format="virtual"))


def _measured(look: Look, image: Image, repeats: int | None) -> Callable[[], object]:
    def measured() -> object:
        seen = look(image.grey(0), None)
        return look.architecture(seen, None, image, frame=0, repeats=repeats)

    return measured


def _timed(call: Callable[[], object], repeats: int) -> dict[str, float]:
    call()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        times.append((time.perf_counter() - started) * 1000)
    return Timing.of(times).as_dict()


def _cine_rate(look: Look, threads: int) -> float:
    """Frames a second of a contraction."""
    angles = 15 + 10 * np.sin(np.linspace(0, np.pi, 10))
    drawn = [picture(replace(VirtualMuscle(seed=1), pennation_deg=float(a))).pixels for a in angles]
    pixels = np.stack([drawn[i % len(drawn)] for i in range(CINE_FRAMES)])
    image = _image(pixels)
    frames = list(range(CINE_FRAMES))
    series_of(image, look, frames[:4], frames[:4], None, threads=threads)
    started = time.perf_counter()
    series_of(image, look, frames, frames, None, threads=threads)
    return CINE_FRAMES / (time.perf_counter() - started)
