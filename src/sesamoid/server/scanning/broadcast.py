"""From a session's updates to what all browsers of a room are sent, each frame encoded once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

from sesamoid.anatomy import Protocol
from sesamoid.live import Happening, Kept, LiveFrame, LiveUpdate, SourceEvent
from sesamoid.live.instruction import Side
from sesamoid.server.scanning.encoding import Packet, jpeg_of, packet
from sesamoid.server.scanning.feed import FrameFan, FrameFeed
from sesamoid.server.scanning.view import frame_view

QUIET = frozenset({Happening.SIZE_CHANGED})
"""Not worth a word on the screen: a virtual picture changes its size with its depth."""
MOST_NEWS = 200
"""That wait for a browser; one that was away for longer asks for the whole state anyway."""


class Broadcast:
    """Tells browsers of frames and of what happens.

    Parameters
    ----------
    protocol : Protocol
    side : {"left", "right"} or None
    grabbed : callable
        When a frame shows the world as it was, on the monotonic clock.
    probe : callable
        Where the virtual probe is; None where there is none.
    """

    def __init__(
        self,
        protocol: Protocol,
        side: Side | None,
        *,
        grabbed: Callable[[LiveFrame], float],
        probe: Callable[[], dict[str, Any] | None],
    ):
        self.protocol, self.side = protocol, side
        self.fan = FrameFan()
        self.shown = True
        self._grabbed, self._probe = grabbed, probe
        self._lock = threading.Lock()
        self._number = 0
        self._news: list[dict[str, Any]] = []
        self._told = 0
        self.newest: LiveUpdate | None = None

    def subscribe(self, viewer: str, loop: asyncio.AbstractEventLoop) -> FrameFeed:
        """Frames for one more browser."""
        feed = FrameFeed(viewer, loop)
        self.fan.add(feed)
        self.again()  # the last one that was encoded may be old, and a frozen one comes no more
        return feed

    def frame(self, update: LiveUpdate) -> None:
        """Tell of an update, but for what it kept; without viewers nothing is encoded."""
        for event in update.events:
            self.event(event)
        if update.frame is None:
            if update.instruction is not None and self.shown:
                self.news("wait", text=update.instruction.text)
            return
        self.newest = update
        if self.fan.feeds:
            self._publish(update)

    def again(self) -> None:
        """The newest frame anew: something about how it is shown has changed."""
        update = self.newest
        if update is not None:
            self._publish(update)

    def event(self, event: SourceEvent) -> None:
        """Something happened to the source."""
        if event.happening not in QUIET:
            self.news("event", text=event.text, happening=event.happening.value)

    def kept(self, kept: Kept) -> None:
        """A frame was kept."""
        self.news(
            "kept", plane=kept.plane, number=kept.number, letter=kept.letter.value, by=kept.by,
            because=kept.reason,
        )  # fmt: skip

    def news(self, kind: str, **content: Any) -> None:
        """Something that every browser is told once; from any thread."""
        with self._lock:
            self._told += 1
            self._news.append({"id": self._told, "kind": kind, **content})
            del self._news[:-MOST_NEWS]
        self.fan.poke()

    @property
    def last_news(self) -> int:
        """Id of the last piece of news."""
        return self._told

    def news_since(self, told: int) -> list[dict[str, Any]]:
        """What came after the piece with that id."""
        if told == self._told:
            return []
        with self._lock:
            return [one for one in self._news if one["id"] > told]

    def _publish(self, update: LiveUpdate) -> None:
        if update.frame is None or update.picture is None:
            return
        with self._lock:
            self._number += 1
            number = self._number
        self.fan.publish(self._packet(number, update, update.frame))

    def _packet(self, number: int, update: LiveUpdate, frame: LiveFrame) -> Packet:
        picture = update.picture
        assert picture is not None
        spacing = frame.spacing_mm
        header: dict[str, Any] = {
            "t": round(frame.time_s, 3),
            "frame": frame.index,
            "rows": int(picture.shape[0]),
            "columns": int(picture.shape[1]),
            "mm": None if spacing is None else [round(float(one), 6) for one in spacing],
            "grabbed": epoch_ms(self._grabbed(frame)),
            "assist_ms": None if update.p50_s is None else round(1000 * update.p50_s, 1),
        }
        probe = self._probe()
        if probe is not None:
            header["probe"] = probe
        if self.shown:
            header |= frame_view(update, self.protocol, self.side)
        jpeg = jpeg_of(picture)
        header["encoded"] = epoch_ms(time.monotonic())
        return packet(number, header, jpeg)


def epoch_ms(monotonic_s: float) -> float:
    """A moment of the monotonic clock as milliseconds since 1970, as browsers count."""
    return round(1000 * (time.time() + monotonic_s - time.monotonic()), 1)
