"""Covering a large frame with overlapping canvases, and joining what comes back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

OVERLAP = 0.25
"""Least share of a tile that its neighbour covers too."""


def tile_origins(size: tuple[int, int], tile: tuple[int, int]) -> list[tuple[int, int]]:
    """(top, left) of tiles of size `tile` that cover `size`, evenly spread, none sticking out.

    Where the frame is smaller than a tile in some direction, one tile starts at 0 there.
    """
    return [(top, left) for top in _starts(size[0], tile[0]) for left in _starts(size[1], tile[1])]


def _starts(length: int, tile: int) -> list[int]:
    if length <= tile:
        return [0]
    count = int(np.ceil((length - tile) / (tile * (1 - OVERLAP)))) + 1
    return [round(x) for x in np.linspace(0, length - tile, count)]


def blend(
    maps: NDArray[np.float32], origins: list[tuple[int, int]], size: tuple[int, int]
) -> NDArray[np.float32]:
    """Weighted mean of tiles; a tile counts most in its middle.

    Parameters
    ----------
    maps : ndarray of shape (tiles, classes, rows, columns)
    origins : list of (top, left)
    size : tuple of int
        (rows, columns) of the whole.

    Returns
    -------
    ndarray of shape (classes, rows, columns)
    """
    tile = maps.shape[2:]
    weight = np.outer(_hill(tile[0]), _hill(tile[1])).astype(np.float32)
    total = np.zeros((maps.shape[1], *size), dtype=np.float32)
    weights = np.zeros(size, dtype=np.float32)
    for one, (top, left) in zip(maps, origins, strict=True):
        height, width = min(tile[0], size[0] - top), min(tile[1], size[1] - left)
        place = (slice(top, top + height), slice(left, left + width))
        total[:, *place] += one[:, :height, :width] * weight[:height, :width]
        weights[place] += weight[:height, :width]
    return total / weights


def _hill(length: int) -> NDArray[np.float64]:
    return np.minimum(np.arange(1, length + 1), np.arange(length, 0, -1)) / length
