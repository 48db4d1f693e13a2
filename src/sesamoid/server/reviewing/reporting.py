"""The report of a stored exam: every format, each saying which findings a human accepted."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pydicom
from pydicom.dataset import Dataset

from sesamoid.errors import OutputError, SesamoidError
from sesamoid.findings import Result, review_of
from sesamoid.reports import (
    FORMATS,
    ExamContext,
    Failure,
    ImageReport,
    StudyIdentity,
    key_object_selection,
    write_batch_reports,
    write_image_reports,
    write_key_objects,
)
from sesamoid.reports.dicom_codes import stable_uid
from sesamoid.reports.dicom_source import is_referenceable
from sesamoid.server.access import Access, Actor, NotFound
from sesamoid.server.exams import Exams
from sesamoid.server.reviewing.stored_results import (
    stored_decisions,
    stored_image,
    stored_result,
)
from sesamoid.server.store import Exam, Picture

REPORT_PAGE = "report.html"
KEY_IMAGES = "key-images.dcm"
Made = TypeVar("Made")
TOGETHER = 2
"""Reports that are written at once; each takes a core and some memory."""


@dataclass(frozen=True)
class Bundle:
    """A written report.

    Parameters
    ----------
    folder : Path
        Temporary; removed when the caller is done.
    files : tuple of Path
    """

    folder: Path
    files: tuple[Path, ...]

    def file(self, name: str) -> Path:
        """One of its files; NotFound where it was not written."""
        for path in self.files:
            if path.relative_to(self.folder).as_posix() == name:
                return path
        known = ", ".join(path.name for path in self.files[:40])
        raise NotFound(f"the report has no file {name[:80]!r}", fix=f"use one of {known}.")


class Reporting:
    """Writes reports of stored exams.

    Parameters
    ----------
    access : Access
    exams : Exams
    data : Path
        The server's data folder.
    """

    def __init__(self, access: Access, exams: Exams, data: Path):
        self.access, self.exams, self.data = access, exams, data
        self._turns = ThreadPoolExecutor(TOGETHER, thread_name_prefix="report")

    @contextmanager
    def bundle(
        self, actor: Actor, exam_id: str, *, formats: tuple[str, ...] = FORMATS
    ) -> Iterator[Bundle]:
        """The report, in a folder that is gone when the block ends.

        Parameters
        ----------
        actor : Actor
            Who may see the exam.
        exam_id : str
        formats : tuple of str
            Of `sesamoid.reports.FORMATS`.
        """
        exam = self.exams.get(actor, exam_id)
        with tempfile.TemporaryDirectory(prefix="report-", dir=self._scratch()) as name:
            folder = Path(name)
            files = write_exam_report(exam, folder, self.data, formats=formats)
            self.access.note(
                actor, "exam.report", object=f"exam {exam.id}", detail={"formats": list(formats)}
            )
            yield Bundle(folder, tuple(files))

    def packed(self, actor: Actor, exam_id: str) -> Path:
        """Everything as one zip, in a temporary file that the caller removes."""
        with self.bundle(actor, exam_id) as bundle:
            handle, name = tempfile.mkstemp(prefix="exam-", suffix=".zip", dir=self._scratch())
            target = Path(name)
            try:
                with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
                    for path in bundle.files:
                        how = zipfile.ZIP_STORED if path.suffix == ".png" else zipfile.ZIP_DEFLATED
                        inside = path.relative_to(bundle.folder).as_posix()
                        archive.write(path, inside, compress_type=how)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
        return target

    async def in_turn(self, make: Callable[[], Made]) -> Made:
        """What `make` gives, when its turn comes; the server answers others meanwhile."""
        return await asyncio.wrap_future(self._turns.submit(make))

    def stop(self) -> None:
        """Take no more."""
        self._turns.shutdown(wait=True, cancel_futures=True)

    def clear(self) -> None:
        """Remove what a killed server left half written."""
        shutil.rmtree(self._scratch(), ignore_errors=True)

    def _scratch(self) -> Path:
        folder = self.data / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def write_exam_report(
    exam: Exam, folder: Path, data: Path, *, formats: tuple[str, ...] = FORMATS
) -> list[Path]:
    """Write the reports of an exam's current pictures.

    Parameters
    ----------
    exam : Exam
        With pictures, findings and decisions.
    folder : Path
    data : Path
        The server's data folder.
    formats : tuple of str

    Returns
    -------
    list of Path
        What was written. A picture whose file is gone is listed in the report as failed.
    """
    reports: list[ImageReport] = []
    failures: list[Failure] = []
    files: list[Path] = []
    headers: list[Dataset] = []
    for picture in _shown(exam.pictures):
        name = f"{picture.plane or 'picture'}-{picture.number}"
        try:
            image = stored_image(exam, picture, data)
            result = stored_result(exam, picture, image)
            review = review_of(result, stored_decisions(picture.findings))
            context = ExamContext(review, _identity(exam, picture))
            one = write_image_reports(
                result, folder, name=name, formats=formats, exam=context,
                extras={"picture": picture.number, "plane": picture.plane,
                        "origin": exam.origin},
            )  # fmt: skip
        except SesamoidError as error:
            failures.append(Failure(Path(name), error.problem))
            continue
        reports.append(one)
        files += one.files
        headers += _header(review.result, one.files)
    if headers and "sr" in formats:
        files += _key_images(headers, folder, exam)
    files += write_batch_reports(
        reports, failures, folder, application=exam.application, formats=formats,
        title=_title(exam), extras=_extras(exam),
    )  # fmt: skip
    return files


def _shown(pictures: Iterable[Picture]) -> list[Picture]:
    return [picture for picture in pictures if picture.current]


def _title(exam: Exam) -> str:
    mark = "VIRTUAL: " if exam.origin == "virtual" else ""
    side = f", {exam.side}" if exam.side else ""
    return f"{mark}{exam.person.label}{side}, {exam.started_at:%Y-%m-%d}"


def _extras(exam: Exam) -> dict[str, str]:
    return {
        "exam": exam.id,
        "person": exam.person.label,
        "operator": exam.account.name,
        "started": exam.started_at.isoformat(timespec="seconds"),
        "origin": exam.origin,
    }


def _identity(exam: Exam, picture: Picture) -> StudyIdentity:
    number = str(picture.number)
    return StudyIdentity(
        stable_uid("exam", exam.id),
        stable_uid("series", exam.id),
        stable_uid("picture", exam.id, number),
        picture.number,
        exam.person.label,
        exam.side or "",
    )


def _header(result: Result, files: Iterable[Path]) -> list[Dataset]:
    """Of the DICOM instance that a picture is, or is wrapped as."""
    stand_ins = [path for path in files if path.name.endswith(".source.dcm")]
    if stand_ins:
        path = stand_ins[0]
    elif is_referenceable(result):
        path = result.image.provenance.source_files[0]
    else:
        return []
    return [pydicom.dcmread(path, force=True, stop_before_pixels=True)]


def _key_images(headers: list[Dataset], folder: Path, exam: Exam) -> list[Path]:
    once = {str(header.SOPInstanceUID): header for header in headers}
    try:
        made = key_object_selection(list(once.values()), f"Kept pictures of exam {exam.id}.")
        return [write_key_objects(made, folder / KEY_IMAGES)]
    except (OutputError, ValueError, TypeError, AttributeError, KeyError):
        # highdicom refuses headers that break the standard; the pictures themselves are there.
        return []
