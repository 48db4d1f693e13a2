"""Where the scan lies on a stream's screen, looked for now and then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging import Crop, Image, Provenance, find_scan_area

SMALLEST_PX = 64
"""A box with fewer rows or columns than this is no scan."""


class ScanFinder:
    """Remembers where the scan lies and looks again after a while, or when the size changes.

    A dark or empty frame shows no scan; the one found before then stands.

    Parameters
    ----------
    every_s : float
    """

    def __init__(self, every_s: float):
        self.every_s = every_s
        self._size: tuple[int, int] | None = None
        self._looked_s = 0.0
        self._box: Crop | None = None

    def find(self, frame: NDArray[np.uint8], time_s: float) -> Crop:
        """The scan in this frame; the whole of it where nothing else is found."""
        size = (int(frame.shape[0]), int(frame.shape[1]))
        if size != self._size:
            self._size, self._box = size, None
            self._look(frame, time_s)
        elif not 0 <= time_s - self._looked_s < self.every_s:
            self._look(frame, time_s)
        return self._box if self._box is not None else Crop(0, 0, *size)

    def _look(self, frame: NDArray[np.uint8], time_s: float) -> None:
        self._looked_s = time_s
        image = Image(frame[None], Provenance(Path("frame"), "live"))
        box = find_scan_area(image)
        if box is None or min(box.height, box.width) < SMALLEST_PX:
            return
        if self._box is None or _differs(box, self._box):
            self._box = box


def _differs(new: Crop, old: Crop) -> bool:
    """More than the box of one frame's echo differs from another's."""
    limit = 0.03 * max(old.height, old.width)
    moved = (
        new.top - old.top, new.left - old.left, new.bottom - old.bottom, new.right - old.right
    )  # fmt: skip
    return max(abs(step) for step in moved) > limit
