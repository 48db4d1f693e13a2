"""Grey-level co-occurrence (Haralick 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.feature import graycomatrix

from sesamoid.errors import SesamoidError
from sesamoid.features.quantise import GREY_RANGE, quantised, region_of

ANGLES_RAD = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
"""The four directions of a plane; the opposite ones are counted too."""


def cooccurrence_matrix(
    bins: NDArray[np.integer], inside: NDArray[np.bool_], *, levels: int, distance: int = 1
) -> NDArray[np.float64]:
    """Probabilities (levels, levels) of neighbouring bins, four directions merged, symmetric.

    Parameters
    ----------
    bins : ndarray of int, shape (rows, columns)
        1..levels.
    inside : ndarray of bool
        Only pairs with both pixels inside count.
    """
    # Bin 0 marks the outside; its row and column are then cut off.
    labelled = np.where(inside, bins, 0).astype(np.uint8 if levels < 256 else np.uint16)
    counts = graycomatrix(labelled, [distance], ANGLES_RAD, levels=levels + 1, symmetric=True)
    merged = counts[1:, 1:, 0, :].sum(axis=-1).astype(float)
    total = merged.sum()
    if total == 0:
        raise SesamoidError(f"the region has no two pixels {distance} apart")
    matrix: NDArray[np.float64] = merged / total
    return matrix


def cooccurrence(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    levels: int = 32,
    distance: int = 1,
    limits: tuple[float, float] = GREY_RANGE,
) -> dict[str, float]:
    """Haralick features of a region, IBSI definitions (IBSI-1 section 3.6, 2-D, merged).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
    levels : int
        Bins of equal width over `limits`.
    distance : int
        In pixels.
    limits : tuple of float
        Grey levels of the first and the last bin's outer edge.

    Returns
    -------
    dict of str to float
        Without unit; logarithms to base 2.
    """
    part, inside = region_of(grey, mask)
    bins = quantised(part, levels=levels, limits=limits)
    return cooccurrence_features(
        cooccurrence_matrix(bins, inside, levels=levels, distance=distance)
    )


def _entropy(shares: NDArray[np.float64]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum())


def cooccurrence_features(matrix: NDArray[np.float64]) -> dict[str, float]:
    """The features of a symmetric co-occurrence matrix that sums to 1; bins count from 1."""
    level = np.arange(1, len(matrix) + 1, dtype=float)
    i, j = level[:, None], level[None]
    margin = matrix.sum(axis=1)
    mean = float((level * margin).sum())
    variance = float(((level - mean) ** 2 * margin).sum())
    apart = np.abs(i - j)
    differences = np.zeros(len(matrix))
    np.add.at(differences, apart.astype(int), matrix)
    joint, single = _entropy(matrix), _entropy(margin)
    product = margin[:, None] * margin[None]
    both = product > 0
    crossed = float(-(matrix[both] * np.log2(product[both])).sum())
    crossed_own = _entropy(product.ravel())
    autocorrelation = float((i * j * matrix).sum())
    together = i + j - 2 * mean
    return {
        "joint_maximum": float(matrix.max()),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": joint,
        "difference_average": float((apart * matrix).sum()),
        "difference_entropy": _entropy(differences),
        "energy": float((matrix**2).sum()),
        "contrast": float((apart**2 * matrix).sum()),
        "inverse_difference": float((matrix / (1 + apart)).sum()),
        "inverse_difference_moment": float((matrix / (1 + apart**2)).sum()),
        "correlation": (autocorrelation - mean**2) / variance if variance > 1e-12 else 1.0,
        "autocorrelation": autocorrelation,
        "cluster_tendency": float((together**2 * matrix).sum()),
        "cluster_shade": float((together**3 * matrix).sum()),
        "cluster_prominence": float((together**4 * matrix).sum()),
        "information_correlation_1": (joint - crossed) / single if single > 0 else 0.0,
        "information_correlation_2": float(
            np.sqrt(max(0.0, 1 - np.exp(-2 * (crossed_own - joint))))
        ),
    }
