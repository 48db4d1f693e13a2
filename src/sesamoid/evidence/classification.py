"""Figures of a classifier on people, with intervals by resampling people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import rankdata

from sesamoid.errors import SesamoidError
from sesamoid.evidence.bootstrap import ConfidenceInterval

Probabilities = NDArray[np.float64]
Truth = NDArray[np.int64]
Statistic = Callable[[Probabilities, Truth], float]

RELIABILITY_BINS = 5
"""[P] People are few: more bins would be empty."""

TEMPERATURES = (0.5, 10.0)
"""[P] Where few people are told apart without a mistake, the log loss asks for certainty without
end; half is as far as probabilities are sharpened."""


def auc(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Area under the ROC curve: chance that a positive scores above a negative; ties count half."""
    count = int(positive.sum())
    rest = len(positive) - count
    if not count or not rest:
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[positive].sum() - count * (count + 1) / 2) / (count * rest))


def macro_auc(probabilities: Probabilities, truth: Truth) -> float:
    """Two groups: AUC of the second; more: mean of each against the rest."""
    classes = probabilities.shape[1]
    if classes == 2:
        return auc(probabilities[:, 1], truth == 1)
    return float(np.mean([auc(probabilities[:, k], truth == k) for k in range(classes)]))


def accuracy(probabilities: Probabilities, truth: Truth) -> float:
    """Share whose most probable group is the true one."""
    return float((probabilities.argmax(axis=1) == truth).mean())


def balanced_accuracy(probabilities: Probabilities, truth: Truth) -> float:
    """Mean over groups of the share that was told right; 1 / groups is chance."""
    right = probabilities.argmax(axis=1) == truth
    return float(np.mean([right[truth == k].mean() for k in np.unique(truth)]))


def brier(probabilities: Probabilities, truth: Truth) -> float:
    """Mean square difference from the truth, summed over groups: 0 is perfect."""
    return float(((probabilities - np.eye(probabilities.shape[1])[truth]) ** 2).sum(axis=1).mean())


def reliability(
    probabilities: Probabilities, truth: Truth, *, bins: int = RELIABILITY_BINS
) -> list[dict[str, float]]:
    """By bin of the largest probability: how many, its mean, and the share that was right."""
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    lowest = 1 / probabilities.shape[1]
    place = np.clip(((sure - lowest) / (1 - lowest) * bins).astype(int), 0, bins - 1)
    return [
        {
            "n": float((place == k).sum()),
            "mean_probability": float(sure[place == k].mean()),
            "share_right": float(right[place == k].mean()),
        }
        for k in range(bins)
        if (place == k).any()
    ]


def calibration_error(probabilities: Probabilities, truth: Truth) -> float:
    """Expected calibration error: mean |probability - share right| over `reliability`'s bins."""
    rows = reliability(probabilities, truth)
    total = sum(row["n"] for row in rows)
    return sum(r["n"] * abs(r["mean_probability"] - r["share_right"]) for r in rows) / total


def fit_temperature(
    probabilities: Probabilities, truth: Truth, weights: NDArray[np.float64]
) -> float:
    """Temperature of the least weighted log loss within `TEMPERATURES`.

    See `sesamoid.learning.texture_classifier.tempered`.
    """
    from sesamoid.learning.texture_classifier import tempered

    def loss(log_temperature: float) -> float:
        own = tempered(probabilities, float(np.exp(log_temperature)))
        return -float((weights * np.log(own[np.arange(len(truth)), truth])).sum())

    return float(np.exp(minimize_scalar(loss, bounds=np.log(TEMPERATURES), method="bounded").x))


def by_person(
    probabilities: NDArray[np.float64], truth: NDArray[np.int64], people: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Mean probabilities of each person's images, and the person's group."""
    _, first, whose = np.unique(np.asarray(people), return_index=True, return_inverse=True)
    counts = np.bincount(whose)
    mean = np.stack(
        [np.bincount(whose, weights=column) / counts for column in probabilities.T], axis=1
    )
    return mean, truth[first]


def people_interval(
    statistic: Statistic,
    probabilities: Probabilities,
    truth: Truth,
    *,
    people: NDArray[np.int64] | None = None,
    coverage: float = 0.95,
    n: int = 2000,
    seed: int = 0,
) -> ConfidenceInterval:
    """Percentile interval by resampling people within each group.

    Parameters
    ----------
    statistic : callable
        Of probabilities (rows, groups) and true groups (rows,).
    probabilities, truth : ndarray
        One row per person, or several where `people` tells whose they are.
    people : ndarray of int, shape (rows,), optional
        None: each row is a person.
    coverage : float
    n : int
        Resamples.
    seed : int
        The same seed draws the same people: differences of two models are paired.

    Raises
    ------
    SesamoidError
        A group with fewer than two people.

    Notes
    -----
    Where the figure is 0 or 1 the interval has no width; that is the resampling's limit, and not
    certainty.
    """
    whose = np.arange(len(truth)) if people is None else np.asarray(people)
    rows_of = {person: np.flatnonzero(whose == person) for person in np.unique(whose)}
    by_group = [np.unique(whose[truth == k]) for k in np.unique(truth)]
    if min(len(members) for members in by_group) < 2:
        raise SesamoidError("a group of one person has no interval")
    rng = np.random.default_rng(seed)
    chosen = np.concatenate(
        [members[rng.integers(len(members), size=(n, len(members)))] for members in by_group],
        axis=1,
    )
    drawn = np.empty(n)
    for i, one in enumerate(chosen):
        rows = one if people is None else np.concatenate([rows_of[person] for person in one])
        drawn[i] = statistic(probabilities[rows], truth[rows])
    tail = (1 - coverage) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return ConfidenceInterval(
        estimate=float(statistic(probabilities, truth)),
        low=float(low),
        high=float(high),
        coverage=coverage,
        values=len(truth),
        clusters=len(rows_of),
        method=f"percentile over people within groups, {n} resamples, seed {seed}",
    )


def interval_dict(interval: ConfidenceInterval) -> dict[str, Any]:
    """For a file: estimate and interval."""
    return {"estimate": interval.estimate, "ci95": [interval.low, interval.high]}
