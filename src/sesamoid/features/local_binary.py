"""Local binary patterns (Ojala 2002)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.feature import local_binary_pattern

from sesamoid.features.quantise import region_of


def local_binary(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    radius_px: int = 1,
    points: int = 8,
) -> dict[str, float]:
    """Share of each rotation-invariant uniform pattern in a region; shares sum to 1.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
        Patterns may look over its edge at the image around it.
    radius_px, points : int
        Of the circle of neighbours.

    Returns
    -------
    dict of str to float
        ``pattern_0`` … ``pattern_{points + 1}``: number of brighter neighbours in one arc, the last
        for patterns with several arcs. The same for any rising change of grey levels, and for a
        quarter turn of the image.
    """
    region_of(grey, mask)
    inside = np.ones(grey.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    # LBP compares with >=; whole numbers keep interpolated neighbours from flickering at ties.
    levels = np.rint(np.asarray(grey, dtype=float)).astype(np.int32)
    # scikit-image takes what lies beyond the image for black, which is no texture.
    padded = np.pad(levels, radius_px + 1, mode="symmetric")
    patterns = local_binary_pattern(padded, points, radius_px, method="uniform").astype(int)
    edge = slice(radius_px + 1, -(radius_px + 1))
    counts = np.bincount(patterns[edge, edge][inside], minlength=points + 2)
    return {f"pattern_{i}": float(c) for i, c in enumerate(counts / counts.sum())}
