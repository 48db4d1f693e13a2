"""What is asked of a session by hand, from other threads."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Request:
    """Keep the next frame, of a plane or of the one that is seen; or take a plane again."""

    what: Literal["capture", "retake"]
    plane: str | None


class Requests:
    """Those that wait for the next frame."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Request] = []

    def add(self, request: Request) -> None:
        """Ask for something."""
        with self._lock:
            self._waiting.append(request)

    def take(self) -> list[Request]:
        """All that wait, in order; they wait no longer."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
        return waiting
