"""Grey-level run lengths (Galloway 1975)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.features.quantise import GREY_RANGE, quantised, region_of


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


def run_length_matrix(
    bins: NDArray[np.integer], inside: NDArray[np.bool_], *, levels: int
) -> NDArray[np.float64]:
    """Number of runs by (bin, length), four directions merged; shape (levels, longest side).

    Parameters
    ----------
    bins : ndarray of int, shape (rows, columns)
        1..levels.
    inside : ndarray of bool
        Runs end where it does.
    """
    longest = max(bins.shape)
    matrix = np.zeros((levels, longest))
    for line in _lines(np.where(inside, bins, 0)):
        starts = np.flatnonzero(np.diff(line, prepend=-1))
        lengths = np.diff(starts, append=len(line))
        values = line[starts]
        kept = values > 0
        np.add.at(matrix, (values[kept] - 1, lengths[kept] - 1), 1)
    return matrix


def run_length(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    levels: int = 16,
    limits: tuple[float, float] = GREY_RANGE,
) -> dict[str, float]:
    """Run-length features of a region, IBSI definitions (IBSI-1 section 3.7, 2-D, merged).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
    levels : int
        Bins of equal width over `limits`.

    Returns
    -------
    dict of str to float
        Without unit.
    """
    part, inside = region_of(grey, mask)
    bins = quantised(part, levels=levels, limits=limits)
    matrix = run_length_matrix(bins, inside, levels=levels)
    return run_length_features(matrix, pixels=int(np.count_nonzero(inside)), directions=4)


def run_length_features(
    matrix: NDArray[np.float64], *, pixels: int, directions: int
) -> dict[str, float]:
    """The features of a run-length matrix made over `directions` of a region of `pixels`."""
    total = float(matrix.sum())
    level = np.arange(1, matrix.shape[0] + 1, dtype=float)[:, None]
    length = np.arange(1, matrix.shape[1] + 1, dtype=float)[None]
    shares = matrix / total
    level_mean, length_mean = float((level * shares).sum()), float((length * shares).sum())
    positive = shares[shares > 0]
    by_level, by_length = matrix.sum(axis=1), matrix.sum(axis=0)
    return {
        "short_runs_emphasis": float((shares / length**2).sum()),
        "long_runs_emphasis": float((shares * length**2).sum()),
        "low_grey_level_emphasis": float((shares / level**2).sum()),
        "high_grey_level_emphasis": float((shares * level**2).sum()),
        "grey_level_non_uniformity": float((by_level**2).sum() / total),
        "run_length_non_uniformity": float((by_length**2).sum() / total),
        "run_percentage": total / (pixels * directions),
        "grey_level_variance": float(((level - level_mean) ** 2 * shares).sum()),
        "run_length_variance": float(((length - length_mean) ** 2 * shares).sum()),
        "run_entropy": float(-(positive * np.log2(positive)).sum()),
    }
