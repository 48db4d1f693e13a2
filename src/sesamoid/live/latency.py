"""How long frames take from grabbing to the end of their assessment, in bounded memory."""

from __future__ import annotations

import math

import numpy as np

SMALLEST_S, LARGEST_S = 1e-4, 100.0
BINS_PER_DECADE = 40
"""A bin is 6 % wide."""


class LatencyHistogram:
    """Counts of durations in bins of equal ratio."""

    def __init__(self) -> None:
        decades = math.log10(LARGEST_S / SMALLEST_S)
        self._counts = np.zeros(round(decades * BINS_PER_DECADE) + 2, dtype=np.int64)
        self.largest_s = 0.0

    @property
    def count(self) -> int:
        """How many durations were added."""
        return int(self._counts.sum())

    def add(self, seconds: float) -> None:
        """Count a duration."""
        place = BINS_PER_DECADE * math.log10(max(seconds, SMALLEST_S) / SMALLEST_S)
        self._counts[min(1 + math.floor(place), len(self._counts) - 1)] += 1
        self.largest_s = max(self.largest_s, seconds)

    def quantile(self, share: float) -> float | None:
        """Duration in seconds that `share` of the frames did not exceed, to one bin; or None."""
        total = self.count
        if total == 0:
            return None
        place = int(np.searchsorted(np.cumsum(self._counts), math.ceil(share * total)))
        upper = SMALLEST_S * 10 ** (place / BINS_PER_DECADE)
        return float(min(upper, self.largest_s))
