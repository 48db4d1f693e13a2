"""How often something may be done, by address or by session."""

from __future__ import annotations

import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from sesamoid.server.access.errors import TooManyRequests
from sesamoid.server.rate_limits import RateLimits


class Rates:
    """Counts, and refuses what is too often.

    Parameters
    ----------
    limits : RateLimits
    """

    def __init__(self, limits: RateLimits):
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._items: dict[str, RateLimitItem] = {
            name: parse(text) for name, text in vars(limits).items()
        }

    def allows(self, what: str, key: str) -> bool:
        """Count one; False where that was one too many."""
        return self._limiter.hit(self._items[what], what, key)

    def spent(self, what: str, key: str) -> bool:
        """Whether nothing is left, without counting."""
        return not self._limiter.test(self._items[what], what, key)

    def hit(self, what: str, key: str) -> None:
        """Count one; TooManyRequests where that was one too many."""
        if not self.allows(what, key):
            raise self.too_many(what, key)

    def too_many(self, what: str, key: str) -> TooManyRequests:
        """The refusal, which says when to try again."""
        return TooManyRequests("too many requests", wait_s=self.wait_s(what, key))

    def wait_s(self, what: str, key: str) -> int:
        """Seconds until something may be done again."""
        window = self._limiter.get_window_stats(self._items[what], what, key)
        return max(1, round(window.reset_time - time.time()))
