"""Grey levels to a few bins, as the texture matrices need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError

GREY_RANGE = (0.0, 255.0)
"""Grey levels of an 8-bit frame: bins are fixed by them, never by the region's own extremes, so
that a texture does not change with what else lies in the region."""

Aggregation = Literal["merged", "average"]
"""Features of the directions' common matrix, or the mean of the directions' features."""


def aggregated(
    features: Callable[[NDArray[np.float64]], dict[str, float]],
    counts: NDArray[np.float64],
    aggregation: Aggregation,
) -> dict[str, float]:
    """Features of a texture matrix that was counted by direction.

    Parameters
    ----------
    features : callable
        One matrix of shape (levels, ...) to its features.
    counts : ndarray of shape (directions, levels, ...)
    aggregation : {"merged", "average"}
        A direction in which nothing was counted has no part in the average.
    """
    if aggregation == "merged":
        return features(counts.sum(axis=0))
    if aggregation != "average":
        raise SesamoidError(f"no aggregation {aggregation!r}", fix="use 'merged' or 'average'.")
    each = [features(matrix) for matrix in counts if matrix.any()]
    return {name: float(np.mean([one[name] for one in each])) for name in each[0]}


def quantised(
    grey: NDArray[np.generic], *, levels: int, limits: tuple[float, float] = GREY_RANGE
) -> NDArray[np.int64]:
    """Grey levels as bins 1..levels of equal width over `limits`; outside, the nearest bin.

    Raises
    ------
    SesamoidError
        Fewer than 2 levels or more than 256, or limits that are not low, high.
    """
    low, high = limits
    if not 2 <= levels <= 256 or not high > low:
        raise SesamoidError(f"cannot quantise to {levels} levels over {limits}")
    share = (np.asarray(grey, dtype=float) - low) / (high - low)
    return np.clip((share * levels).astype(np.int64), 0, levels - 1) + 1


def region_of(
    grey: NDArray[np.generic], mask: NDArray[np.generic] | None
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """The mask's bounding box of the image, and the mask in it; without a mask, all of it.

    Raises
    ------
    SesamoidError
        Not 2-D, shapes that differ, or an empty mask.
    """
    if grey.ndim != 2:
        raise SesamoidError(f"texture is of a grey image, not of shape {grey.shape}")
    if mask is None:
        return grey, np.ones(grey.shape, dtype=bool)
    inside = np.asarray(mask, dtype=bool)
    if inside.shape != grey.shape:
        raise SesamoidError(f"mask of shape {inside.shape} on an image of shape {grey.shape}")
    if not inside.any():
        raise SesamoidError("the mask is empty, so it has no texture")
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    return grey[box], inside[box]
