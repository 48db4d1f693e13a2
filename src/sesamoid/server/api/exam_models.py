"""Exams, pictures, findings and decisions as the API says and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from sesamoid.server.api.models import MOST_ID, PersonOut, Strict, Text
from sesamoid.server.reviewing import Change
from sesamoid.server.store import (
    Decision,
    Exam,
    ExamStatus,
    Finding,
    FindingKind,
    FindingStatus,
    Picture,
    Verdict,
)

Point = tuple[float, float]


class DecisionOut(BaseModel):
    """What a reviewer decided, and when."""

    id: int
    verdict: Verdict
    reviewer: str
    at: datetime
    comment: str
    before: dict[str, Any]
    after: dict[str, Any]

    @classmethod
    def of(cls, row: Decision) -> DecisionOut:
        """From the store."""
        return cls(
            id=row.id, verdict=row.verdict, reviewer=row.account.name, at=row.at,
            comment=row.comment, before=row.before, after=row.after,
        )  # fmt: skip


class FindingOut(BaseModel):
    """One finding with the decisions on it."""

    id: int
    picture_id: int
    key: str
    kind: FindingKind
    name: str
    value: float | None
    unit: str | None
    method: str
    payload: dict[str, Any]
    model: str
    confidence: float | None
    status: FindingStatus
    decisions: list[DecisionOut]

    @classmethod
    def of(cls, row: Finding) -> FindingOut:
        """From the store."""
        return cls(
            id=row.id, picture_id=row.picture_id, key=row.key, kind=row.kind, name=row.name,
            value=row.value, unit=row.unit, method=row.method, payload=row.payload,
            model=row.model, confidence=row.confidence, status=row.status,
            decisions=[DecisionOut.of(one) for one in row.decisions],
        )  # fmt: skip


class PictureOut(BaseModel):
    """A kept picture; its pixels are at `url`."""

    id: int
    plane: str
    number: int
    url: str
    rows: int
    columns: int
    time_s: float | None
    letter: str
    score: float
    reasons: list[str]
    kept_by: str
    kept_because: str
    current: bool
    spacing_mm: list[float] | None
    annotations: list[dict[str, Any]]
    findings: list[FindingOut]

    @classmethod
    def of(cls, row: Picture) -> PictureOut:
        """From the store."""
        return cls(
            id=row.id, plane=row.plane, number=row.number, url=f"/api/v1/pictures/{row.id}.png",
            rows=row.rows, columns=row.columns, time_s=row.time_s, letter=row.letter,
            score=row.score, reasons=row.reasons, kept_by=row.kept_by,
            kept_because=row.kept_because, current=row.current, spacing_mm=row.spacing_mm,
            annotations=row.annotations,
            findings=[FindingOut.of(one) for one in row.findings],
        )  # fmt: skip


class ExamLine(BaseModel):
    """An exam in a list."""

    id: str
    person: PersonOut
    operator: str
    application: str
    protocol: str
    source: str
    origin: str
    side: str | None
    assistant_on: bool
    started_at: datetime
    ended_at: datetime | None
    status: ExamStatus
    note: str
    model: str
    findings: dict[str, int] = Field(default_factory=dict)

    @classmethod
    def of(cls, row: Exam, counts: dict[str, int] | None = None) -> ExamLine:
        """From the store."""
        return cls(**_exam_fields(row), findings=counts or {})


class ExamOut(ExamLine):
    """An exam with its pictures and findings."""

    pictures: list[PictureOut]

    @classmethod
    def of(cls, row: Exam, counts: dict[str, int] | None = None) -> ExamOut:
        """From the store."""
        found: dict[str, int] = {}
        for picture in row.pictures:
            for finding in picture.findings if picture.current else ():
                found[str(finding.status)] = found.get(str(finding.status), 0) + 1
        pictures = [PictureOut.of(one) for one in row.pictures]
        return cls(**_exam_fields(row), findings=found, pictures=pictures)


class ExamPage(BaseModel):
    """Some exams of all that fit."""

    total: int
    offset: int
    exams: list[ExamLine]


class ExamNote(Strict):
    """An exam's note."""

    note: Annotated[Text, Field(max_length=4000)]


class ChangeIn(Strict):
    """What a modification changes; one of them, by the finding's kind."""

    polygons: list[list[Point]] | None = None
    line: list[Point] | None = None
    letter: str | None = None
    choice: Text | None = None

    def change(self) -> Change:
        """For the service."""
        polygons = None
        if self.polygons is not None:
            polygons = tuple(tuple(polygon) for polygon in self.polygons)
        line = None if self.line is None else tuple(self.line)
        return Change(polygons, line, self.letter, self.choice)


class DecisionIn(Strict):
    """A decision."""

    verdict: Verdict
    change: ChangeIn | None = None
    comment: Annotated[Text, Field(max_length=2000)] = ""
    seen: Annotated[int, Field(ge=0, le=MOST_ID)] | None = Field(
        default=None, description="Id of the last decision that was seen; 0: none."
    )


class DecidedOut(BaseModel):
    """The finding as it is now, and what else changed because of it."""

    finding: FindingOut
    followed: list[FindingOut]


class AcceptedOut(BaseModel):
    """How many findings were accepted."""

    accepted: int


def _exam_fields(row: Exam) -> dict[str, Any]:
    return {
        "id": row.id,
        "person": PersonOut.of(row.person),
        "operator": row.account.name,
        "application": row.application,
        "protocol": f"{row.protocol} {row.protocol_version}".strip(),
        "source": row.source,
        "origin": row.origin,
        "side": row.side,
        "assistant_on": row.assistant_on,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "status": row.status,
        "note": row.note,
        "model": f"{row.model_name} {row.model_version}".strip(),
    }
