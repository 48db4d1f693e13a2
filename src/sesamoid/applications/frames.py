"""What every application on ultrasound does first: scale, frames, image quality, provenance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from sesamoid import measure
from sesamoid.applications.application import AnalysisSettings
from sesamoid.cores import usable_cores
from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.findings import DataOrigin, Grade, ModelReference
from sesamoid.imaging import Crop, Image
from sesamoid.imaging.letterbox import content_box
from sesamoid.models import ModelBundle

Found = TypeVar("Found")
FRAMES_LOOKED_AT = 16
"""Frames of a cine, evenly spread, among which the best is looked for."""


def require_size(image: Image, smallest: int, what: str) -> None:
    """Refuse an image of fewer than `smallest` rows or columns, too few to show `what`.

    Raises
    ------
    UnsuitableImage
    """
    if min(image.size) < smallest:
        raise UnsuitableImage(
            f"the image has {image.size[0]} x {image.size[1]} pixels, too few to show {what}",
            path=image.provenance.path,
            fix=f"give an image of at least {smallest} x {smallest} pixels.",
        )


def check_scale(mm_per_pixel: float | None) -> None:
    """Refuse a scale that is no positive number."""
    if mm_per_pixel is not None and not (0 < mm_per_pixel < math.inf):  # NaN too
        raise SesamoidError(
            f"--mm-per-pixel {mm_per_pixel:g} is no scale", fix="give a positive number."
        )


def calibrated(image: Image, settings: AnalysisSettings) -> tuple[Image, tuple[str, ...]]:
    """The image with the scale that the user states, and what to note about its scale."""
    if settings.mm_per_pixel is None:
        if image.calibrated:
            return image, ()
        return image, ("The file gives no scale: lengths are in pixels, areas in pixels.",)
    if image.calibrated:
        raise SesamoidError(
            "the file is calibrated, so --mm-per-pixel would overrule its own scale",
            path=image.provenance.path,
            fix="leave --mm-per-pixel out for this file.",
        )
    step = settings.mm_per_pixel
    return image.with_spacing((step, step)), (
        f"The scale of {step:g} mm per pixel was stated by the user, not by the file.",
    )


def chosen_frames(image: Image, settings: AnalysisSettings) -> list[int]:
    """All frames, one, or those among which the best is looked for."""
    if settings.frames == "all":
        return list(range(image.frames))
    if isinstance(settings.frames, int):
        if not 0 <= settings.frames < image.frames:
            raise UnsuitableImage(
                f"there is no frame {settings.frames}: it has {image.frames}, from 0",
                path=image.provenance.path,
                fix="choose another --frame.",
            )
        return [settings.frames]
    count = min(image.frames, FRAMES_LOOKED_AT)
    return sorted({round(x) for x in np.linspace(0, image.frames - 1, count)})


def side_by_side(
    call: Callable[[int], Found], frames: Sequence[int], *, threads: int = 0
) -> Iterator[Found]:
    """`call` of each frame, in order, as many at a time as `threads` (0: one for each core)."""
    workers = threads or usable_cores()
    if workers == 1 or len(frames) == 1:
        yield from map(call, frames)
        return
    # Threads within threads get in each other's way; OpenCV's take one caller at a time.
    own = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
            yield from pool.map(call, frames)
    finally:
        cv2.setNumThreads(own)


def frame_quality(image: Image, frame: int, area: Crop | None, *, smallest: int = 32) -> Grade:
    """Grade of the image itself, whatever it shows; see `sesamoid.measure.image_quality`."""
    grey = image.grey(frame)
    if area is None:
        inner = content_box(grey)
        if min(inner.height, inner.width) < smallest:
            inner = Crop(0, 0, *grey.shape)
        area = inner
    full_scale = None
    if grey.dtype.itemsize > 1:
        # 12 bits in 16: white is the power of two that holds the brightest pixel.
        full_scale = float(2 ** int(np.ceil(np.log2(max(float(grey.max()), 255.0) + 1))) - 1)
    return measure.image_quality(grey, scan_area=area, full_scale=full_scale, frame=frame)


def model_reference(one: ModelBundle, *, name: str = "", sha256: str = "") -> ModelReference:
    """Which model made a result; name and digest are the network's where not given."""
    manifest = one.manifest
    return ModelReference(
        name=name or manifest.name,
        version=manifest.version,
        sha256=sha256 or manifest.weights_sha256,
        trained_on=manifest.trained_on,
        origin=DataOrigin(manifest.origin),
        card=str(one.card),
    )
