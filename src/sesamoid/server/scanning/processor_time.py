"""Processor time of running programs, as the kernel of Linux counts it."""

from __future__ import annotations

import os
from pathlib import Path

PROC = Path("/proc")


def seconds(pid: int, *, without: frozenset[int] = frozenset()) -> float | None:
    """Processor time of a process and of all that it has started; None where nobody counts it.

    Parameters
    ----------
    pid : int
    without : frozenset of int
        Left out with all that they have started.
    """
    table = _table()
    if pid not in table:
        return None
    children: dict[int, list[int]] = {}
    for one, (parent, _) in table.items():
        children.setdefault(parent, []).append(one)
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        if one in without:
            continue
        total += table[one][1]
        todo += children.get(one, [])
    return total


def _table() -> dict[int, tuple[int, float]]:
    """(parent, seconds) of every process, by its number; proc(5)."""
    found: dict[int, tuple[int, float]] = {}
    if not PROC.is_dir():
        return found
    tick = os.sysconf("SC_CLK_TCK")
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (OSError, UnicodeDecodeError):
            continue  # it has ended meanwhile
        found[int(folder.name)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / tick
    return found
