"""The web socket of a room: frames to a browser, each when the last one was shown; its moves back.

Server to browser, binary: uint32 length of a JSON header (big endian), the header, a JPEG. Text:
JSON with ``"say"``: ``state`` (first), ``news``, ``time``, ``refused``, ``gone``. Browser to
server: JSON text with ``"do"``; see `sesamoid.server.scanning.commands`, and here ``shown`` and
``time``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.commands import obey
from sesamoid.server.scanning.feed import FrameFeed
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.scanning.view import checklist_view, protocol_view

WINDOW = 2
"""Frames on their way to a browser that were not yet shown; more would only wait there."""
LONGEST_MESSAGE = 64 * 1024
PATIENCE_S = 10.0
"""A browser that shows nothing for that long (a hidden tab) gets one frame all the same."""


class Stream:
    """One browser at one room.

    Parameters
    ----------
    socket : WebSocket
        Accepted.
    room : ScanRoom
    operates : bool
        Whether it may do more than watch.
    """

    def __init__(self, socket: WebSocket, room: ScanRoom, *, operates: bool):
        self.socket, self.room, self.operates = socket, room, operates
        self.feed: FrameFeed = room.subscribe(secrets.token_hex(4), asyncio.get_running_loop())
        self._room_left = asyncio.Event()
        self._on_way: set[int] = set()
        self._told, self._revision = room.broadcast.last_news, room.revision
        self._machine: dict[str, Any] | None = None
        self._sending = asyncio.Lock()

    async def run(self) -> None:
        """Until the browser goes or the exam ends."""
        try:
            state = await asyncio.to_thread(self.room.state)
            await self._say(
                {
                    "say": "state",
                    "operates": self.operates,
                    "state": state,
                    "protocol": protocol_view(self.room.protocol),
                }
            )
            tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell())]
            done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            for task in done:
                error = task.exception()
                if error is not None and not isinstance(error, WebSocketDisconnect):
                    raise error
        except WebSocketDisconnect:  # before it was told anything
            pass
        finally:
            self.room.unsubscribe(self.feed)
            if self.socket.application_state is WebSocketState.CONNECTED:
                with suppress(RuntimeError, WebSocketDisconnect):  # it may be gone already
                    await self.socket.close()

    async def _tell(self) -> None:
        """Frames, one after the other, with what happened since the last."""
        over = False
        while not over:
            packet = await self.feed.next()
            over = self.room.ended
            extra = self._extra()
            if packet is None:
                if extra:
                    await self._say({"say": "news", **extra})
                continue
            await self._wait_for_credit()
            newer = self.feed.take()
            packet = packet if newer is None else newer
            self._on_way.add(packet.number)
            message = packet.message({"sent": _now_ms(), **extra, **self._extra()})
            async with self._sending:
                await self.socket.send_bytes(message)
        await self._say({"say": "gone", "state": await asyncio.to_thread(self.room.state)})

    async def _wait_for_credit(self) -> None:
        """Until the browser has shown what it was sent."""
        while len(self._on_way) >= WINDOW:
            self._room_left.clear()
            try:
                await asyncio.wait_for(self._room_left.wait(), PATIENCE_S)
            except TimeoutError:
                self._on_way.clear()

    def _extra(self) -> dict[str, Any]:
        """What this browser has not been told."""
        extra: dict[str, Any] = {}
        news = self.room.broadcast.news_since(self._told)
        if news:
            extra["news"] = news
            self._told = news[-1]["id"]
        machine = None if self.room.machine is None else self.room.machine.state()
        if machine != self._machine:
            extra["machine"] = self._machine = machine
        if self._revision != self.room.revision:
            self._revision = self.room.revision
            extra["checklist"] = checklist_view(self.room.checklist)
        return extra

    async def _listen(self) -> None:
        """What the browser asks for."""
        while True:
            text = await self.socket.receive_text()
            try:
                message = _parsed(text)
                reply = await self._do(message)
            except SesamoidError as error:
                reply = {"say": "refused", "text": error.problem, "fix": error.fix}
            if reply:
                await self._say(reply)

    async def _do(self, message: dict[str, Any]) -> dict[str, Any] | None:
        match message.get("do"):
            case "shown":
                self._shown(message)
                return None
            case "time":
                return {"say": "time", "asked": message.get("asked"), "now": _now_ms()}
        if not self.operates:
            raise SesamoidError("only the operator holds the probe", fix="ask the operator.")
        await asyncio.to_thread(obey, self.room, message)
        self.feed.poke()
        return None

    def _shown(self, message: dict[str, Any]) -> None:
        """A frame is on the screen, or was passed over there: the next may come."""
        number = message.get("n")
        if not isinstance(number, int) or number not in self._on_way:
            return
        self._on_way.discard(number)
        self._room_left.set()
        grabbed, at = message.get("grabbed"), message.get("at")
        if isinstance(grabbed, int | float) and isinstance(at, int | float):
            self.room.shown_at(float(grabbed), float(at))

    async def _say(self, content: dict[str, Any]) -> None:
        async with self._sending:
            await self.socket.send_text(json.dumps(content, separators=(",", ":")))


def _parsed(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_MESSAGE:
        raise SesamoidError("the message is too long")
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise SesamoidError("the message is no JSON object")
    return content


def _now_ms() -> float:
    return round(1000 * time.time(), 1)
