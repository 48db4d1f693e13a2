"""Turning pixels the way their file says that they should be looked at."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def upright(pixels: NDArray[Scalar], orientation: int) -> NDArray[Scalar]:
    """Frames turned by an EXIF or TIFF orientation.

    Parameters
    ----------
    pixels : ndarray of shape (frames, rows, columns[, channels])
    orientation : int
        1 to 8 as in tag 274: what the first stored row and column are. TIFF 6.0, section 8;
        EXIF 2.32, 4.6.4.A. Others are taken as 1.
    """
    if swaps_axes(orientation):
        pixels = np.swapaxes(pixels, 1, 2)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, :, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def swaps_axes(orientation: int) -> bool:
    """True where rows and columns change places, so that spacing must too."""
    return orientation in (5, 6, 7, 8)
