"""A live frame, and what happens to a source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings import DataOrigin


@dataclass(frozen=True)
class LiveFrame:
    """One frame of a source; its pixels are not written to by anyone.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
        Grey, or red, green, blue; the scan, as the source shows it.
    time_s : float
        On the source's own clock, from its first frame; never goes back.
    index : int
        From 0, counted by the source.
    spacing_mm : (row, column), optional
        None: not calibrated.
    origin : DataOrigin
        Real or virtual.
    grabbed_s : float
        When it was grabbed, on the clock of the loop.
    """

    pixels: NDArray[np.uint8] = field(repr=False)
    time_s: float
    index: int
    spacing_mm: tuple[float, float] | None = None
    origin: DataOrigin = DataOrigin.REAL
    grabbed_s: float = 0.0

    def __post_init__(self) -> None:
        shape = self.pixels.shape
        good = len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)
        if not good or self.pixels.dtype != np.uint8 or 0 in shape:
            raise SesamoidError(
                f"a live frame of {self.pixels.dtype} and shape {shape}",
                fix="give uint8 of shape (rows, columns) or (rows, columns, 3).",
            )


class Happening(StrEnum):
    """What may happen to a source without ending the examination."""

    UNPLUGGED = "unplugged"
    PLUGGED_IN = "plugged in"
    GONE = "gone"
    SIZE_CHANGED = "size changed"
    BLACK = "black"
    PICTURE_BACK = "picture back"
    COLOUR_DOPPLER = "colour Doppler"
    COLOUR_GONE = "colour gone"
    UNREADABLE = "unreadable"
    ONLY_FIRST = "only the first frame"


@dataclass(frozen=True)
class SourceEvent:
    """Something that happened to a source, in words.

    Parameters
    ----------
    happening : Happening
    text : str
    time_s : float
        On the source's clock.
    box : (top, left, height, width), optional
        Of a colour box, in pixels of the frame.
    """

    happening: Happening
    text: str
    time_s: float
    box: tuple[int, int, int, int] | None = None


@dataclass(frozen=True)
class Orientation:
    """How a source shows what it sees.

    Parameters
    ----------
    mirrored : bool
        What the protocol has at the left lies at the right: the probe is held, or its picture is
        flipped, the other way round. Frames are turned back before they are assessed.
    """

    mirrored: bool = False

    def upright(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture as the protocol shows it; a mirror image where it is mirrored."""
        return np.ascontiguousarray(pixels[:, ::-1]) if self.mirrored else pixels
