"""The rows of a new exam: the exam itself, and who is examined."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sesamoid.anatomy import Protocol
from sesamoid.reports.finding_json import model_as_json
from sesamoid.server.access import Actor, NotFound
from sesamoid.server.scanning.assistants import Assistant
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.sources import Opened
from sesamoid.server.store import Exam, Person

LONGEST_LABEL = 120


def person_of(session: Session, actor: Actor, request: ScanRequest, opened: Opened) -> Person:
    """Who is examined: somebody known to this account, or a new row.

    A virtual person is one row an account, however often it is scanned.

    Raises
    ------
    NotFound
        The account knows no such person.
    """
    virtual = request.kind == "virtual"
    own = select(Person).where(Person.account_id == actor.account_id, Person.virtual.is_(virtual))
    if request.person_id is not None:
        known = session.scalars(own.where(Person.id == request.person_id)).first()
        if known is None:
            raise NotFound("there is no such person", fix="choose one of yours.")
        return known
    if virtual:
        known = session.scalars(own.where(Person.seed == request.patient.seed)).first()
        if known is not None:
            return known
    label = request.patient.label if virtual else request.label.strip()[:LONGEST_LABEL]
    person = Person(
        account_id=actor.account_id, label=label or "Unnamed", virtual=virtual,
        seed=request.patient.seed if virtual else None, side=opened.side,
    )  # fmt: skip
    session.add(person)
    session.flush()
    return person


def exam_of(
    exam_id: str,
    person: Person,
    request: ScanRequest,
    opened: Opened,
    assistant: Assistant,
    protocol: Protocol,
) -> Exam:
    """The row of an exam that begins."""
    model = assistant.model
    return Exam(
        id=exam_id, person_id=person.id, account_id=person.account_id,
        application=assistant.application, protocol=protocol.id,
        protocol_version=protocol.version, source=opened.source.name[:255],
        origin=opened.source.origin.value, side=opened.side,
        assistant_on=request.assistant, folder=f"exams/{exam_id}",
        model_name="" if model is None else model.name,
        model_version="" if model is None else model.version,
        model={} if model is None else model_as_json(model),
    )  # fmt: skip
