"""A long live session: whether its memory stays flat, and its latency at a source's full rate."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.anatomy import Protocol, protocol
from sesamoid.errors import SesamoidError
from sesamoid.evidence.timing import Timing
from sesamoid.findings import DataOrigin
from sesamoid.live import LiveFrame, LiveUpdate, Session
from sesamoid.live.sources import PacedSource

from .assessor import WristHandAssessor
from .live_speed import Packed, console_frames, unpacked
from .look import Looker
from .overlay import draw_live

FPS = 60.0
HELD_S = 1.5
"""How long one screen is shown: long enough for its plane to be held and kept."""
MOMENTS = ("start", "middle", "end")
SETTLED = 0.05
"""Share of the frames after which the start is measured: by then all tables are made."""
SAMPLES = 200
"""Times that memory is looked at from there on, for its slope."""


class Screens(PacedSource):
    """Packed screens one after the other, over and over, each unpacked anew."""

    def __init__(self, packed: Sequence[Packed], *, fps: float = FPS, pace: bool = True):
        super().__init__("screens of a virtual console", origin=DataOrigin.VIRTUAL, pace=pace)
        self.packed, self.fps = packed, fps

    def frames(self) -> Iterator[LiveFrame]:
        """Without an end."""
        for number in itertools.count():
            time_s = number / self.fps
            content, spacing = self.packed[int(time_s / HELD_S) % len(self.packed)]
            yield LiveFrame(unpacked(content), time_s, number, spacing, self.origin)


def live_endurance(
    looker: Looker,
    *,
    frames: int = 20_000,
    fps: float = FPS,
    packed: Sequence[Packed] | None = None,
    scanned: Protocol | None = None,
    folder: Path | None = None,
    on_memory: Callable[[str], None] = lambda moment: None,
) -> dict[str, Any]:
    """Run a session with a viewer over many frames of a source that may be too fast for it.

    Parameters
    ----------
    looker : Looker
    frames : int
        Frames that are assessed; those that are dropped come on top.
    fps : float
        Of the source.
    packed : sequence of (bytes, spacing), optional
        Screens; those of a virtual console where left out.
    scanned : Protocol, optional
    folder : Path, optional
        Of the record; one that is removed again where left out.
    on_memory : callable
        Gets each of `MOMENTS` when memory is looked at.

    Returns
    -------
    dict
        ``memory_mib`` (resident) and ``blocks`` (Python objects) at start, middle and end;
        ``memory_slope_kib``, of the resident memory over 1000 frames (least squares from the start
        on; None where the system does not tell); ``latency_ms`` with p50 and p95 from grabbing to
        the overlay over the first and the last quarter; ``assessed``, ``dropped``, ``kept``.

    Raises
    ------
    SesamoidError
        The session failed; the error is that of the session.
    """
    if frames < 100:
        raise SesamoidError(f"{frames} frames are no long session", fix="ask for 100 or more.")
    rule = scanned if scanned is not None else protocol("wrist-hand-15")
    screens = packed if packed is not None else console_frames(rule)
    at = dict(zip((int(SETTLED * frames), frames // 2, frames - 1), MOMENTS, strict=True))
    every = max(1, frames // SAMPLES)
    samples: list[tuple[int, float]] = []
    memory: dict[str, float | None] = {}
    blocks: dict[str, int] = {}
    latency_s = np.zeros(frames)
    seen = 0

    def watch(update: LiveUpdate) -> None:
        nonlocal seen
        found = update.assessment
        if update.frame is None or update.picture is None or found is None or seen >= frames:
            return
        plane = found.pose.plane if found.pose is not None else rule.planes[0].id
        draw_live(update.picture, found, rule.plane(plane))
        latency_s[seen] = session.clock.now() - update.frame.grabbed_s
        if seen in at:
            gc.collect()
            memory[at[seen]], blocks[at[seen]] = resident_mib(), sys.getallocatedblocks()
            on_memory(at[seen])
        if seen >= SETTLED * frames and seen % every == 0 and (now := resident_mib()) is not None:
            samples.append((seen, now))
        seen += 1
        if seen == frames:
            session.stop()

    with tempfile.TemporaryDirectory() as temporary:
        session = Session(
            Screens(screens, fps=fps), WristHandAssessor(looker, rule, scan_area="find"), rule,
            folder if folder is not None else Path(temporary) / "session",
        )  # fmt: skip
        result = session.run(watch)
    if result.report.error is not None:
        raise result.report.error
    quarter = frames // 4
    return {
        "schema": "sesamoid-live-endurance-v1", "what": "a live session with a viewer",
        "origin": "virtual", "fps": fps, "assessed": seen, "dropped": result.report.dropped,
        "kept": len(result.checklist.kept), "memory_mib": memory, "blocks": blocks,
        "memory_slope_kib": slope_kib(samples),
        "latency_ms": {
            "first quarter": Timing.of(1000 * latency_s[:quarter]).as_dict(),
            "last quarter": Timing.of(1000 * latency_s[-quarter:]).as_dict(),
        },
    }  # fmt: skip


def slope_kib(samples: Sequence[tuple[int, float]]) -> float | None:
    """Slope of (frame, memory in MiB) in KiB over 1000 frames; None for fewer than two."""
    if len(samples) < 2:
        return None
    numbers, mib = np.array(samples, dtype=np.float64).T
    return float(np.polyfit(numbers / 1000, 1024 * mib, 1)[0])


def resident_mib() -> float | None:
    """Memory of this process in MiB; None where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
