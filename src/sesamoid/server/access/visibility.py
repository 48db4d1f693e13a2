"""Whose exams somebody may see."""

from __future__ import annotations

from sesamoid.server.access.actor import Actor
from sesamoid.server.access.roles import SEES_ALL_EXAMS
from sesamoid.server.store import Exam, Person


def sees_all(actor: Actor) -> bool:
    """Whether all exams are open to this actor."""
    return actor.has(*SEES_ALL_EXAMS)


def may_see(actor: Actor, exam: Exam) -> bool:
    """One's own exams, and everyone's with the role."""
    return exam.account_id == actor.account_id or sees_all(actor)


def may_see_person(actor: Actor, person: Person) -> bool:
    """People one entered, and everyone with the role."""
    return person.account_id == actor.account_id or sees_all(actor)
