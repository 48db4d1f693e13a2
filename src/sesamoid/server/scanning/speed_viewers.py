"""Further viewers of a scan, one of them slow, in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.encoding import unpacked

SLOW_S = 0.5
"""That a slow viewer takes to show a frame."""
FIRST_PICTURE_S = 300.0
"""How long the first picture of each is waited for."""


@contextlib.contextmanager
def other_viewers(address: str, room: str, count: int) -> Iterator[dict[str, Any]]:
    """Further viewers in a process of their own, all of them watching when the block begins.

    What they saw is there after the block.
    """
    found: dict[str, Any] = {}
    script = f"from {__name__} import watch; watch({address!r}, {room!r}, {count})"
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        if not process.stdout.readline():
            raise SesamoidError(
                "not all viewers were shown a picture", fix="see the messages above."
            )
        yield found
    finally:
        out, _ = process.communicate(b"\n", timeout=60)
        found.update(json.loads(out or b"{}"))


def watch(address: str, room: str, count: int) -> None:
    """Watch a room as so many viewers, one of them slow, until a line is read; print what came.

    A line is printed first, when every one of them was shown a picture.
    """
    print(json.dumps(asyncio.run(_watch(address, room, count))))


async def _watch(address: str, room: str, count: int) -> dict[str, Any]:
    url = f"ws{address.removeprefix('http')}/api/v1/scan/{room}/stream"
    stop = asyncio.Event()
    waits = [*([SLOW_S] if count > 0 else []), *[0.0] * (count - 1)]
    began = [asyncio.Event() for _ in waits]
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_view(url, wait_s, one, stop))
            for wait_s, one in zip(waits, began, strict=True)
        ]
        async with asyncio.timeout(FIRST_PICTURE_S):
            await asyncio.gather(*(one.wait() for one in began))
        print(flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        stop.set()
    seen = [task.result() for task in tasks]
    return {"slow": seen[0] if seen else None, "quick": seen[1:]}


async def _view(
    url: str, wait_s: float, began: asyncio.Event, stop: asyncio.Event
) -> dict[str, Any]:
    from websockets.asyncio.client import connect

    numbers: list[int] = []
    since = time.monotonic()
    async with connect(url, max_size=None, compression=None) as socket:
        while not stop.is_set():
            try:
                message = await asyncio.wait_for(socket.recv(), 1.0)
            except TimeoutError:
                continue
            if isinstance(message, str):
                continue
            head, _ = unpacked(message)
            numbers.append(int(head["n"]))
            began.set()
            await asyncio.sleep(wait_s)
            await socket.send(json.dumps({"do": "shown", "n": head["n"]}))
    passed = time.monotonic() - since
    missed = numbers[-1] - numbers[0] + 1 - len(numbers) if numbers else 0
    return {"shown_per_second": len(numbers) / passed, "shown": len(numbers), "missed": missed}
