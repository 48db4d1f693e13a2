"""Decisions: accepted, modified, rejected, by whom and when; on the disk before acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from sesamoid.applications import LabelMap, remeasured
from sesamoid.findings import Result
from sesamoid.live.picture_file import read_picture
from sesamoid.server.access import Access, Actor, BadRequest, Conflict, NotFound, Role
from sesamoid.server.exams import Exams
from sesamoid.server.reviewing.changes import Change, as_plain, changed_result, target_of
from sesamoid.server.reviewing.finding_rows import finding_rows, grade_into
from sesamoid.server.reviewing.stored_results import stored_image, stored_result
from sesamoid.server.store import (
    Decision,
    Finding,
    FindingKind,
    FindingStatus,
    Picture,
    Store,
    Verdict,
    audit,
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
LONGEST_COMMENT = 2000


@dataclass(frozen=True)
class Decided:
    """What came of a decision.

    Parameters
    ----------
    finding : Finding
        As it is now, with all its decisions.
    followed : tuple of Finding
        What else changed because of it, e.g. the area of a changed outline.
    """

    finding: Finding
    followed: tuple[Finding, ...]


class Reviewing:
    """Decisions on the findings of one server.

    Parameters
    ----------
    access : Access
    store : Store
    exams : Exams
    data : Path
        The server's data folder.
    """

    def __init__(self, access: Access, store: Store, exams: Exams, data: Path):
        self.access, self.store, self.exams, self.data = access, store, exams, data

    def decide(
        self,
        actor: Actor,
        finding_id: int,
        verdict: Verdict,
        *,
        change: Change | None = None,
        comment: str = "",
        seen: int | None = None,
    ) -> Decided:
        """Decide on a finding; when this returns, the decision is on the disk.

        A changed outline or grade is measured on again by the application; what is measured on a
        rejected outline is rejected with it.

        Parameters
        ----------
        actor : Actor
            With the role reviewer.
        finding_id : int
        verdict : Verdict
        change : Change, optional
            With ``modify``, and only with it.
        comment : str
        seen : int, optional
            Id of the last decision that the reviewer saw (0: none): where another one has been
            made since, this one is refused.

        Raises
        ------
        Forbidden, NotFound, BadRequest
        Conflict
            Somebody else has decided meanwhile.
        """
        actor = self.access.require(actor, Role.REVIEWER)
        if (verdict is Verdict.MODIFY) != (change is not None):
            raise BadRequest(
                "a modification says what is changed, and nothing else does",
                fix="send change with modify, and only then.",
            )
        if len(comment) > LONGEST_COMMENT:
            raise BadRequest("the comment is too long", fix=f"use {LONGEST_COMMENT} characters.")
        picture = self._picture_of(actor, finding_id)
        finding = next(row for row in picture.findings if row.id == finding_id)
        last = finding.decisions[-1].id if finding.decisions else 0
        if seen is not None and seen != last:
            raise Conflict("somebody has decided on this meanwhile", fix="look again.")
        expected = {row.id: _last(row) for row in picture.findings}
        result = None
        if change is not None:
            result = self._change(picture, finding, change, actor)
        with self.store.write() as session:
            rows = _locked(session, picture.id)
            if {row.id: _last(row) for row in rows} != expected:
                raise Conflict("somebody has decided on this picture meanwhile", fix="look again.")
            touched = _Writing(session, actor, rows).write(
                finding_id, verdict, comment, result, picture.id
            )
            audit.append(
                session, f"finding.{verdict.value}", account=actor.name,
                object=f"finding {finding_id}",
                detail={
                    "exam": picture.exam_id, "key": finding.key,
                    "followed": len(touched) - 1, **(as_plain(change) if change else {}),
                },
                address=actor.address,
            )  # fmt: skip
        return self._decided(finding_id, [row.id for row in touched])

    def accept_rest(self, actor: Actor, exam_id: str, *, picture_id: int | None = None) -> int:
        """Accept every finding of an exam's current pictures that nobody has decided on.

        Parameters
        ----------
        actor : Actor
        exam_id : str
        picture_id : int, optional
            Of this picture alone.

        Returns
        -------
        int
            How many were accepted.
        """
        actor = self.access.require(actor, Role.REVIEWER)
        exam = self.exams.get(actor, exam_id)
        chosen = [
            picture.id
            for picture in exam.pictures
            if (picture.current if picture_id is None else picture.id == picture_id)
        ]
        if picture_id is not None and not chosen:
            raise NotFound(f"the exam has no picture {picture_id}")
        count = 0
        with self.store.write() as session:
            for one in chosen:
                rows = _locked(session, one)
                writing = _Writing(session, actor, rows)
                for row in rows:
                    if row.status == FindingStatus.PENDING:
                        writing.decide(row, Verdict.ACCEPT, "")
                        count += 1
            audit.append(
                session, "finding.accept_rest", account=actor.name, object=f"exam {exam_id}",
                detail={"accepted": count, "picture": picture_id}, address=actor.address,
            )  # fmt: skip
        return count

    def finding(self, actor: Actor, finding_id: int) -> Finding:
        """A finding with its decisions; NotFound where there is none or it is another's."""
        actor = self.access.require(actor)
        picture = self._picture_of(actor, finding_id)
        return next(row for row in picture.findings if row.id == finding_id)

    def _picture_of(self, actor: Actor, finding_id: int) -> Picture:
        with self.store.read() as session:
            picture = session.scalars(
                select(Picture)
                .join(Finding)
                .where(Finding.id == finding_id)
                .options(
                    selectinload(Picture.exam),
                    selectinload(Picture.findings).selectinload(Finding.decisions),
                )
            ).first()
        if picture is None:
            raise NotFound(f"there is no finding {finding_id}")
        self.exams.require_sight(actor, picture.exam)
        return picture

    def _change(self, picture: Picture, finding: Finding, change: Change, actor: Actor) -> Result:
        by = f"modified by {actor.name}, {now():%Y-%m-%d}"
        image = stored_image(picture.exam, picture, self.data)
        rows = [
            row
            for row in picture.findings
            if row is finding or row.status != FindingStatus.REJECTED
        ]
        before = stored_result(picture.exam, picture, image, rows=rows)
        changed = changed_result(before, finding, change, by=by)
        if finding.kind == FindingKind.CATEGORY:
            return changed
        return remeasured(changed, {target_of(finding)}, by=by, labels=self._labels(picture))

    def _labels(self, picture: Picture) -> LabelMap | None:
        if picture.labels is None:
            return None
        path = self.exams.file(picture.exam, picture.labels)
        # The first name is that of nothing; the network's task calls it background.
        return LabelMap(read_picture(path), ("background", *picture.label_names[1:]))

    def _decided(self, finding_id: int, touched: Sequence[int]) -> Decided:
        with self.store.read() as session:
            rows = session.scalars(
                select(Finding)
                .where(Finding.id.in_(touched))
                .options(selectinload(Finding.decisions))
                .order_by(Finding.id)
            ).all()
        main = next(row for row in rows if row.id == finding_id)
        return Decided(main, tuple(row for row in rows if row.id != finding_id))


