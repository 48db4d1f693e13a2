"""From a session's record on the disk to the store, as it happens or after a kill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, update

from sesamoid.anatomy import Protocol
from sesamoid.anatomy import protocol as named_protocol
from sesamoid.applications.wrist_hand.results import PlanePicture, result_of
from sesamoid.imaging.digest import sha256_of
from sesamoid.live import Kept, recorded
from sesamoid.live.checklist import kept_from_line
from sesamoid.live.picture_file import orphans
from sesamoid.live.record_lines import LINES
from sesamoid.reports.finding_read import model_from_json
from sesamoid.server.access import NotFound
from sesamoid.server.reviewing.finding_rows import finding_rows, grade_into
from sesamoid.server.scanning.annotations import checked
from sesamoid.server.scanning.thoughts import Thought
from sesamoid.server.store import Exam, ExamStatus, Picture, Store, exams
from sesamoid.server.store.columns import now

Line = dict[str, Any]


class Ingest:
    """Writes exams, their pictures and findings into the store.

    Parameters
    ----------
    store : Store
    data : Path
        The server's data folder; exams' folders are relative to it.
    """

    def __init__(self, store: Store, data: Path):
        self.store, self.data = store, data

    def keep(
        self,
        exam_id: str,
        line: Line,
        *,
        thought: Thought | None = None,
        drawn: list[dict[str, Any]] | None = None,
    ) -> bool:
        """Store a kept picture with what is measured on it; False where it was there already.

        Parameters
        ----------
        exam_id : str
        line : dict
            Of the record, as the picture carries it.
        thought : Thought, optional
            What was thought of the frame beyond what the record has.
        drawn : list of dict, optional
            Calipers and notes on it.
        """
        with self.store.read() as session:
            exam = exams.get(session, exam_id)
            known = session.scalars(_numbered(exam_id, int(line["number"]))).first()
        if exam is None or known is not None:
            return False
        picture = self._picture(exam, line, thought)
        picture.annotations = list(drawn or [])
        with self.store.write() as session:
            if picture.current:
                session.execute(
                    update(Picture)
                    .where(Picture.exam_id == exam_id, Picture.plane == picture.plane)
                    .values(current=False)
                )
            session.add(picture)
        return True

    def annotations(self, exam_id: str, number: int) -> list[dict[str, Any]]:
        """Calipers and notes on a kept picture; none where there is no such picture."""
        with self.store.read() as session:
            found = session.scalars(_numbered(exam_id, number)).first()
        return [] if found is None else list(found.annotations)

    def annotate(self, exam_id: str, number: int, drawn: list[dict[str, Any]]) -> None:
        """Replace the calipers and notes on a kept picture.

        Raises
        ------
        NotFound
            There is no such picture.
        SesamoidError
            Something of it is no annotation.
        """
        with self.store.write() as session:
            found = session.scalars(_numbered(exam_id, number)).first()
            if found is None:
                raise NotFound("there is no such picture", fix="look at the checklist.")
            spacing = found.spacing_mm
            found.annotations = checked(
                drawn, (found.rows, found.columns),
                None if spacing is None else (spacing[0], spacing[1]),
            )  # fmt: skip

    def end(self, exam_id: str, status: ExamStatus) -> None:
        """Store what is not stored yet, and that the exam is over."""
        self.catch_up(exam_id)
        with self.store.write() as session:
            exam = exams.get(session, exam_id)
            if exam is not None:
                exam.status, exam.ended_at = status, now()

    def catch_up(self, exam_id: str) -> int:
        """Store every picture of the record that is not in the store; how many there were."""
        with self.store.read() as session:
            exam = exams.get(session, exam_id)
        if exam is None:
            return 0
        return sum(self.keep(exam_id, line) for line in kept_lines(self.data / exam.folder))

    def recover(self) -> dict[str, int]:
        """After a kill: exams that were running are interrupted, and nothing of them is lost.

        Returns
        -------
        dict of str to int
            By exam, how many pictures were on the disk only.
        """
        with self.store.read() as session:
            killed = [exam.id for exam in exams.running(session)]
        found = {}
        for exam_id in killed:
            found[exam_id] = self.catch_up(exam_id)
            with self.store.write() as session:
                exam = exams.get(session, exam_id)
                if exam is not None:
                    exam.status = ExamStatus.INTERRUPTED
        return found

    def _picture(self, exam: Exam, line: Line, thought: Thought | None) -> Picture:
        folder = self.data / exam.folder
        kept = kept_from_line(line, folder)
        protocol = named_protocol(exam.protocol)
        image = kept.image()
        rows, columns = image.size
        picture = Picture(
            exam_id=exam.id,
            plane=kept.plane,
            number=kept.number,
            file=str(line["picture"]),
            sha256=sha256_of(kept.picture),
            rows=rows,
            columns=columns,
            time_s=kept.time_s,
            kept_by=kept.by,
            kept_because=kept.reason,
            current=exam.assistant_on or kept.by == "operator",
            spacing_mm=None if kept.spacing_mm is None else list(kept.spacing_mm),
            labels=line.get("labels"),
            label_names=list(kept.label_names),
            notes=[f"Kept by the {kept.by}: {kept.reason}."],
            findings=[],
        )
        if exam.model and kept.grade is not None:
            result = _result(exam, kept, protocol, thought)
            if result is not None:
                picture.findings = finding_rows(result)
                grade_into(picture, result)
        return picture


def kept_lines(folder: Path) -> Iterator[Line]:
    """Lines of all pictures in an exam's folder, those without a line in the record included."""
    if not (folder / LINES).exists():
        return
    known = set()
    for line in recorded(folder):
        if line["kind"] == "kept":
            known.add(str(line["picture"]))
            yield line
    yield from sorted(orphans(folder, known), key=lambda line: int(line["number"]))


def _result(exam: Exam, kept: Kept, protocol: Protocol, thought: Thought | None) -> Any:
    labels = kept.label_map()
    if labels is None or kept.grade is None:
        return None
    picture = PlanePicture(
        protocol.plane(kept.plane, digit=kept.digit), kept.grade, labels,
        visibility=None if thought is None else thought.seen,
        probabilities=None if thought is None else thought.probabilities,
        time_s=kept.time_s, reason=kept.reason,
    )  # fmt: skip
    return result_of(
        kept.image(), [picture], ("background", *kept.label_names[1:]),
        model_from_json(exam.model), application=exam.application,
    )  # fmt: skip


def _numbered(exam_id: str, number: int) -> Select[Picture]:
    return select(Picture).where(Picture.exam_id == exam_id, Picture.number == number)
