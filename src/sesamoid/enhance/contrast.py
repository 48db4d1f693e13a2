"""Local contrast."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError


def clahe(
    image: NDArray[np.generic], *, clip_limit: float = 2.0, tiles: tuple[int, int] = (8, 8)
) -> NDArray[np.generic]:
    """Contrast-limited adaptive histogram equalisation (Zuiderveld 1994), as OpenCV does it.

    For looking and for features; a measurement of brightness must be taken before it.

    Parameters
    ----------
    image : ndarray of uint8 or uint16, shape (rows, columns)
        Floats are refused: their scale would have to be guessed.
    clip_limit : float
        Largest slope of the equalising curve, in units of an even histogram.
    tiles : tuple of int
        (rows, columns) of the grid.

    Returns
    -------
    ndarray
        Of the same type and shape, over the type's full range.
    """
    if image.ndim != 2 or image.dtype not in (np.uint8, np.uint16):
        raise SesamoidError(f"CLAHE takes 2-D uint8 or uint16, not {image.ndim}-D {image.dtype}")
    if clip_limit <= 0 or min(tiles) < 1:
        raise SesamoidError(f"clip limit {clip_limit} or tiles {tiles} out of range")
    # OpenCV counts tiles as (columns, rows).
    operator = cv2.createCLAHE(clipLimit=clip_limit, tileGridSize=(tiles[1], tiles[0]))
    return np.asarray(operator.apply(np.ascontiguousarray(image)))
