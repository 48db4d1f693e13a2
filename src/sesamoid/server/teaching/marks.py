"""What an answer was worth and why, and what a whole attempt was worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Mark:
    """One answer, marked.

    Parameters
    ----------
    points : float
        0..1.
    right : bool
    text : str
        For the learner: what was right, what was not, and why.
    truth : str
        The right answer in a few words.
    """

    points: float
    right: bool
    text: str
    truth: str


@dataclass(frozen=True)
class Hint:
    """What a learner is told before an answer.

    Parameters
    ----------
    text : str
    dropped : tuple of str
        Choices that are no longer offered.
    outline : tuple of str
        Structures that are outlined from now on.
    """

    text: str
    dropped: tuple[str, ...] = ()
    outline: tuple[str, ...] = ()


def time_lost(seconds: float, rule: Mapping[str, Any]) -> float:
    """Share of the points that is lost to time: nothing, then evenly up to the whole cost.

    Parameters
    ----------
    seconds : float
    rule : mapping
        ``free_s``, ``full_s`` and ``cost`` of ``exercises.yaml``.
    """
    free, full = float(rule["free_s"]), float(rule["full_s"])
    share = min(1.0, max(0.0, (seconds - free) / (full - free)))
    return share * float(rule["cost"])


def out_of_100(share: float) -> float:
    """A share of the points as a score, to one decimal."""
    return round(100 * min(1.0, max(0.0, share)), 1)


def in_words(items: Sequence[str]) -> str:
    """``"a, b and c"``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
