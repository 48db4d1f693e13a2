"""How far apart two structures are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from sesamoid.measure.calipers import Caliper
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing, same_shape


def distance_between(
    first: NDArray[np.generic], second: NDArray[np.generic], spacing: Spacing
) -> Caliper:
    """Smallest edge-to-edge distance of two masks, with its end points.

    Parameters
    ----------
    first, second : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels; need not be square.

    Returns
    -------
    Caliper
        From `first` to `second`; length 0 where they touch or overlap.

    Raises
    ------
    SesamoidError
        A mask is empty, or the shapes differ.

    Notes
    -----
    Exact for masks taken as unions of pixel rectangles: all corners lie on one grid, so that the
    smallest distance is always met between two corners.
    """
    step = np.asarray(checked_spacing(spacing))
    same_shape(first, second)
    from_points = _corners(checked_mask(first))
    to_points = _corners(checked_mask(second))
    overlap = np.argwhere(checked_mask(first) & checked_mask(second))
    if len(overlap):
        return Caliper.between(overlap[0], overlap[0], (step[0], step[1]))
    lengths, nearest = cKDTree(to_points * step).query(from_points * step)
    index = int(np.argmin(lengths))
    return Caliper.between(from_points[index], to_points[int(nearest[index])], (step[0], step[1]))


def _corners(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Corners of the mask's pixels that border on anything else, (row, column) in pixels."""
    padded = np.pad(mask, 1)
    shape = (mask.shape[0] + 1, mask.shape[1] + 1)
    touched = np.zeros(shape, dtype=int)
    for row in (0, 1):
        for column in (0, 1):
            touched += padded[row : row + shape[0], column : column + shape[1]]
    corners = np.argwhere((touched > 0) & (touched < 4))
    return corners.astype(np.float64) - np.float64(0.5)
