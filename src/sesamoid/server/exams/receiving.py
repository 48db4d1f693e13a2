"""Taking in a file: its name, and its bytes as they come."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

from anyio import to_thread

from sesamoid.server.access import BadRequest

LONGEST_NAME = 200
BUFFER = 2**20


def plain_name(name: str) -> str:
    """A name without any path in it.

    Raises
    ------
    BadRequest
    """
    bad = (
        not name.strip()
        or name in (".", "..")
        or len(name.encode()) > LONGEST_NAME
        or any(sign in name for sign in "/\\:\0")
        or not name.isprintable()
    )
    if bad:
        raise BadRequest(
            f"{name[:80]!r} is no plain file name", fix="send the name without any folder."
        )
    return name.lstrip(".") or "file"


async def write_stream(target: Path, chunks: AsyncIterator[bytes]) -> None:
    """To the disk in pieces of about a MiB, away from the event loop."""
    waiting = bytearray()
    with target.open("xb") as file:

        def flush(content: bytes) -> None:
            file.write(content)

        async for chunk in chunks:
            waiting += chunk
            if len(waiting) >= BUFFER:
                await to_thread.run_sync(flush, bytes(waiting))
                waiting.clear()
        await to_thread.run_sync(flush, bytes(waiting))
        size = file.tell()
        file.flush()
        await to_thread.run_sync(os.fsync, file.fileno())
    if not size:
        raise BadRequest("the upload is empty", fix="send a file.")
