"""Decisions: accepted, modified, rejected, by whom and when; on the disk before acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from sesamoid.server.access import Access, Actor, BadRequest, Conflict, NotFound, Role
from sesamoid.server.exams import Exams
from sesamoid.server.reviewing.changes import Change, as_plain
from sesamoid.server.reviewing.decision_writing import (
    DecisionWriter,
    last_decision,
    locked_findings,
)
from sesamoid.server.reviewing.measuring_again import MeasuringAgain
from sesamoid.server.store import (
    Finding,
    FindingStatus,
    Picture,
    Store,
    Verdict,
    audit,
)

LONGEST_COMMENT = 2000
TRIES = 4
"""A change is measured outside of the transaction: again, where another decision came between."""


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
        self.access, self.store, self.exams = access, store, exams
        self._measuring = MeasuringAgain(exams, data)

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
        for _ in range(TRIES):
            touched = self._try(actor, finding_id, verdict, change, comment, seen)
            if touched is not None:
                return self._decided(finding_id, touched)
        raise Conflict("others decide on this picture all the time", fix="try again.")

    def _try(
        self,
        actor: Actor,
        finding_id: int,
        verdict: Verdict,
        change: Change | None,
        comment: str,
        seen: int | None,
    ) -> list[int] | None:
        """Ids of what changed; None where others were quicker and it must be measured again."""
        picture = self._picture_of(actor, finding_id)
        finding = next(row for row in picture.findings if row.id == finding_id)
        before = {row.id: last_decision(row) for row in picture.findings}
        result = self._measuring.result(picture, finding, verdict, change, actor)
        with self.store.write() as session:
            rows = locked_findings(session, picture.id)
            found = {row.id: last_decision(row) for row in rows}
            if finding_id not in found:
                raise NotFound("the exam was deleted meanwhile")
            if seen is not None and seen != found[finding_id]:
                raise Conflict("somebody has decided on this meanwhile", fix="look again.")
            if result is not None and found != before:
                return None
            touched = DecisionWriter(session, actor, rows).write(
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
            return [row.id for row in touched]

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
                rows = locked_findings(session, one)
                writing = DecisionWriter(session, actor, rows)
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
