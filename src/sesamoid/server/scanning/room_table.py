"""The rooms that run, and what becomes of one that nobody watches."""

from __future__ import annotations

import threading
import time

from sesamoid.server.access import Conflict
from sesamoid.server.scanning.room import ScanRoom

MOST_ROOMS = 12
LOOK_S = 2.0
REST_AFTER_S = 20.0
"""Without a viewer; a page that is loaded again is back sooner."""


class RoomTable:
    """Finds rooms; lets those rest that nobody watches, and ends those nobody comes back to.

    Parameters
    ----------
    idle_s : float
        After which a room without viewers is ended.
    """

    def __init__(self, idle_s: float):
        self.idle_s = idle_s
        self._lock = threading.Lock()
        self._rooms: dict[str, ScanRoom] = {}
        self._alone_s: dict[str, float] = {}
        self._closing = threading.Event()
        threading.Thread(target=self._watch, name="sesamoid-rooms", daemon=True).start()

    def make_room(self) -> None:
        """Let go of rooms that are over.

        Raises
        ------
        Conflict
            Too many are running.
        """
        with self._lock:
            self._rooms = {key: room for key, room in self._rooms.items() if not room.ended}
            if len(self._rooms) >= MOST_ROOMS:
                raise Conflict(
                    f"{MOST_ROOMS} exams are running", fix="end one, or try again later."
                )

    def add(self, room: ScanRoom) -> None:
        """A new one."""
        with self._lock:
            self._rooms[room.id] = room

    def get(self, room_id: str) -> ScanRoom | None:
        """One of them, also one that has just ended."""
        return self._rooms.get(room_id)

    def remove(self, room_id: str) -> None:
        """Let go of one."""
        with self._lock:
            self._rooms.pop(room_id, None)

    @property
    def running(self) -> tuple[ScanRoom, ...]:
        """Those that are not over, the oldest first."""
        with self._lock:
            return tuple(room for room in self._rooms.values() if not room.ended)

    def close(self) -> None:
        """End all of them."""
        self._closing.set()
        for room in self.running:
            room.end()

    def _watch(self) -> None:
        while not self._closing.wait(LOOK_S):
            for room in self.running:
                self._look(room)

    def _look(self, room: ScanRoom) -> None:
        if room.broadcast.fan.feeds:
            self._alone_s.pop(room.id, None)
            return
        since = self._alone_s.setdefault(room.id, time.monotonic())
        alone_s = time.monotonic() - since
        if alone_s > self.idle_s:
            room.end()
            self.remove(room.id)
        elif alone_s > REST_AFTER_S:
            room.rest(True)
