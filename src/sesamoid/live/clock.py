"""Time, as the live part asks for it, so that tests can have a time of their own."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """What tells the time and waits."""

    def now(self) -> float:
        """Seconds since any moment; never goes back."""
        ...

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait, or until `stop` is set; True if it is."""
        ...


class SystemClock:
    """The machine's own."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        """Wait, or until `stop` is set; True if it is."""
        return stop.wait(max(0.0, seconds))
