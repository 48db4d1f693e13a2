"""Directions without a sense: angles modulo 180 degrees, in radians.

The convention of this package: 0 runs along the columns, positive when rising to the right of the
picture as it is seen (rows count downwards), in [-pi/2, pi/2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def wrapped(angle: Array) -> Array:
    """`angle` in radians brought into [-pi/2, pi/2)."""
    return np.asarray((angle + np.pi / 2) % np.pi - np.pi / 2)


def difference(first: Array, second: Array) -> Array:
    """`first` minus `second`, in radians, the smaller way round."""
    return wrapped(np.asarray(first) - np.asarray(second))


def doubled(angle: Array, weight: Array | float = 1.0) -> NDArray[np.complexfloating[Any, Any]]:
    """Unit vectors at twice the angle, times the weight: directions that can be averaged."""
    return np.asarray(weight * np.exp(2j * np.asarray(angle)))


def halved(vector: NDArray[np.complexfloating[Any, Any]]) -> Array:
    """The angle that `doubled` came from."""
    return wrapped(np.angle(vector) / 2)


def mean_angle(angle: Array, weight: Array) -> float:
    """Weighted mean direction; NaN where all weights are 0."""
    total = doubled(angle, weight).sum()
    return float(halved(np.asarray(total))) if abs(total) > 0 else float("nan")


def median_angle(angle: Array, weight: Array) -> float:
    """Weighted median direction, cut open opposite to the mean; NaN where all weights are 0."""
    centre = mean_angle(angle, weight)
    if not np.isfinite(centre):
        return centre
    away = difference(np.ravel(angle), np.asarray(centre))
    return float(wrapped(np.asarray(centre + weighted_median(away, np.ravel(weight)))))


def weighted_median(values: Array, weight: Array) -> float:
    """The value below and above which half the weight lies; linear between values."""
    order = np.argsort(values)
    sorted_values, sorted_weight = values[order], weight[order]
    total = sorted_weight.sum()
    if total <= 0:
        return float("nan")
    share = (np.cumsum(sorted_weight) - 0.5 * sorted_weight) / total
    return float(np.interp(0.5, share, sorted_values))


def mode_angle(angle: Array, weight: Array, *, width: float) -> float:
    """The direction with the most weight within a bell of standard deviation `width` (radians).

    Notes
    -----
    A histogram of 1 degree smoothed on the circle gives the start; the weighted mean in the bell
    around it, twice, the place between bins.
    """
    bins = 180
    index = np.floor((wrapped(np.ravel(angle)) + np.pi / 2) / np.pi * bins).astype(int) % bins
    counts = np.bincount(index, np.ravel(weight), minlength=bins)
    if counts.sum() <= 0:
        return float("nan")
    distance = np.minimum(np.arange(bins), bins - np.arange(bins)) * np.pi / bins
    bell = np.exp(-0.5 * (distance / width) ** 2)
    smooth = np.fft.irfft(np.fft.rfft(counts) * np.fft.rfft(bell), bins)
    mode = float((np.argmax(smooth) + 0.5) / bins * np.pi - np.pi / 2)
    for _ in range(2):
        away = difference(np.ravel(angle), np.asarray(mode))
        near = np.exp(-0.5 * (away / width) ** 2) * np.ravel(weight)
        mode = float(wrapped(np.asarray(mode + np.sum(near * away) / np.sum(near))))
    return mode


def along(angle: Array, spacing: tuple[float, float]) -> Array:
    """An angle in pixel steps as the angle in the spacing's unit, for pixels that are not square.

    Parameters
    ----------
    angle : ndarray
        Radians, of a direction (columns, -rows) in pixels.
    spacing : tuple of float
        (row, column).
    """
    return np.asarray(wrapped(np.arctan2(np.sin(angle) * spacing[0], np.cos(angle) * spacing[1])))
