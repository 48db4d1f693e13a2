"""Which processors this process runs on, and how many it may use."""

from __future__ import annotations

import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")


def usable_cores() -> int:
    """Processors that this process may use, where a machine may have more.

    Threads beyond them wait for each other, which can cost a training half of its speed.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def processor(cpuinfo: Path = CPUINFO) -> str:
    """The processor as the system names it, e.g. ``"AMD EPYC"``; its architecture without a name.

    Parameters
    ----------
    cpuinfo : Path
        Linux's list of processors; other systems have none.
    """
    try:
        lines = cpuinfo.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    return " ".join(next(named, "").split()) or platform.processor() or platform.machine()
