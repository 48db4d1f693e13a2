"""Decisions as rows: what a finding was, what it is now, and what followed from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sesamoid.findings import Result
from sesamoid.server.access import Actor, Conflict
from sesamoid.server.reviewing.finding_rows import finding_rows, grade_into
from sesamoid.server.store import (
    Decision,
    Finding,
    FindingKind,
    FindingStatus,
    Picture,
    Verdict,
)
from sesamoid.server.store.columns import now

STATUS = {
    Verdict.ACCEPT: FindingStatus.ACCEPTED,
    Verdict.MODIFY: FindingStatus.MODIFIED,
    Verdict.REJECT: FindingStatus.REJECTED,
}
_TOLD = {
    FindingKind.REGION: ("contours", "holes"),
    FindingKind.LINE: ("start", "end", "via"),
    FindingKind.GRADE: ("letter", "reasons"),
}
"""What of a payload tells; lengths and centres are derived, and rounded on the way."""
SNAPSHOT = ("name", "value", "unit", "method", "payload", "confidence", "status")


class DecisionWriter:
    """Writes one reviewer's decisions on one picture, within a transaction."""

    def __init__(self, session: Session, actor: Actor, rows: Sequence[Finding]):
        self.session, self.actor, self.rows = session, actor, rows
        self.at = now()

    def write(
        self, finding_id: int, verdict: Verdict, comment: str, result: Result | None, picture: int
    ) -> list[Finding]:
        """All rows that changed."""
        main = next(row for row in self.rows if row.id == finding_id)
        if result is not None:
            return self._write_result(main, verdict, comment, result, picture)
        self.decide(main, verdict, comment)
        touched = [main]
        if verdict is Verdict.REJECT:
            for row in self.rows:
                if row.status != FindingStatus.REJECTED and rests_on(row, main):
                    self.decide(row, Verdict.REJECT, _with(main))
                    touched.append(row)
        elif _rests_on_rejected(main, self.rows):
            raise Conflict(
                "what it rests on was rejected", fix="accept or change that outline first."
            )
        return touched

    def decide(
        self, row: Finding, verdict: Verdict, comment: str, *, new: Finding | None = None
    ) -> None:
        """Write one decision and what it makes of the finding."""
        before = snapshot(row)
        if new is not None:
            for name in ("name", "value", "unit", "method", "payload", "confidence"):
                setattr(row, name, getattr(new, name))
        row.status = STATUS[verdict]
        self.session.add(
            Decision(
                finding_id=row.id,
                account_id=self.actor.account_id,
                at=self.at,
                verdict=verdict,
                before=before,
                after=snapshot(row),
                comment=comment,
            )
        )

    def _write_result(
        self, main: Finding, verdict: Verdict, comment: str, result: Result, picture_id: int
    ) -> list[Finding]:
        picture = self.session.get_one(Picture, picture_id)
        fresh = {row.key: row for row in finding_rows(result)}
        follows = f"it follows from {main.key}"
        touched = [main]
        for row in self.rows:
            new = fresh.pop(row.key, None)
            if row is main:
                self.decide(row, verdict, comment, new=new)
            elif row.status == FindingStatus.REJECTED:
                continue
            elif verdict is Verdict.REJECT and rests_on(row, main):
                self.decide(row, Verdict.REJECT, _with(main))
                touched.append(row)
            elif new is None:
                self.decide(row, Verdict.REJECT, f"{follows}, with which it is no longer there")
                touched.append(row)
            elif _differs(row, new):
                self.decide(row, Verdict.MODIFY, follows, new=new)
                touched.append(row)
        for new in fresh.values():
            new.picture_id, new.status = picture_id, FindingStatus.PENDING
            self.session.add(new)
            self.session.flush()
            self.decide(new, Verdict.MODIFY, follows)
            touched.append(new)
        grade_into(picture, result)
        return touched


def snapshot(row: Finding) -> dict[str, Any]:
    """A finding as it is, for a decision's before and after."""
    return {name: getattr(row, name) for name in SNAPSHOT}


def locked_findings(session: Session, picture_id: int) -> Sequence[Finding]:
    """A picture's findings; nobody else decides on that picture until the transaction ends."""
    session.execute(select(Picture.id).where(Picture.id == picture_id).with_for_update())
    return session.scalars(
        select(Finding)
        .where(Finding.picture_id == picture_id)
        .options(selectinload(Finding.decisions))
        .order_by(Finding.id)
    ).all()


def last_decision(row: Finding) -> int:
    """Its id; 0 where nobody has decided."""
    return row.decisions[-1].id if row.decisions else 0


def rests_on(row: Finding, other: Finding) -> bool:
    """Whether a number or a line was made on an outline or along a line."""
    if row.kind == FindingKind.MEASUREMENT:
        return other.key in row.payload.get("evidence", ())
    return (
        row.kind == FindingKind.LINE
        and other.kind == FindingKind.REGION
        and row.key.startswith(f"{other.key}/")
    )


def _rests_on_rejected(row: Finding, rows: Sequence[Finding]) -> bool:
    rejected = (one for one in rows if one.status == FindingStatus.REJECTED and one is not row)
    return any(rests_on(row, one) for one in rejected)


def _with(main: Finding) -> str:
    return f"it rests on {main.key}, which was rejected"


def _differs(row: Finding, new: Finding) -> bool:
    """Whether a finding says something else now, by what does not change by being stored."""
    told = _TOLD.get(FindingKind(row.kind))
    if told is None:
        return bool(row.payload != new.payload)
    return any(row.payload.get(name) != new.payload.get(name) for name in told)
