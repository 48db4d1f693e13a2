"""Files that people send: received, unpacked, analysed by an application, kept as an exam."""

from __future__ import annotations

import logging
import shutil
import threading
import uuid
from collections.abc import AsyncIterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from sqlalchemy import select

from sesamoid.applications import AnalysisSettings, application
from sesamoid.errors import SesamoidError
from sesamoid.server.access import Access, Actor, BadRequest, RequestError
from sesamoid.server.access.roles import SCANS_REAL
from sesamoid.server.exams.analysing import analyse_folder
from sesamoid.server.exams.catalogue import EXAMS, Exams
from sesamoid.server.exams.header_markup import refuse_markup
from sesamoid.server.exams.people import People, PersonFields
from sesamoid.server.exams.receiving import plain_name, write_stream
from sesamoid.server.exams.unpacking import ArchiveLimits, is_archive, unpack
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam, ExamStatus, Picture, Store, audit
from sesamoid.server.store import exams as stored
from sesamoid.server.store.columns import now

log = logging.getLogger("sesamoid.server")

FILES = "upload"
"""Folder of what was sent, within the exam's."""
SOURCE = "upload: "


@dataclass(frozen=True)
class UploadRequest:
    """What is told with a file.

    Parameters
    ----------
    name : str
        Plain file name.
    application : str
        That analyses it.
    person_id : int, optional
        Of whom it is; a new person where not given.
    label : str
        Pseudonym of the new person.
    side : str, optional
    origin : str
        ``"real"`` or ``"virtual"``.
    mm_per_pixel : float, optional
        Scale of a file that has none.
    """

    name: str
    application: str
    person_id: int | None = None
    label: str = ""
    side: str | None = None
    origin: str = "real"
    mm_per_pixel: float | None = None


