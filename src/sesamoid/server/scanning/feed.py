"""One frame for many viewers, each at its own pace: the newest, never a queue."""

from __future__ import annotations

import asyncio
import threading

from sesamoid.server.scanning.encoding import Packet


class FrameFeed:
    """The newest frame for one viewer, in the viewer's event loop.

    Whoever makes frames never waits for a viewer; a viewer that is slow misses frames.
    """

    def __init__(self, viewer: str, loop: asyncio.AbstractEventLoop):
        self.viewer, self._loop = viewer, loop
        self._arrived = asyncio.Event()
        self._lock = threading.Lock()
        self._packet: Packet | None = None
        self._closed = False
        self.offered = self.taken = 0

    @property
    def dropped(self) -> int:
        """Frames that were replaced by a newer one before the viewer took them."""
        waiting = 0 if self._packet is None else 1
        return self.offered - self.taken - waiting

    def offer(self, packet: Packet) -> None:
        """Leave a frame in place of the one that waits; from any thread."""
        with self._lock:
            if self._closed:
                return
            self._packet = packet
            self.offered += 1
        self._wake()

    def poke(self) -> None:
        """Wake the viewer without a frame: something else is to be told; from any thread."""
        self._wake()

    async def next(self) -> Packet | None:
        """The newest frame as soon as there is one; None: only woken, or closed."""
        await self._arrived.wait()
        self._arrived.clear()
        return self.take()

    def take(self) -> Packet | None:
        """The frame that waits, if one does."""
        with self._lock:
            packet, self._packet = self._packet, None
            if packet is not None:
                self.taken += 1
        return packet

    @property
    def closed(self) -> bool:
        """No more will come."""
        return self._closed

    def close(self) -> None:
        """No more will come; from any thread."""
        self._closed = True
        self._wake()

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the viewer's loop is closed: the server ends
            self._closed = True


class FrameFan:
    """Hands every frame to all viewers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._feeds: tuple[FrameFeed, ...] = ()

    @property
    def feeds(self) -> tuple[FrameFeed, ...]:
        """Of all who watch."""
        return self._feeds

    def add(self, feed: FrameFeed) -> None:
        """A viewer comes."""
        with self._lock:
            self._feeds = (*self._feeds, feed)

    def remove(self, feed: FrameFeed) -> None:
        """A viewer goes."""
        with self._lock:
            self._feeds = tuple(one for one in self._feeds if one is not feed)

    def publish(self, packet: Packet) -> None:
        """A new frame."""
        for feed in self._feeds:
            feed.offer(packet)

    def poke(self) -> None:
        """Wake all viewers."""
        for feed in self._feeds:
            feed.poke()

    def close(self) -> None:
        """No more frames for anybody."""
        for feed in self._feeds:
            feed.close()
