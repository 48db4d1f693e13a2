"""What is known of the last frames, by their time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """Something of each of the last frames; from any thread.

    Parameters
    ----------
    most : int
        Frames of which it is remembered.
    """

    def __init__(self, most: int):
        self.most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[float, T] = OrderedDict()

    def add(self, time_s: float, item: T) -> None:
        """Of a new frame; the oldest is forgotten."""
        with self._lock:
            self._held[time_s] = item
            while len(self._held) > self.most:
                self._held.popitem(last=False)

    def of(self, time_s: float) -> T | None:
        """Of the frame of that time; None where it is not, or no longer, known."""
        with self._lock:
            return self._held.get(time_s)

    @property
    def times(self) -> tuple[float, ...]:
        """Of the frames that are known, the newest last."""
        with self._lock:
            return tuple(self._held)
