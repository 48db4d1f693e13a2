"""Times and numbers as pages write them."""

from __future__ import annotations

from datetime import datetime


def moment_text(moment: datetime | None) -> str:
    """``"21 Nov 2026, 14:05"`` in the server's own time zone; a dash where there is none."""
    if moment is None:
        return "–"
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y, %H:%M}"


def day_text(moment: datetime) -> str:
    """``"21 Nov 2026"``."""
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y}"


def duration_text(seconds: float | None) -> str:
    """``"48 s"``, ``"3 min 20 s"``, ``"1 h 5 min"``; a dash where it is not known."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def score_text(score: float | None) -> str:
    """``"87"``; a dash where there is none."""
    return "–" if score is None else f"{score:.0f}"


def count_text(count: int, one: str, many: str = "") -> str:
    """``"1 exam"``, ``"3 exams"``."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"
