"""What the figures of one evaluation share: intervals by person, numbers that may be missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.bootstrap import bootstrap_ci

RESAMPLES = 500
Floats = NDArray[np.float64]


def interval(
    out: dict[str, Any], key: str, values: Floats, people: Sequence[str],
    statistic: Callable[[Floats], float] | None,
) -> None:  # fmt: skip
    """Put the 95 % interval by people into ``out["ci95"]``; none with fewer than two people."""
    if len(set(people)) < 2:
        return
    found = bootstrap_ci(
        values, people, statistic=statistic, n=RESAMPLES,
        method="BCa" if statistic is None else "percentile",
    )  # fmt: skip
    out["ci95"][key] = [found.low, found.high]


def known(value: float) -> float | None:
    """The number, or None for NaN."""
    return float(value) if np.isfinite(value) else None
