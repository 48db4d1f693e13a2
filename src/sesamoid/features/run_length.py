"""Grey-level run lengths (Galloway 1975)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.features.quantise import GREY_RANGE, Aggregation, aggregated, quantised, region_of


def _lines(bins: NDArray[np.integer]) -> list[NDArray[np.integer]]:
    """The image read along its four directions, each as one line with 0 between scan lines."""
    rows, columns = bins.shape
    size = rows + columns - 1
    out = []
    for image in (bins, bins.T):
        out.append(np.pad(image, ((0, 0), (0, 1))).ravel())
    for image in (bins, bins[:, ::-1]):
        # Shear each row by its number: diagonals become columns.
        sheared = np.zeros((rows, size), dtype=bins.dtype)
        sheared[np.arange(rows)[:, None], np.arange(rows)[:, None] + np.arange(columns)] = image
        out.append(np.pad(sheared.T, ((0, 0), (0, 1))).ravel())
    return out


def run_length_counts(
    bins: NDArray[np.integer], inside: NDArray[np.bool_], *, levels: int
) -> NDArray[np.float64]:
    """Number of runs by (direction, bin, length); shape (4, levels, longest side).

    Parameters
    ----------
    bins : ndarray of int, shape (rows, columns)
        1..levels.
    inside : ndarray of bool
        Runs end where it does.
    levels : int
    """
    longest = max(bins.shape)
    out = np.empty((4, levels, longest))
    for direction, line in enumerate(_lines(np.where(inside, bins, 0).astype(np.int16))):
        starts = np.flatnonzero(line[1:] != line[:-1]) + 1
        starts = np.concatenate(([0], starts))
        lengths = np.diff(starts, append=len(line))
        values = line[starts]
        kept = values > 0
        cell = (values[kept].astype(np.int64) - 1) * longest + lengths[kept] - 1
        runs = np.bincount(cell, minlength=levels * longest)
        out[direction] = runs.reshape(levels, longest)
    return out


def run_length(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    levels: int = 16,
    limits: tuple[float, float] = GREY_RANGE,
    aggregation: Aggregation = "merged",
) -> dict[str, float]:
    """Run-length features of a region, IBSI definitions (IBSI-1 section 3.7).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
    levels : int
        Bins of equal width over `limits`.
    limits : tuple of float
        Grey levels of the first and the last bin's outer edge.
    aggregation : {"merged", "average"}
        Features of the four directions' common matrix (IBSI "2D, slice-merged"), or the mean of
        the four directions' features (IBSI "2D, averaged").

    Returns
    -------
    dict of str to float
        Without unit. The two non-uniformities without ``_normalised`` grow with the region.
    """
    part, inside = region_of(grey, mask)
    bins = quantised(part, levels=levels, limits=limits)
    return aggregated(
        run_length_features, run_length_counts(bins, inside, levels=levels), aggregation
    )


def run_length_features(matrix: NDArray[np.float64]) -> dict[str, float]:
    """The features of a matrix of shape (levels, lengths); bins and lengths count from 1."""
    level = np.arange(1, matrix.shape[0] + 1, dtype=float)[:, None]
    length = np.arange(1, matrix.shape[1] + 1, dtype=float)[None]
    total = float(matrix.sum())
    # Every pixel lies in one run of each direction, so that these are pixels times directions.
    pixels = float((matrix * length).sum())
    shares = matrix / total
    level_mean, length_mean = float((level * shares).sum()), float((length * shares).sum())
    positive = shares[shares > 0]
    by_level = float((matrix.sum(axis=1) ** 2).sum())
    by_length = float((matrix.sum(axis=0) ** 2).sum())
    return {
        "short_runs_emphasis": float((shares / length**2).sum()),
        "long_runs_emphasis": float((shares * length**2).sum()),
        "low_grey_level_emphasis": float((shares / level**2).sum()),
        "high_grey_level_emphasis": float((shares * level**2).sum()),
        "short_runs_low_grey_level_emphasis": float((shares / (length * level) ** 2).sum()),
        "short_runs_high_grey_level_emphasis": float((shares * (level / length) ** 2).sum()),
        "long_runs_low_grey_level_emphasis": float((shares * (length / level) ** 2).sum()),
        "long_runs_high_grey_level_emphasis": float((shares * (length * level) ** 2).sum()),
        "grey_level_non_uniformity": by_level / total,
        "grey_level_non_uniformity_normalised": by_level / total**2,
        "run_length_non_uniformity": by_length / total,
        "run_length_non_uniformity_normalised": by_length / total**2,
        "run_percentage": total / pixels,
        "grey_level_variance": float(((level - level_mean) ** 2 * shares).sum()),
        "run_length_variance": float(((length - length_mean) ** 2 * shares).sum()),
        "run_entropy": float(-(positive * np.log2(positive)).sum()),
    }
