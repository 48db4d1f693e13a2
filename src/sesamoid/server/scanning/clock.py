"""A clock that stands still while the picture is frozen."""

from __future__ import annotations

import threading
import time


class FreezableClock:
    """Seconds that were not frozen; the clock of a source that can be frozen.

    A source that paces itself by it stops on its own: its wait does not end before the thaw.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frozen_at: float | None = None
        self._lost_s = 0.0

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen_at is not None

    def freeze(self) -> None:
        """Stand still from now on."""
        with self._changed:
            if self._frozen_at is None:
                self._frozen_at = time.monotonic()

    def thaw(self) -> None:
        """Go on from where it stood still."""
        with self._changed:
            if self._frozen_at is not None:
                self._lost_s += time.monotonic() - self._frozen_at
                self._frozen_at = None
            self._changed.notify_all()

    def now(self) -> float:
        """Seconds since any moment, frozen time left out."""
        with self._changed:
            return self._now()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait for that many seconds of this clock, or until `stop` is set; True if it is."""
        until = self.now() + max(0.0, seconds)
        while not stop.is_set():
            with self._changed:
                left = until - self._now()
                if self._frozen_at is None and left <= 0:
                    return False
                if self._frozen_at is not None:
                    self._changed.wait(LOOK_S)  # `stop` cannot wake it
                    continue
            if stop.wait(min(left, LOOK_S)):
                return True
        return True

    def _now(self) -> float:
        at = time.monotonic() if self._frozen_at is None else self._frozen_at
        return at - self._lost_s


LOOK_S = 0.05
"""How often a waiting source looks whether it was frozen or stopped."""
