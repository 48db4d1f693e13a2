"""Learning on virtual patients: attempts at exercises, their scores, everybody's progress."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from sesamoid.server.access import Access, Actor
from sesamoid.server.access.errors import Forbidden
from sesamoid.server.access.roles import TUTORS
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.store import Attempt, Store, attempts
from sesamoid.server.store.columns import now
from sesamoid.server.teaching.attempt_log import (
    changed_attempt,
    end_attempt,
    fresh_detail,
    read_attempt,
    touched,
)
from sesamoid.server.teaching.curves import Curve, learning_curves
from sesamoid.server.teaching.exercises import Exercise, ExerciseKey, exercise, exercises
from sesamoid.server.teaching.export import attempts_csv
from sesamoid.server.teaching.gallery import Gallery
from sesamoid.server.teaching.overview import Learner, learners_of
from sesamoid.server.teaching.quizzes import Quizzes
from sesamoid.server.teaching.scans import Scans

SEEDS = 2**31 - 1
RESUMED_FOR = timedelta(days=1)
"""An attempt that was left longer ago is not gone on with."""


class Teaching:
    """Everything that the Learn pages and the API call.

    Parameters
    ----------
    store : Store
    access : Access
    bodies : Bodies
        Virtual people; those of the scan rooms where there are any.
    """

    def __init__(self, store: Store, access: Access, bodies: Bodies):
        self.store, self.access = store, access
        self.gallery = Gallery(bodies)
        self.quizzes = Quizzes(store, access, self.gallery)
        self.scans = Scans(store, access, self.gallery)

    def exercises(self) -> tuple[Exercise, ...]:
        """What can be practised."""
        return tuple(exercises().values())

    def begin(
        self, actor: Actor, key: str, *, subject: str = "", seed: int | None = None
    ) -> Attempt:
        """Begin an attempt.

        Parameters
        ----------
        actor : Actor
        key : str
            Of the exercise.
        subject : str
            The plane, of `ExerciseKey.FIND_PLANE`.
        seed : int, optional
            Draws people and questions; a new one where left out.

        Raises
        ------
        SesamoidError
            There is no such exercise, or no such plane.
        """
        fresh = self.access.require(actor)
        wanted = exercise(key)
        if wanted.key is ExerciseKey.FIND_PLANE:
            subject = self.gallery.protocol.plane(subject).id
        else:
            subject = ""
        moment = now()
        attempt = Attempt(
            account_id=fresh.account_id,
            exercise=wanted.key.value,
            subject=subject,
            seed=secrets.randbelow(SEEDS) if seed is None else seed,
            started_at=moment,
            hints=0,
            detail=fresh_detail(moment),
        )
        with self.store.write() as session:
            return attempts.add(session, attempt)

    def unfinished(self, actor: Actor, key: str, *, subject: str = "") -> Attempt | None:
        """The last attempt at an exercise, where it can be gone on with."""
        fresh = self.access.require(actor)
        with self.store.read() as session:
            found = attempts.find(
                session, account_id=fresh.account_id, exercise=key, since=now() - RESUMED_FOR
            )
        fitting = [one for one in found if not subject or one.subject == subject]
        return fitting[-1] if fitting and fitting[-1].ended_at is None else None

    def attempt(self, actor: Actor, attempt_id: int) -> Attempt:
        """An attempt; NotFound where there is none that the actor may see."""
        return read_attempt(self.store, self.access, actor, attempt_id)

    def give_up(self, actor: Actor, attempt_id: int) -> None:
        """End an attempt without a score.

        Raises
        ------
        NotFound, Conflict
        """
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            detail, _ = touched(attempt.detail, now())
            end_attempt(attempt, detail, None)

    def history(self, actor: Actor, *, account_id: int | None = None) -> Sequence[Attempt]:
        """Attempts of one's own, in order; a tutor may ask for anybody's.

        Raises
        ------
        Forbidden
        """
        fresh = self.access.require(actor)
        wanted = fresh.account_id if account_id is None else account_id
        if wanted != fresh.account_id and not fresh.has(*TUTORS):
            raise Forbidden("these are somebody else's attempts")
        with self.store.read() as session:
            return attempts.find(session, account_id=wanted)

    def curves(self, actor: Actor, *, account_id: int | None = None) -> dict[str, Curve]:
        """Learning curves by exercise.

        Raises
        ------
        Forbidden
        """
        return learning_curves(self.history(actor, account_id=account_id))

    def overview(self, actor: Actor) -> tuple[Learner, ...]:
        """Everybody's progress, for a tutor.

        Raises
        ------
        Forbidden
        """
        self.access.require(actor, *TUTORS)
        with self.store.read() as session:
            return learners_of(attempts.find(session))

    def export(self, actor: Actor) -> str:
        """Everybody's attempts as CSV, for a tutor; the audit log notes it.

        Raises
        ------
        Forbidden
        """
        fresh = self.access.require(actor, *TUTORS)
        with self.store.read() as session:
            found = attempts.find(session)
        self.access.note(fresh, "attempts.export", detail={"attempts": len(found)})
        return attempts_csv(found)