class _Writing:
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
            return self._write_result(main, comment, result, picture)
        self.decide(main, verdict, comment)
        touched = [main]
        if verdict is Verdict.REJECT:
            for row in self.rows:
                if row.status != FindingStatus.REJECTED and _rests_on(row, main):
                    self.decide(row, Verdict.REJECT, f"it rests on {main.key}, which was rejected")
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
        self, main: Finding, comment: str, result: Result, picture_id: int
    ) -> list[Finding]:
        picture = self.session.get_one(Picture, picture_id)
        fresh = {row.key: row for row in finding_rows(result)}
        follows = f"it follows from {main.key}"
        touched = [main]
        for row in self.rows:
            new = fresh.pop(row.key, None)
            if row is main:
                assert new is not None
                self.decide(row, Verdict.MODIFY, comment, new=new)
            elif row.status == FindingStatus.REJECTED:
                continue
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


def _locked(session: Session, picture_id: int) -> Sequence[Finding]:
    """A picture's findings; nobody else decides on that picture until the transaction ends."""
    session.execute(select(Picture.id).where(Picture.id == picture_id).with_for_update())
    return session.scalars(
        select(Finding)
        .where(Finding.picture_id == picture_id)
        .options(selectinload(Finding.decisions))
        .order_by(Finding.id)
    ).all()


def _last(row: Finding) -> int:
    return row.decisions[-1].id if row.decisions else 0


def _rests_on(row: Finding, other: Finding) -> bool:
    if row.kind == FindingKind.MEASUREMENT:
        return other.key in row.payload.get("evidence", ())
    return (
        row.kind == FindingKind.LINE
        and other.kind == FindingKind.REGION
        and row.key.startswith(f"{other.key}/")
    )


def _rests_on_rejected(row: Finding, rows: Sequence[Finding]) -> bool:
    rejected = (one for one in rows if one.status == FindingStatus.REJECTED and one is not row)
    return any(_rests_on(row, one) for one in rejected)


def _differs(row: Finding, new: Finding) -> bool:
    """Whether a finding says something else now, by what does not change by being stored."""
    told = _TOLD.get(FindingKind(row.kind))
    if told is None:
        return bool(row.payload != new.payload)
    return any(row.payload.get(name) != new.payload.get(name) for name in told)
