"""Grey-level co-occurrence (Haralick 1973)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.feature import graycomatrix

from sesamoid.errors import SesamoidError
from sesamoid.features.quantise import GREY_RANGE, Aggregation, aggregated, quantised, region_of

ANGLES_RAD = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
"""The four directions of a plane; the opposite ones are counted too."""


def cooccurrence_counts(
    bins: NDArray[np.integer], inside: NDArray[np.bool_], *, levels: int, distance: int = 1
) -> NDArray[np.float64]:
    """Number of neighbouring bins, symmetric; shape (directions, levels, levels).

    Parameters
    ----------
    bins : ndarray of int, shape (rows, columns)
        1..levels.
    inside : ndarray of bool
        Only pairs with both pixels inside count.
    levels : int
    distance : int
        In pixels.
    """
    # Bin 0 marks the outside; its row and column are then cut off.
    labelled = np.where(inside, bins, 0).astype(np.uint8 if levels < 256 else np.uint16)
    counts = graycomatrix(labelled, [distance], ANGLES_RAD, levels=levels + 1, symmetric=True)
    by_direction: NDArray[np.float64] = np.moveaxis(counts[1:, 1:, 0, :], -1, 0).astype(float)
    return by_direction


def cooccurrence(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    levels: int = 32,
    distance: int = 1,
    limits: tuple[float, float] = GREY_RANGE,
    aggregation: Aggregation = "merged",
) -> dict[str, float]:
    """Haralick features of a region, IBSI definitions (IBSI-1 section 3.6).

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
    aggregation : {"merged", "average"}
        Features of the four directions' common matrix (IBSI "2D, slice-merged"), or the mean of
        the four directions' features (IBSI "2D, averaged").

    Returns
    -------
    dict of str to float
        Without unit; logarithms to base 2. IBSI's dissimilarity is `difference_average`.

    Raises
    ------
    SesamoidError
        No two pixels of the region are `distance` apart.
    """
    part, inside = region_of(grey, mask)
    bins = quantised(part, levels=levels, limits=limits)
    counts = cooccurrence_counts(bins, inside, levels=levels, distance=distance)
    if not counts.any():
        raise SesamoidError(f"the region has no two pixels {distance} apart")
    return aggregated(cooccurrence_features, counts, aggregation)


def _entropy(shares: NDArray[np.floating | np.integer]) -> float:
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum())


def cooccurrence_features(counts: NDArray[np.float64]) -> dict[str, float]:
    """The features of a symmetric matrix of shape (levels, levels); bins count from 1."""
    matrix = counts / counts.sum()
    levels = len(matrix)
    level = np.arange(1, levels + 1, dtype=float)
    i, j = level[:, None], level[None]
    margin = matrix.sum(axis=1)
    mean = float((level * margin).sum())
    variance = float(((level - mean) ** 2 * margin).sum())
    apart, total = np.abs(i - j), i + j
    # Shares of each difference 0.. and each sum 0.. of two neighbours.
    by_difference = np.bincount(apart.astype(int).ravel(), weights=matrix.ravel())
    by_sum = np.bincount(total.astype(int).ravel(), weights=matrix.ravel())
    differences = np.arange(len(by_difference))
    difference_mean = float((differences * by_difference).sum())
    joint, single = _entropy(matrix), _entropy(margin)
    product = margin[:, None] * margin[None]
    both = product > 0
    crossed = float(-(matrix[both] * np.log2(product[both])).sum())
    crossed_own = _entropy(product.ravel())
    autocorrelation = float((i * j * matrix).sum())
    together = total - 2 * mean
    tendency = together * together * matrix
    unequal = apart > 0
    return {
        "joint_maximum": float(matrix.max()),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": joint,
        "difference_average": difference_mean,
        "difference_variance": float(((differences - difference_mean) ** 2 * by_difference).sum()),
        "difference_entropy": _entropy(by_difference),
        "sum_average": 2 * mean,
        "sum_variance": float(tendency.sum()),
        "sum_entropy": _entropy(by_sum),
        "energy": float((matrix * matrix).sum()),
        "contrast": float((apart * apart * matrix).sum()),
        "inverse_difference": float((matrix / (1 + apart)).sum()),
        "inverse_difference_normalised": float((matrix / (1 + apart / levels)).sum()),
        "inverse_difference_moment": float((matrix / (1 + apart**2)).sum()),
        "inverse_difference_moment_normalised": float((matrix / (1 + (apart / levels) ** 2)).sum()),
        "inverse_variance": float((matrix[unequal] / apart[unequal] ** 2).sum()),
        "correlation": (autocorrelation - mean**2) / variance if variance > 1e-12 else 1.0,
        "autocorrelation": autocorrelation,
        "cluster_tendency": float(tendency.sum()),
        "cluster_shade": float((tendency * together).sum()),
        "cluster_prominence": float((tendency * together * together).sum()),
        "information_correlation_1": (joint - crossed) / single if single > 0 else 0.0,
        "information_correlation_2": float(
            np.sqrt(max(0.0, 1 - np.exp(-2 * (crossed_own - joint))))
        ),
    }
