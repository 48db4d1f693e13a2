"""Exams: searched, looked at, deleted, each by those who may."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import func, select

from sesamoid.server.access import Access, Actor, BadRequest, Conflict, Forbidden, NotFound, Role
from sesamoid.server.access.visibility import may_see, sees_all
from sesamoid.server.store import Exam, ExamStatus, Finding, Picture, Store, audit
from sesamoid.server.store import exams as stored
from sesamoid.server.store.exams import ExamSearch

EXAMS = "exams"
NOTED_S = 3600.0
DELETED = "deleted"
"""Folder of what is on its way out; emptied when the server starts."""


@dataclass(frozen=True)
class FoundExams:
    """A page of exams.

    Parameters
    ----------
    exams : sequence of Exam
        The newest first.
    total : int
        Of all pages.
    counts : dict
        By exam, how many findings of each status there are.
    """

    exams: Sequence[Exam]
    total: int
    counts: dict[str, dict[str, int]]


class Exams:
    """The exams of one server.

    Parameters
    ----------
    access : Access
    store : Store
    data : Path
        The server's data folder.
    """

    def __init__(self, access: Access, store: Store, data: Path):
        self.access, self.store, self.data = access, store, data
        self._opened: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def search(self, actor: Actor, search: ExamSearch) -> FoundExams:
        """Exams that the actor may see and that fit."""
        actor = self.access.require(actor)
        if not sees_all(actor):
            others = search.operator_id is not None and search.operator_id != actor.account_id
            if others:
                return FoundExams((), 0, {})
            search = replace(search, operator_id=actor.account_id)
        with self.store.read() as session:
            found, total = stored.find(session, search)
            counts = stored.counts(session, [exam.id for exam in found])
        return FoundExams(found, total, counts)

    def get(self, actor: Actor, exam_id: str) -> Exam:
        """An exam with its pictures, their findings and the decisions.

        Raises
        ------
        NotFound
            There is none, or it is another's; that it exists is not given away.
        """
        actor = self.access.require(actor)
        with self.store.read() as session:
            exam = stored.get(session, exam_id, pictures=True)
        if exam is None:
            raise no_such_exam(exam_id)
        self.require_sight(actor, exam)
        self._note_opened(actor, exam)
        return exam

    def picture(self, actor: Actor, picture_id: int) -> Picture:
        """A picture with its exam; NotFound as `get`."""
        actor = self.access.require(actor)
        with self.store.read() as session:
            picture = stored.picture(session, picture_id)
        if picture is None:
            raise NotFound(f"there is no picture {picture_id}")
        self.require_sight(actor, picture.exam)
        return picture

    def file(self, exam: Exam, name: str) -> Path:
        """A file of an exam; NotFound where it is gone or lies elsewhere."""
        folder = (self.data / exam.folder).resolve()
        path = (folder / name).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise NotFound("the file is not there any more", fix="restore it from a copy.")
        return path

    def note(self, actor: Actor, exam_id: str, text: str) -> Exam:
        """Write an exam's note."""
        exam = self.get(actor, exam_id)
        with self.store.write() as session:
            kept = session.get_one(Exam, exam.id)
            kept.note = text
            audit.append(
                session, "exam.note", account=actor.name, object=f"exam {exam.id}",
                address=actor.address,
            )  # fmt: skip
        return kept

    def delete(self, actor: Actor, exam_id: str, *, confirm: str) -> None:
        """Remove an exam with all its files; admins any, others their own virtual ones.

        Parameters
        ----------
        actor : Actor
        exam_id : str
        confirm : str
            The exam's id once more: what is meant is said twice.

        Raises
        ------
        NotFound, Forbidden, BadRequest, Conflict
        """
        exam = self.get(actor, exam_id)
        actor = self.access.require(actor)
        own_virtual = exam.account_id == actor.account_id and exam.origin == "virtual"
        if not (actor.has(Role.ADMIN) or own_virtual):
            self.access.note(actor, "exam.delete_refused", object=f"exam {exam.id}")
            raise Forbidden("only an admin deletes this exam", fix="ask an admin.")
        if confirm != exam.id:
            raise BadRequest(
                "deleting was not confirmed", fix="give the exam's id once more as confirm."
            )
        if exam.status == ExamStatus.RUNNING:
            raise Conflict("the exam is running", fix="end it first.")
        folder, bin_ = self.data / exam.folder, self.data / DELETED / exam.id
        moved = folder.is_dir()
        if moved:
            bin_.parent.mkdir(parents=True, exist_ok=True)
            folder.rename(bin_)
        try:
            self._delete_rows(actor, exam)
        except BaseException:
            if moved:
                bin_.rename(folder)
            raise
        shutil.rmtree(bin_, ignore_errors=True)

    def empty_bin(self) -> None:
        """Remove what a killed server was still deleting.

        A folder whose exam is still in the store goes back: the kill came between the two.
        """
        for folder in sorted((self.data / DELETED).glob("*")):
            with self.store.read() as session:
                exam = stored.get(session, folder.name)
            if exam is None:
                shutil.rmtree(folder, ignore_errors=True)
            elif not (self.data / exam.folder).exists():
                folder.rename(self.data / exam.folder)

    def require_sight(self, actor: Actor, exam: Exam) -> None:
        """Refuse, and note, where somebody asks for another's exam.

        Raises
        ------
        NotFound
        """
        if not may_see(actor, exam):
            self.access.note(actor, "exam.refused", object=f"exam {exam.id}")
            raise no_such_exam(exam.id)

    def _note_opened(self, actor: Actor, exam: Exam) -> None:
        """Somebody looks at another's exam: noted, once an hour for each session."""
        if exam.account_id == actor.account_id:
            return
        key, moment = (actor.session, exam.id), time.monotonic()
        with self._lock:
            self._opened = {k: t for k, t in self._opened.items() if moment - t < NOTED_S}
            if key in self._opened:
                return
            self._opened[key] = moment
        self.access.note(actor, "exam.open", object=f"exam {exam.id}")

    def _delete_rows(self, actor: Actor, exam: Exam) -> None:
        with self.store.write() as session:
            kept = session.get_one(Exam, exam.id)
            pictures = len(kept.pictures)
            findings = session.scalar(
                select(func.count(Finding.id)).join(Picture).where(Picture.exam_id == exam.id)
            )
            session.delete(kept)
            audit.append(
                session, "exam.delete", account=actor.name, object=f"exam {exam.id}",
                detail={"pictures": pictures, "findings": int(findings or 0)},
                address=actor.address,
            )  # fmt: skip


def no_such_exam(exam_id: str) -> NotFound:
    """The same answer whether it does not exist or is another's."""
    return NotFound(f"there is no exam {exam_id[:64]!r}")
