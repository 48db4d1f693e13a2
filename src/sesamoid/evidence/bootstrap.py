"""Confidence intervals by resampling images, or whole patients where images belong together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from sesamoid.errors import SesamoidError

Statistic = Callable[[NDArray[np.float64]], float]


@dataclass(frozen=True)
class ConfidenceInterval:
    """A figure with its interval.

    Parameters
    ----------
    estimate, low, high : float
    coverage : float
        Nominal, e.g. 0.95.
    values : int
        Number of values (images).
    clusters : int
        Number of units that were resampled; equals `values` where no groups were given.
    method : str
        ``"BCa"`` or ``"percentile"``, with the number of resamples and the seed.
    """

    estimate: float
    low: float
    high: float
    coverage: float
    values: int
    clusters: int
    method: str

    def __str__(self) -> str:
        return f"{self.estimate:.3f} ({self.coverage:.0%} CI {self.low:.3f}-{self.high:.3f})"


def bootstrap_ci(
    values: ArrayLike,
    groups: Sequence[object] | NDArray[np.generic] | None = None,
    *,
    statistic: Statistic | None = None,
    coverage: float = 0.95,
    n: int = 2000,
    seed: int = 0,
    method: Literal["BCa", "percentile"] = "BCa",
) -> ConfidenceInterval:
    """Bootstrap interval of the mean (or another statistic) of per-image values.

    Parameters
    ----------
    values : array_like of shape (images,)
        One figure per image, e.g. its Dice; finite.
    groups : sequence of shape (images,), optional
        Patient or scan of each image: whole groups are resampled. Intervals for patients must not
        resample images (clinical facts 13).
    statistic : callable, optional
        Of a 1-D array; None: the mean over images.
    coverage : float
    n : int
        Number of resamples.
    seed : int
    method : {"BCa", "percentile"}
        BCa: bias-corrected and accelerated (Efron 1987), as SciPy computes it; with groups, the
        acceleration comes from the jackknife over groups.

    Returns
    -------
    ConfidenceInterval
        Of zero width where all resamples agree.

    Raises
    ------
    SesamoidError
        Fewer than two units to resample, values that are not finite, or groups of another length.
    """
    sample = np.asarray(values, dtype=float)
    if sample.ndim != 1 or not np.all(np.isfinite(sample)):
        raise SesamoidError(
            "values to bootstrap must be one finite number per image",
            fix="leave undefined values (nan) out and report how many there were.",
        )
    labels = np.arange(len(sample)) if groups is None else np.asarray(groups)
    if labels.shape != sample.shape:
        raise SesamoidError(f"{len(labels)} groups for {len(sample)} values")
    names, group_of = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise SesamoidError(
            f"{len(names)} unit to resample: an interval needs two or more independent ones"
        )
    members = [sample[group_of == i] for i in range(len(names))]
    sums = np.array([m.sum() for m in members])
    counts = np.array([len(m) for m in members], dtype=float)

    def of_units(index: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64] | float:
        if statistic is None:
            ratio = sums[index].sum(axis=axis) / counts[index].sum(axis=axis)
            return np.asarray(ratio)
        return statistic(np.concatenate([members[int(i)] for i in index]))

    estimate = float(sample.mean()) if statistic is None else float(statistic(sample))
    note = f"{method}, {n} resamples, seed {seed}"
    if np.ptp(sample) == 0:
        low = high = estimate
    else:
        with np.errstate(all="ignore"):
            result = stats.bootstrap(
                (np.arange(len(names)),),
                of_units,
                n_resamples=n,
                vectorized=statistic is None,
                confidence_level=coverage,
                method=method,
                rng=np.random.default_rng(seed),
            )
        low, high = (float(v) for v in result.confidence_interval)
        if not (np.isfinite(low) and np.isfinite(high)):
            spread = np.asarray(result.bootstrap_distribution)
            tail = (1 - coverage) / 2
            low, high = (float(v) for v in np.quantile(spread, [tail, 1 - tail]))
            note = f"percentile (BCa undefined), {n} resamples, seed {seed}"
    return ConfidenceInterval(estimate, low, high, coverage, len(sample), len(names), note)
