"""How many processors this process may use."""

from __future__ import annotations

import os


def usable_cores() -> int:
    """Processors that this process may use, where a machine may have more.

    Threads beyond them wait for each other, which can cost a training half of its speed.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
