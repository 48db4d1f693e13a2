"""Two ways of doing one thing, timed in turn in one run, compared as a ratio.

Absolute times belong to a machine and an hour; the ratio of two that alternate does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Timing:
    """Wall time of one call.

    Parameters
    ----------
    p50_ms, p95_ms : float
        Median and 95th percentile over repeats, in milliseconds.
    """

    p50_ms: float
    p95_ms: float

    @classmethod
    def of(cls, milliseconds: Sequence[float] | NDArray[np.float64]) -> Timing:
        """Of the times of several repeats."""
        p50, p95 = np.percentile(milliseconds, [50, 95])
        return cls(float(p50), float(p95))

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """Two timings from one run.

    Parameters
    ----------
    ours, other : Timing
    speed_up : float
        Median over rounds of other / ours: 5 means that ours takes a fifth of the time.
    repeats : int
    """

    ours: Timing
    other: Timing
    speed_up: float
    repeats: int


def side_by_side(
    ours: Callable[[], object], other: Callable[[], object], *, repeats: int, warm_up: int = 3
) -> Comparison:
    """Time `ours` and `other` in turn.

    Parameters
    ----------
    ours, other : callable
        Without arguments; their results are dropped.
    repeats : int
        Rounds that count.
    warm_up : int
        Rounds before, that don't.
    """
    times = np.empty((repeats, 2))
    for round_ in range(-warm_up, repeats):
        for which, call in enumerate((ours, other)):
            started = time.perf_counter()
            call()
            if round_ >= 0:
                times[round_, which] = (time.perf_counter() - started) * 1000
    return Comparison(
        Timing.of(times[:, 0]),
        Timing.of(times[:, 1]),
        float(np.median(times[:, 1] / times[:, 0])),
        repeats,
    )
