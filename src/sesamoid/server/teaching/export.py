"""Attempts as a table for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from sesamoid.server.store import Attempt

COLUMNS = (
    "attempt",
    "account",
    "exercise",
    "subject",
    "rules",
    "origin",
    "started_at",
    "ended_at",
    "score",
    "hints",
    "seconds",
    "right",
    "asked",
)
"""Of ``attempts.csv``, in order; scores are out of 100, times UTC."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Starts of a cell that a spreadsheet would run (OWASP, CSV Injection)."""


def attempts_csv(attempts: Iterable[Attempt]) -> str:
    """One row an attempt; an empty cell means not known or not applicable."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for attempt in attempts:
        answers = attempt.detail.get("answers", [])
        writer.writerow(
            [
                attempt.id,
                _plain(attempt.account.name),
                attempt.exercise,
                _plain(attempt.subject),
                attempt.detail.get("rules", ""),
                "virtual",
                attempt.started_at.isoformat(timespec="seconds"),
                attempt.ended_at.isoformat(timespec="seconds") if attempt.ended_at else "",
                "" if attempt.score is None else attempt.score,
                attempt.hints,
                "" if attempt.seconds is None else attempt.seconds,
                sum(bool(one["right"]) for one in answers) if answers else "",
                len(answers) if answers else "",
            ]
        )
    return out.getvalue()


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
