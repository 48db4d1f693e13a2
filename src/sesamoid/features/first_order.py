"""Statistics of grey levels, whatever their place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.features.quantise import region_of


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
    values = np.asarray(part[inside], dtype=float)
    mean, variance = float(values.mean()), float(values.var())
    centred = values - mean
    p10, q1, median, q3, p90 = np.percentile(values, [10, 25, 50, 75, 90])
    middle = values[(values >= p10) & (values <= p90)]
    _, counts = np.unique(np.rint(values), return_counts=True)
    shares = counts / counts.sum()
    flat = variance < 1e-12
    return {
        "mean": mean,
        "variance": variance,
        "skewness": 0.0 if flat else float((centred**3).mean() / variance**1.5),
        "kurtosis": 0.0 if flat else float((centred**4).mean() / variance**2 - 3),
        "median": float(median),
        "minimum": float(values.min()),
        "p10": float(p10),
        "p90": float(p90),
        "maximum": float(values.max()),
        "interquartile_range": float(q3 - q1),
        "range": float(np.ptp(values)),
        "mean_absolute_deviation": float(np.abs(centred).mean()),
        "robust_mean_absolute_deviation": float(np.abs(middle - middle.mean()).mean()),
        "median_absolute_deviation": float(np.abs(values - median).mean()),
        "coefficient_of_variation": float(np.sqrt(variance) / mean) if mean else 0.0,
        "energy": float((values**2).sum()),
        "root_mean_square": float(np.sqrt((values**2).mean())),
        "entropy_bits": float(-(shares * np.log2(shares)).sum()),
    }
