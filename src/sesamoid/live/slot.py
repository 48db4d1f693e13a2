"""Room for one frame, the newest, and for the few events that come with frames."""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from sesamoid.live.frames import LiveFrame, SourceEvent

KEPT_EVENTS = 256
"""Events that may wait; far more than a source makes, and still bounded."""

Taken = tuple[LiveFrame | None, tuple[SourceEvent, ...]]
"""A frame, or None where there are only events; and the events before it since the last time."""


class Slot(Protocol):
    """Where a grabber leaves frames and an assessor takes them."""

    def put(self, frame: LiveFrame, *, wait: bool) -> bool:
        """Leave a frame; True where it took the place of one that nobody had taken."""
        ...

    def tell(self, event: SourceEvent) -> None:
        """Leave an event; events are not dropped."""
        ...

    def take(self) -> Taken | None:
        """What there is, as soon as there is something; None where nothing will come."""
        ...

    def close(self) -> None:
        """No more will be left; what is there can still be taken."""
        ...

    def discard(self) -> None:
        """No more will be taken: throw away what is there, hold up nobody."""
        ...


class NewestSlot:
    """Holds one frame; a newer one replaces it, so that nothing ever waits in a queue."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: LiveFrame | None = None
        # Before the frame that waits, and after it: these are told when it was worked on.
        self._events: deque[SourceEvent] = deque(maxlen=KEPT_EVENTS)
        self._later: deque[SourceEvent] = deque(maxlen=KEPT_EVENTS)
        self._closed = self._discarded = False

    def put(self, frame: LiveFrame, *, wait: bool) -> bool:
        """Leave a frame; with `wait` only when the one before was taken."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._frame is None or self._discarded)
            replaced = self._frame is not None
            self._events += self._later
            self._later.clear()
            self._frame = None if self._discarded else frame
            self._changed.notify_all()
            return replaced

    def tell(self, event: SourceEvent) -> None:
        """Leave an event."""
        with self._changed:
            (self._events if self._frame is None else self._later).append(event)
            self._changed.notify_all()

    def take(self) -> Taken | None:
        """What there is, as soon as there is something; None where nothing will come."""
        with self._changed:
            self._changed.wait_for(self._something)
            if self._frame is None and not self._events:
                return None
            taken = self._frame, tuple(self._events)
            self._frame = None
            self._events, self._later = self._later, self._events
            self._later.clear()
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """No more will be left; what is there can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def discard(self) -> None:
        """No more will be taken: throw away what is there, hold up nobody."""
        with self._changed:
            self._discarded = self._closed = True
            self._frame = None
            self._events += self._later
            self._later.clear()
            self._changed.notify_all()

    def _something(self) -> bool:
        return self._frame is not None or bool(self._events) or self._closed


class InStepSlot(NewestSlot):
    """Gives the source its turn only when the work on a frame is done.

    For virtual examinations: what is said after a frame is heard before the next one is made, so
    that the same seed gives the same examination however fast the machine is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._idle = False

    def put(self, frame: LiveFrame, *, wait: bool) -> bool:
        """Leave a frame and wait until the work on it is done; nothing is ever replaced."""
        with self._changed:
            self._frame = None if self._discarded else frame
            self._idle = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._idle or self._discarded or self._closed)
            return False

    def take(self) -> Taken | None:
        """What there is, as soon as there is something; None where nothing will come."""
        with self._changed:
            self._idle = self._frame is None
            self._changed.notify_all()
        return super().take()
