"""What is kept of an attempt while it goes on; reloading the page loses none of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from sesamoid.server.access import Access, Actor
from sesamoid.server.access.errors import Conflict, NotFound
from sesamoid.server.access.roles import TUTORS
from sesamoid.server.store import Attempt, Store
from sesamoid.server.store.columns import now
from sesamoid.server.teaching.exercises import longest_pause_s, rules_version
from sesamoid.server.teaching.marks import out_of_100


def fresh_detail(moment: datetime) -> dict[str, Any]:
    """Of an attempt that begins."""
    return {"rules": rules_version(), "worked_s": 0.0, "touched_at": moment.isoformat()}


def touched(detail: dict[str, Any], moment: datetime) -> tuple[dict[str, Any], float]:
    """The detail with the time at work up to now, and what was added to it in seconds.

    A pause does not count: somebody who comes back tomorrow has not worked all night.
    """
    before = datetime.fromisoformat(detail["touched_at"])
    passed = max(0.0, (moment - before).total_seconds())
    added = passed if passed <= longest_pause_s() else 0.0
    changed = dict(detail)
    changed["worked_s"] = round(float(detail["worked_s"]) + added, 1)
    changed["touched_at"] = moment.isoformat()
    return changed, round(added, 1)


def read_attempt(store: Store, access: Access, actor: Actor, attempt_id: int) -> Attempt:
    """An attempt of one's own; a tutor may see anybody's.

    Raises
    ------
    NotFound
        There is none, or it is not to be known that there is.
    """
    fresh = access.require(actor)
    with store.read() as session:
        attempt = session.get(Attempt, attempt_id)
    if attempt is None or (attempt.account_id != fresh.account_id and not fresh.has(*TUTORS)):
        raise NotFound(f"there is no attempt {attempt_id}")
    return attempt


@contextmanager
def changed_attempt(
    store: Store, access: Access, actor: Actor, attempt_id: int
) -> Iterator[tuple[Session, Attempt]]:
    """An attempt of one's own that is not finished, to be changed; nobody else's, tutor or not.

    Raises
    ------
    NotFound, Conflict
    """
    fresh = access.require(actor)
    with store.write() as session:
        # For update: two tabs of one learner answer one after the other.
        attempt = session.get(Attempt, attempt_id, with_for_update=True)
        if attempt is None or attempt.account_id != fresh.account_id:
            raise NotFound(f"there is no attempt {attempt_id}")
        if attempt.ended_at is not None:
            raise Conflict("this attempt is finished", fix="start a new one.")
        yield session, attempt


def end_attempt(attempt: Attempt, detail: dict[str, Any], share: float | None) -> None:
    """Close it; without a share of the points it was given up and has no score."""
    attempt.detail = detail
    attempt.ended_at = now()
    attempt.seconds = float(detail["worked_s"])
    attempt.score = None if share is None else out_of_100(share)
