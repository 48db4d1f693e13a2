"""How large an image may be before it is refused, instead of filling the memory."""

from __future__ import annotations

import os
from pathlib import Path

from sesamoid.errors import SesamoidError, UnreadableImage

DEFAULT_LIMIT_GIB = 4.0
"""Largest decoded image in GiB; half of the memory of a small laptop."""

LIMIT_VARIABLE = "SESAMOID_MAX_IMAGE_GIB"
"""Environment variable that replaces `DEFAULT_LIMIT_GIB`."""


def memory_limit_bytes() -> int:
    """Largest decoded image allowed, in bytes.

    Raises
    ------
    SesamoidError
        Where the environment variable is not a positive number.
    """
    text = os.environ.get(LIMIT_VARIABLE)
    if text is None:
        return int(DEFAULT_LIMIT_GIB * 2**30)
    try:
        limit = float(text)
    except ValueError:
        limit = 0.0
    if not limit > 0:
        raise SesamoidError(
            f"{LIMIT_VARIABLE} is {text!r}, which is not a positive number",
            fix=f"set it to a size in GiB, e.g. {LIMIT_VARIABLE}=8.",
        )
    return int(limit * 2**30)


def check_memory(nbytes: int, path: Path) -> None:
    """Refuse an image that would decode to more than the limit.

    Parameters
    ----------
    nbytes : int
        Size of the decoded pixels in bytes.
    path : Path
        The file, for the message.

    Raises
    ------
    UnreadableImage
        Where `nbytes` is over `memory_limit_bytes`.
    """
    limit = memory_limit_bytes()
    if nbytes > limit:
        raise UnreadableImage(
            f"decoded it would need {nbytes / 2**30:.3g} GiB of memory, "
            f"over the limit of {limit / 2**30:.3g} GiB",
            path=path,
            fix=f"cut it into shorter or smaller parts, or raise {LIMIT_VARIABLE} (in GiB).",
        )