class Uploads:
    """Receives files and has them analysed, one after the other.

    Parameters
    ----------
    settings : ServerSettings
    access : Access
    store : Store
    exams : Exams
    people : People
    """

    def __init__(
        self,
        settings: ServerSettings,
        access: Access,
        store: Store,
        exams: Exams,
        people: People,
    ):
        self.settings, self.access, self.store = settings, access, store
        self.exams, self.people = exams, people
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="analysis")
        self._running: dict[str, Future[None]] = {}
        self._lock = threading.Lock()

    async def receive(
        self, actor: Actor, request: UploadRequest, chunks: AsyncIterator[bytes]
    ) -> Exam:
        """Take in a file as it comes, and have it analysed afterwards.

        Parameters
        ----------
        actor : Actor
        request : UploadRequest
        chunks : async iterator of bytes
            However long it is, only a small part of it is in memory.

        Returns
        -------
        Exam
            Running; ended or failed when the analysis is done.

        Raises
        ------
        RequestError
            It is refused, which is in the audit log; nothing of it is left.
        """
        exam_id = str(uuid.uuid4())
        folder = self.settings.data / EXAMS / exam_id
        try:
            checked = await to_thread.run_sync(self._check, actor, request)
            target = folder / FILES / checked
            await to_thread.run_sync(lambda: target.parent.mkdir(parents=True, exist_ok=True))
            await write_stream(target, chunks)
            return await to_thread.run_sync(self._begin, actor, request, exam_id, target)
        except BaseException as error:
            await to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))
            if isinstance(error, RequestError):
                await to_thread.run_sync(self._log, actor, request, error)
            raise

    def wait(self, exam_id: str, timeout_s: float | None = None) -> None:
        """Until the analysis of an exam is done."""
        running = self._running.get(exam_id)
        if running is not None:
            running.result(timeout_s)

    def resume(self) -> None:
        """Begin again what a killed server was analysing."""
        query = select(Exam).where(
            Exam.source.startswith(SOURCE),
            Exam.ended_at.is_(None),
            Exam.status.in_((ExamStatus.RUNNING, ExamStatus.INTERRUPTED)),
        )
        with self.store.write() as session:
            begun = session.scalars(query).all()
            for exam in begun:
                exam.status = ExamStatus.RUNNING
                for picture in session.scalars(select(Picture).where(Picture.exam_id == exam.id)):
                    session.delete(picture)
        for exam in begun:
            self._queue(exam.id, _stated_scale(exam))

    def stop(self) -> None:
        """Wait for the file that is being analysed; the others go on when the server is back."""
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _check(self, actor: Actor, request: UploadRequest) -> str:
        self.access.require(actor, *SCANS_REAL)
        try:
            application(request.application)
        except SesamoidError as error:
            raise BadRequest(error.problem, fix=error.fix) from error
        if request.person_id is not None:
            self.people.get(actor, request.person_id)
        return plain_name(request.name)

    def _begin(self, actor: Actor, request: UploadRequest, exam_id: str, received: Path) -> Exam:
        if is_archive(received):
            limits = ArchiveLimits(self.settings.unpacked_limit_bytes)
            unpacked = received.with_name(f"{received.stem}.unpacked")
            if not unpack(received, unpacked, limits):
                raise BadRequest("the archive is empty", fix="pack at least one image.")
            received.unlink()
        refuse_markup(sorted(path for path in received.parent.rglob("*") if path.is_file()))
        person_id = request.person_id
        if person_id is None:
            label = request.label.strip() or f"Upload {now():%Y-%m-%d %H:%M}"
            fields = PersonFields(label, virtual=request.origin == "virtual", side=request.side)
            person_id = self.people.add(actor, fields).id
        with self.store.write() as session:
            exam = Exam(
                id=exam_id, person_id=person_id, account_id=actor.account_id,
                application=request.application, source=f"{SOURCE}{request.name}"[:255],
                origin=request.origin, side=request.side, folder=f"{EXAMS}/{exam_id}",
                note=_scale_note(request.mm_per_pixel),
            )  # fmt: skip
            session.add(exam)
            audit.append(
                session, "upload.accepted", account=actor.name, object=f"exam {exam_id}",
                detail={"application": request.application}, address=actor.address,
            )  # fmt: skip
        with self.store.read() as session:
            kept = stored.get(session, exam_id, pictures=True)
        assert kept is not None
        self._queue(exam_id, request.mm_per_pixel)
        return kept

    def _queue(self, exam_id: str, mm_per_pixel: float | None) -> None:
        with self._lock:
            self._running = {k: v for k, v in self._running.items() if not v.done()}
            self._running[exam_id] = self._worker.submit(self._analyse, exam_id, mm_per_pixel)

    def _analyse(self, exam_id: str, mm_per_pixel: float | None) -> None:
        with self.store.read() as session:
            exam = stored.get(session, exam_id)
        if exam is None:
            return
        settings = AnalysisSettings(mm_per_pixel=mm_per_pixel, threads=1)
        try:
            made = analyse_folder(
                exam, self.settings.data / exam.folder, FILES, settings
            )  # fmt: skip
        except Exception:
            log.exception("the analysis of exam %s failed", exam_id)
            made = None
        with self.store.write() as session:
            kept = session.get(Exam, exam_id)
            if kept is None:
                return
            kept.ended_at = now()
            if made is None:
                kept.status, kept.note = ExamStatus.FAILED, "The analysis failed unexpectedly."
                return
            kept.status = ExamStatus.ENDED if made.pictures else ExamStatus.FAILED
            kept.note = "\n".join(part for part in (kept.note, *made.notes) if part)
            if made.model:
                kept.model = made.model
                kept.model_name = str(made.model["name"])[:120]
                kept.model_version = str(made.model["version"])[:64]
            kept.pictures.extend(made.pictures)

    def _log(self, actor: Actor, request: UploadRequest, error: RequestError) -> None:
        self.access.note(
            actor, "upload.refused", object=request.name[:120],
            detail={"status": error.status, "reason": error.problem},
        )  # fmt: skip


_SCALE = "Scale stated at upload: "


def _scale_note(mm_per_pixel: float | None) -> str:
    return "" if mm_per_pixel is None else f"{_SCALE}{mm_per_pixel!r} mm per pixel."


def _stated_scale(exam: Exam) -> float | None:
    """What `_scale_note` wrote, for an analysis that begins again."""
    if not exam.note.startswith(_SCALE):
        return None
    return float(exam.note.removeprefix(_SCALE).split(" ", 1)[0])
