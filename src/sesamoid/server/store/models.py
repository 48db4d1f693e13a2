"""The tables."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from sesamoid.server.store.columns import Base, now


class ExamStatus(StrEnum):
    """How far an exam is; an interrupted one can be resumed."""

    RUNNING = "running"
    ENDED = "ended"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class FindingKind(StrEnum):
    """What kind of finding."""

    REGION = "region"
    MEASUREMENT = "measurement"
    GRADE = "grade"
    LINE = "line"
    CATEGORY = "category"


class FindingStatus(StrEnum):
    """What a reviewer has made of a finding so far."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    MODIFIED = "modified"
    REJECTED = "rejected"


class Verdict(StrEnum):
    """What a reviewer decides."""

    ACCEPT = "accept"
    MODIFY = "modify"
    REJECT = "reject"


class Account(Base):
    """Who may log in; never deleted, so that decisions keep their author."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    roles: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    disabled: Mapped[bool] = mapped_column(default=False)


class WebSession(Base):
    """A login; the token itself is only in the browser."""

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    csrf_token: Mapped[str] = mapped_column(String(64))
    account: Mapped[Account] = relationship(lazy="joined")


class Person(Base):
    """Who was examined, under a pseudonym; a virtual person is drawn by its seed."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    label: Mapped[str] = mapped_column(String(120))
    virtual: Mapped[bool] = mapped_column(default=False)
    seed: Mapped[int | None] = mapped_column(default=None)
    side: Mapped[str | None] = mapped_column(String(5), default=None)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)


class Exam(Base):
    """One examination of one person; its files lie in `folder`, relative to the data folder."""

    __tablename__ = "exam"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid.uuid4()))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    application: Mapped[str] = mapped_column(String(64), default="wrist_hand")
    protocol: Mapped[str] = mapped_column(String(64), default="")
    protocol_version: Mapped[str] = mapped_column(String(32), default="")
    source: Mapped[str] = mapped_column(String(255), default="")
    origin: Mapped[str] = mapped_column(String(16))
    side: Mapped[str | None] = mapped_column(String(5), default=None)
    assistant_on: Mapped[bool] = mapped_column(default=True)
    started_at: Mapped[datetime] = mapped_column(default=now, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[ExamStatus] = mapped_column(String(16), default=ExamStatus.RUNNING, index=True)
    folder: Mapped[str] = mapped_column(String(255))
    note: Mapped[str] = mapped_column(Text, default="")
    model_name: Mapped[str] = mapped_column(String(120), default="")
    model_version: Mapped[str] = mapped_column(String(64), default="")
    model: Mapped[dict[str, Any]] = mapped_column(default=dict)
    person: Mapped[Person] = relationship(lazy="joined")
    account: Mapped[Account] = relationship(lazy="joined")
    pictures: Mapped[list[Picture]] = relationship(
        back_populates="exam", order_by="Picture.number", cascade="all, delete-orphan"
    )


class Picture(Base):
    """A kept frame, or an analysed one of an upload; files are relative to the exam's folder.

    `source` and `frame` say where it came from where that is a file with headers (DICOM), so that
    a report can refer to it; `file` is a PNG that any screen can show.
    """

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("exam_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_id: Mapped[str] = mapped_column(ForeignKey("exam.id", ondelete="CASCADE"), index=True)
    plane: Mapped[str] = mapped_column(String(64), default="")
    number: Mapped[int]
    file: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    source: Mapped[str | None] = mapped_column(String(512), default=None)
    frame: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    columns: Mapped[int] = mapped_column(default=0)
    time_s: Mapped[float | None] = mapped_column(default=None)
    letter: Mapped[str] = mapped_column(String(1), default="C")
    score: Mapped[float] = mapped_column(default=0.0)
    sub_scores: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reasons: Mapped[list[str]] = mapped_column(default=list)
    rule: Mapped[str] = mapped_column(String(255), default="")
    kept_by: Mapped[str] = mapped_column(String(16), default="assistant")
    kept_because: Mapped[str] = mapped_column(Text, default="")
    current: Mapped[bool] = mapped_column(default=True)
    spacing_mm: Mapped[list[float] | None] = mapped_column(default=None)
    labels: Mapped[str | None] = mapped_column(String(255), default=None)
    label_names: Mapped[list[str]] = mapped_column(default=list)
    annotations: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    notes: Mapped[list[str]] = mapped_column(default=list)
    exam: Mapped[Exam] = relationship(back_populates="pictures")
    findings: Mapped[list[Finding]] = relationship(
        back_populates="picture", order_by="Finding.id", cascade="all, delete-orphan"
    )


class Finding(Base):
    """One thing that was found on a picture, as a model or a person last left it."""

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("picture_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(
        ForeignKey("picture.id", ondelete="CASCADE"), index=True
    )
    key: Mapped[str] = mapped_column(String(160))
    kind: Mapped[FindingKind] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(160))
    value: Mapped[float | None] = mapped_column(default=None)
    unit: Mapped[str | None] = mapped_column(String(32), default=None)
    method: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model: Mapped[str] = mapped_column(String(160), default="")
    confidence: Mapped[float | None] = mapped_column(default=None)
    status: Mapped[FindingStatus] = mapped_column(String(16), default=FindingStatus.PENDING)
    picture: Mapped[Picture] = relationship(back_populates="findings")
    decisions: Mapped[list[Decision]] = relationship(
        back_populates="finding", order_by="Decision.id", cascade="all, delete-orphan"
    )


class Decision(Base):
    """What a reviewer decided on a finding, who and when; rows are only ever added."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding_id: Mapped[int] = mapped_column(
        ForeignKey("finding.id", ondelete="CASCADE"), index=True
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[Verdict] = mapped_column(String(16))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(Text, default="")
    finding: Mapped[Finding] = relationship(back_populates="decisions")
    account: Mapped[Account] = relationship(lazy="joined")


class Attempt(Base):
    """One attempt at an exercise."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    exercise: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(120), default="")
    seed: Mapped[int | None] = mapped_column(default=None)
    started_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    score: Mapped[float | None] = mapped_column(default=None)
    hints: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float | None] = mapped_column(default=None)
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account: Mapped[Account] = relationship(lazy="joined")


class AuditEntry(Base):
    """Who did what, when and from where; each entry is sealed by a hash over the one before."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    account: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(64), index=True)
    object: Mapped[str] = mapped_column(String(255), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    address: Mapped[str] = mapped_column(String(64), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
