"""Square pieces of a region at the image's own scale: what the texture network looks at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.learning.texture_labels import TextureExample

INSIDE_SHARE = 0.5
"""Least share of a piece that lies in the region [P]."""

MIDDLE_GREY = 64.0
"""Grey levels become (grey - 64) / 64: fixed, since brightness is part of what is told apart."""


def region_patch(
    example: TextureExample, side: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The region's bounding box, standardised, at least `side` a side; outside it the mean."""
    rows = np.flatnonzero(example.region.any(axis=1))
    columns = np.flatnonzero(example.region.any(axis=0))
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    inside = example.region[box]
    grey = (example.grey[box].astype(np.float32) - MIDDLE_GREY) / MIDDLE_GREY
    grey = np.where(inside, grey, grey[inside].mean(dtype=np.float64)).astype(np.float32)
    short = [(0, max(0, side - length)) for length in grey.shape]
    return np.pad(grey, short, mode="reflect" if min(grey.shape) > 1 else "edge"), np.pad(
        inside, short, mode="reflect" if min(grey.shape) > 1 else "edge"
    )


def corners(inside: NDArray[np.bool_], side: int, *, step: int) -> NDArray[np.int64]:
    """(row, column) of the pieces on a grid that lie in the region; at least the best one.

    Parameters
    ----------
    inside : ndarray of bool, shape (rows, columns)
    side, step : int
        Of the pieces and between them, in pixels.
    """
    # Sums over any rectangle from one table of running sums.
    table = np.pad(inside.astype(np.int64).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    grids = [
        np.unique(np.append(np.arange(0, length - side + 1, step), length - side))
        for length in inside.shape
    ]
    row, column = (axis.ravel() for axis in np.meshgrid(*grids, indexing="ij"))
    area = (
        table[row + side, column + side]
        - table[row, column + side]
        - table[row + side, column]
        + table[row, column]
    )
    kept = area >= INSIDE_SHARE * side * side
    if not kept.any():
        kept = area == area.max()
    return np.stack([row[kept], column[kept]], axis=1)


def tiles(example: TextureExample, side: int) -> NDArray[np.float32]:
    """Half-overlapping pieces of the region, shape (pieces, 1, side, side)."""
    grey, inside = region_patch(example, side)
    places = corners(inside, side, step=max(1, side // 2))
    return np.stack([grey[None, r : r + side, c : c + side] for r, c in places])
