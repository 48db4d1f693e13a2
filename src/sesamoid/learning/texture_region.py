"""Where texture is taken: an outlined region, or the part of the frame that is not black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging.letterbox import content_box
from sesamoid.imaging.masks import read_mask


def eight_bit(grey: NDArray[np.generic], *, path: Path) -> NDArray[np.uint8]:
    """`grey` as it is; DataError naming `path` where it is not of 8 bits."""
    if grey.dtype != np.uint8:
        raise DataError(
            f"texture is of 8-bit grey levels, not {grey.dtype}",
            path=path,
            fix="export the images as the scanner shows them.",
        )
    return np.asarray(grey, dtype=np.uint8)


def texture_region(
    grey: NDArray[np.generic], mask: Path | None, *, image: Path
) -> NDArray[np.bool_]:
    """Region of an image.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : Path or None
        A label image of the same shape, any label counts; None: what is not black.
    image : Path
        To be named in an error.

    Returns
    -------
    ndarray of bool, shape (rows, columns)

    Raises
    ------
    DataError
        A mask of another shape, or an empty one.
    """
    if mask is None:
        box = content_box(grey)
        region = np.zeros(grey.shape, dtype=bool)
        region[box.top : box.bottom, box.left : box.right] = True
        return region
    region = np.asarray(read_mask(mask) > 0)
    fix = "outline the muscle in the pixels of its image."
    if region.shape != grey.shape:
        raise DataError(
            f"the mask of shape {region.shape} does not fit {image.name} of shape {grey.shape}",
            path=mask,
            fix=fix,
        )
    if not region.any():
        raise DataError("the mask is empty", path=mask, fix=fix)
    return region
