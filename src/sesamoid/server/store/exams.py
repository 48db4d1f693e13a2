"""People, exams and pictures in the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from sesamoid.server.store.models import (
    Account,
    Exam,
    ExamStatus,
    Finding,
    FindingStatus,
    Person,
    Picture,
)


@dataclass(frozen=True)
class ExamSearch:
    """What exams to look for; all conditions hold together.

    Parameters
    ----------
    text : str
        In the person's label, the operator's name, the source, the note, or the exam's id.
    operator_id, person_id : int, optional
    status : ExamStatus, optional
    origin : str, optional
        ``"virtual"`` or ``"real"``.
    application : str, optional
    since, until : datetime, optional
        Of the start.
    undecided : bool
        Only those with a finding that nobody has decided on.
    offset, limit : int
    """

    text: str = ""
    operator_id: int | None = None
    person_id: int | None = None
    status: ExamStatus | None = None
    origin: str | None = None
    application: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    undecided: bool = False
    offset: int = 0
    limit: int = 50


def find(session: Session, search: ExamSearch) -> tuple[Sequence[Exam], int]:
    """Exams that fit, the newest first, and how many there are in all."""
    query = _fitting(select(Exam), search)
    total = session.scalar(_fitting(select(func.count(Exam.id)), search)) or 0
    query = query.order_by(Exam.started_at.desc(), Exam.id)
    found = session.scalars(query.offset(search.offset).limit(search.limit)).unique().all()
    return found, int(total)


def get(session: Session, exam_id: str, *, pictures: bool = False) -> Exam | None:
    """An exam; with its pictures, their findings and the decisions on them."""
    options = []
    if pictures:
        findings = selectinload(Exam.pictures).selectinload(Picture.findings)
        options = [findings.selectinload(Finding.decisions)]
    return session.get(Exam, exam_id, options=options)


def running(session: Session) -> Sequence[Exam]:
    """Exams that were never ended: at a start of the server, those that it was killed in."""
    return session.scalars(select(Exam).where(Exam.status == ExamStatus.RUNNING)).all()


def picture(session: Session, picture_id: int) -> Picture | None:
    """A picture with its exam."""
    return session.get(Picture, picture_id, options=[selectinload(Picture.exam)])


def counts(session: Session, exam_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many findings of each status the current pictures of some exams have."""
    rows = session.execute(
        select(Picture.exam_id, Finding.status, func.count())
        .join(Finding, Finding.picture_id == Picture.id)
        .where(Picture.exam_id.in_(exam_ids), Picture.current.is_(True))
        .group_by(Picture.exam_id, Finding.status)
    )
    found: dict[str, dict[str, int]] = {one: {} for one in exam_ids}
    for exam_id, status, count in rows:
        found[exam_id][str(status)] = int(count)
    return found


def _fitting(query: Select[Any], search: ExamSearch) -> Select[Any]:
    query = query.select_from(Exam)
    if search.text.strip():
        part = f"%{_literal(search.text.strip().lower())}%"
        query = query.join(Person, Person.id == Exam.person_id)
        query = query.join(Account, Account.id == Exam.account_id)
        columns = (Person.label, Account.name, Exam.source, Exam.note, Exam.id)
        query = query.where(
            or_(*(func.lower(column).like(part, escape="\\") for column in columns))
        )
    for column, wanted in (
        (Exam.account_id, search.operator_id),
        (Exam.person_id, search.person_id),
        (Exam.status, search.status),
        (Exam.origin, search.origin),
        (Exam.application, search.application),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if search.since is not None:
        query = query.where(Exam.started_at >= search.since)
    if search.until is not None:
        query = query.where(Exam.started_at < search.until)
    if search.undecided:
        waiting = (
            select(Picture.exam_id)
            .join(Finding, Finding.picture_id == Picture.id)
            .where(Picture.current.is_(True), Finding.status == FindingStatus.PENDING)
        )
        query = query.where(Exam.id.in_(waiting))
    return query


def _literal(text: str) -> str:
    """Text in which LIKE's own signs stand for themselves."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
