"""What a tutor sees: everybody's progress, exercise by exercise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sesamoid.server.store import Attempt
from sesamoid.server.teaching.curves import Curve, learning_curves


@dataclass(frozen=True)
class Learner:
    """One person's progress.

    Parameters
    ----------
    account_id : int
    name : str
    curves : dict of str to Curve
        By exercise.
    begun : int
        Attempts, those included that were not finished.
    last_at : datetime
        Start of the last attempt.
    """

    account_id: int
    name: str
    curves: dict[str, Curve]
    begun: int
    last_at: datetime

    @property
    def finished(self) -> int:
        """Attempts with a score."""
        return sum(curve.attempts for curve in self.curves.values())


def learners_of(attempts: Sequence[Attempt]) -> tuple[Learner, ...]:
    """Everybody who tried something, the most recent first."""
    by_account: dict[int, list[Attempt]] = {}
    for attempt in attempts:
        by_account.setdefault(attempt.account_id, []).append(attempt)
    found = [
        Learner(
            account_id=account_id,
            name=own[0].account.name,
            curves=learning_curves(own),
            begun=len(own),
            last_at=max(one.started_at for one in own),
        )
        for account_id, own in by_account.items()
    ]
    return tuple(sorted(found, key=lambda one: one.last_at, reverse=True))
