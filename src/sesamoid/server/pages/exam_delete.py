"""Deleting an exam: who may, and the question before."""

from __future__ import annotations

from sesamoid.server.access import Actor, Role
from sesamoid.server.pages.confirm import confirmed
from sesamoid.server.pages.guarded import succeeded
from sesamoid.server.pages.moments import moment_text
from sesamoid.server.pages.shell import Shell
from sesamoid.server.store import Exam, ExamStatus

WORD = "delete"
"""To be typed where a real person's exam is deleted."""


def may_delete(actor: Actor, exam: Exam) -> bool:
    """Whether the button is shown; the service decides by itself."""
    own_virtual = exam.account_id == actor.account_id and exam.origin == "virtual"
    return exam.status != ExamStatus.RUNNING and (actor.has(Role.ADMIN) or own_virtual)


async def delete_exam(page: Shell, exam: Exam) -> bool:
    """Ask, and delete; True where it is gone."""
    real = exam.origin != "virtual"
    sure = await confirmed(
        "Delete this exam?",
        f"{exam.person.label}, {moment_text(exam.started_at)}: pictures, findings and decisions "
        "are removed for good. The audit log keeps that it was deleted, and by whom.",
        action="Delete the exam",
        typed=WORD if real else "",
    )
    if not sure:
        return False
    return await succeeded(page.services.exams.delete, page.actor, exam.id, confirm=exam.id)
