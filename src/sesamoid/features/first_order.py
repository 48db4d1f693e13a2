"""Statistics of grey levels, whatever their place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.features.quantise import GREY_RANGE, quantised, region_of


def first_order(
    grey: NDArray[np.generic], mask: NDArray[np.generic] | None = None
) -> dict[str, float]:
    """IBSI intensity statistics of a region (IBSI-1 section 3.3; Zwanenburg 2020).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        As stored.
    mask : ndarray of shape (rows, columns), optional
        None: the whole image.

    Returns
    -------
    dict of str to float
        In grey levels or without unit. Skewness and kurtosis (excess) are 0 where nothing varies.
        `entropy_bits` is that of whole grey levels.
    """
    part, inside = region_of(grey, mask)
    values = part[inside]
    out = _statistics(values)
    # Sorted values of equal level stand together: counting them needs no second sort.
    rounded = np.rint(np.sort(values)).astype(np.int64)
    counts = np.diff(np.flatnonzero(np.diff(rounded, prepend=rounded[0] - 1)), append=len(rounded))
    shares = counts / counts.sum()
    out["entropy_bits"] = float(-(shares * np.log2(shares)).sum())
    return out


def intensity_histogram(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    levels: int = 32,
    limits: tuple[float, float] = GREY_RANGE,
) -> dict[str, float]:
    """IBSI intensity-histogram features (IBSI-1 section 3.4): statistics of bin numbers.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
    levels : int
        Bins of equal width over `limits`; bin numbers count from 1.
    limits : tuple of float
        Grey levels of the first and the last bin's outer edge.

    Returns
    -------
    dict of str to float
        In bin numbers or without unit; gradients in pixels per bin.
    """
    part, inside = region_of(grey, mask)
    bins = quantised(part[inside], levels=levels, limits=limits)
    out = _statistics(bins)
    for of_intensities in ("energy", "root_mean_square"):
        del out[of_intensities]
    counts = np.bincount(bins, minlength=levels + 1)[1:]
    shares = counts / counts.sum()
    positive = shares[shares > 0]
    slope = np.gradient(counts.astype(float))
    return out | {
        "mode": float(counts.argmax() + 1),
        "entropy": float(-(positive * np.log2(positive)).sum()),
        "uniformity": float((shares**2).sum()),
        "maximum_gradient": float(slope.max()),
        "maximum_gradient_level": float(slope.argmax() + 1),
        "minimum_gradient": float(slope.min()),
        "minimum_gradient_level": float(slope.argmin() + 1),
    }


def _statistics(unordered: NDArray[np.generic]) -> dict[str, float]:
    values = np.sort(unordered).astype(float)
    mean = float(values.mean())
    centred = values - mean
    square = centred * centred
    variance = float(square.mean())
    p10, q1, median, q3, p90 = _quantiles(values, (0.10, 0.25, 0.50, 0.75, 0.90))
    middle = values[np.searchsorted(values, p10) : np.searchsorted(values, p90, side="right")]
    flat = variance < 1e-12
    raw_square = float((values * values).sum())
    return {
        "mean": mean,
        "variance": variance,
        "skewness": 0.0 if flat else float((square * centred).mean() / variance**1.5),
        "kurtosis": 0.0 if flat else float((square * square).mean() / variance**2 - 3),
        "median": median,
        "minimum": float(values[0]),
        "p10": p10,
        "p90": p90,
        "maximum": float(values[-1]),
        "interquartile_range": q3 - q1,
        "range": float(values[-1] - values[0]),
        "mean_absolute_deviation": float(np.abs(centred).mean()),
        "robust_mean_absolute_deviation": float(np.abs(middle - middle.mean()).mean()),
        "median_absolute_deviation": float(np.abs(values - median).mean()),
        "coefficient_of_variation": float(np.sqrt(variance) / mean) if mean else 0.0,
        "quartile_coefficient_of_dispersion": (q3 - q1) / (q3 + q1) if q3 + q1 else 0.0,
        "energy": raw_square,
        "root_mean_square": float(np.sqrt(raw_square / len(values))),
    }


def _quantiles(ordered: NDArray[np.float64], shares: tuple[float, ...]) -> list[float]:
    """NumPy's linear quantiles of values that are sorted already."""
    place = np.asarray(shares) * (len(ordered) - 1)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, len(ordered) - 1)
    between = ordered[low] + (place - low) * (ordered[high] - ordered[low])
    return [float(v) for v in between]
