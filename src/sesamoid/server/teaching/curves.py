"""How somebody's scores change from session to session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import fmean, median
from typing import Protocol

from sesamoid.server.teaching.exercises import session_gap_s


class Done(Protocol):
    """An attempt that was finished; see `sesamoid.server.store.Attempt`."""

    @property
    def exercise(self) -> str:
        """Key of the exercise."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    @property
    def score(self) -> float | None:
        """Out of 100; None while it is not finished."""

    @property
    def seconds(self) -> float | None:
        """Time at work."""

    @property
    def hints(self) -> int:
        """How many were taken."""


@dataclass(frozen=True)
class SessionPoint:
    """One session at one exercise.

    Parameters
    ----------
    number : int
        From 1.
    started_at : datetime
    scores : tuple of float
        Of its attempts, in order.
    seconds : float
        Median time of an attempt.
    hints : float
        Mean number of hints of an attempt.
    """

    number: int
    started_at: datetime
    scores: tuple[float, ...]
    seconds: float
    hints: float

    @property
    def mean(self) -> float:
        """Mean score."""
        return fmean(self.scores)


@dataclass(frozen=True)
class Curve:
    """A learner's sessions at one exercise, in order."""

    exercise: str
    points: tuple[SessionPoint, ...]

    @property
    def attempts(self) -> int:
        """In all sessions."""
        return sum(len(point.scores) for point in self.points)

    @property
    def best(self) -> float:
        """Highest score of any attempt."""
        return max(score for point in self.points for score in point.scores)

    @property
    def gain(self) -> float | None:
        """Mean of the last session less that of the first; None with one session only."""
        if len(self.points) < 2:
            return None
        return self.points[-1].mean - self.points[0].mean


def learning_curves(attempts: Iterable[Done]) -> dict[str, Curve]:
    """Curves by exercise; attempts that were not finished do not count.

    Parameters
    ----------
    attempts : iterable
        Of one person, in any order.
    """
    by_exercise: dict[str, list[Done]] = {}
    for attempt in attempts:
        if attempt.score is not None:
            by_exercise.setdefault(attempt.exercise, []).append(attempt)
    return {
        key: Curve(key, tuple(_point(i, s) for i, s in enumerate(_sessions(done), start=1)))
        for key, done in by_exercise.items()
    }


def _sessions(attempts: Sequence[Done]) -> list[list[Done]]:
    """Attempts in order, cut where the next one began long after the one before."""
    ordered = sorted(attempts, key=lambda one: one.started_at)
    sessions: list[list[Done]] = [[ordered[0]]]
    for before, attempt in pairwise(ordered):
        ended = (attempt.started_at - before.started_at).total_seconds() - (before.seconds or 0)
        if ended > session_gap_s():
            sessions.append([])
        sessions[-1].append(attempt)
    return sessions


def _point(number: int, attempts: Sequence[Done]) -> SessionPoint:
    return SessionPoint(
        number=number,
        started_at=attempts[0].started_at,
        scores=tuple(float(one.score or 0) for one in attempts),
        seconds=median(float(one.seconds or 0) for one in attempts),
        hints=fmean(one.hints for one in attempts),
    )
