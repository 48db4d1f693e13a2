"""Reading a record's lines: all that are whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sesamoid.errors import DataError

LINES = "session.jsonl"
FORMAT = "sesamoid live session 1"


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a record.

    The last line is left out where it has no newline: it was being written when the program was
    killed.

    Raises
    ------
    DataError
        There is no such file, it is of another format, or a line in its middle is damaged.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise DataError(
            f"there is no record of a session ({error.strerror or error})",
            path=path,
            fix="give the folder of a session.",
        ) from error
    with stream:
        for number, line in enumerate(stream, start=1):
            if not line.endswith(b"\n"):
                return
            content = _parsed(line)
            if content is None:
                raise DataError(
                    f"line {number} of the record is damaged",
                    path=path,
                    fix="copy the folder elsewhere, remove that line, and try again.",
                )
            if number == 1 and content.get("format") != FORMAT:
                raise DataError(
                    f"it is not a record of the form {FORMAT!r}",
                    path=path,
                    fix="give the folder of a session of this version, or an empty one.",
                )
            yield content


def whole_bytes(path: Path) -> int:
    """Length of the whole lines."""
    content = path.read_bytes()
    return content.rfind(b"\n") + 1


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(line)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
