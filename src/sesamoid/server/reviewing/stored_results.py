"""From the rows of the store back to a `Result` and the decisions on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from sesamoid.findings import (
    DataOrigin,
    Decision,
    Grade,
    GradeLetter,
    Result,
)
from sesamoid.imaging import Image, Modality, Provenance, read_image
from sesamoid.live.picture_file import read_scan
from sesamoid.reports.finding_read import (
    category_from_json,
    grade_from_json,
    line_from_json,
    measurement_from_json,
    model_from_json,
    region_from_json,
)
from sesamoid.server.store import Exam, Finding, FindingKind, Picture

NOT_GRADED = "not graded"


def stored_image(exam: Exam, picture: Picture, data: Path) -> Image:
    """The picture with its calibration, black beside the scan; or the uploaded file it came from.

    Parameters
    ----------
    exam : Exam
    picture : Picture
    data : Path
        The server's data folder.

    Raises
    ------
    SesamoidError
        The file is gone or damaged.
    """
    folder = data / exam.folder
    spacing = picture.spacing_mm
    if picture.source is not None:
        image = read_image(folder / picture.source)
        stated = spacing is not None and not image.calibrated
        return image.with_spacing((spacing[0], spacing[1])) if stated and spacing else image
    path = folder / picture.file
    return Image(
        pixels=read_scan(path)[None],
        provenance=Provenance(
            path=Path(f"{picture.plane or 'picture'}-{picture.number}.png"),
            format="PNG",
            sha256=picture.sha256 or None,
            notes=(f"kept by the {picture.kept_by}: {picture.kept_because}".rstrip(": "),),
        ),
        modality=Modality.ULTRASOUND,
        spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
    )


def stored_result(
    exam: Exam, picture: Picture, image: Image, *, rows: Sequence[Finding] | None = None
) -> Result:
    """What is stored of a picture, as the application's result would be.

    Parameters
    ----------
    exam : Exam
    picture : Picture
        With its findings.
    image : Image
        From `stored_image`.
    rows : sequence of Finding, optional
        Of the picture; all of them where not given.
    """
    rows = picture.findings if rows is None else rows
    frame = picture.frame if picture.source is not None else 0
    grades = [grade_from_json(row.payload) for row in _of(rows, FindingKind.GRADE)]
    return Result(
        application=exam.application,
        image=image,
        model=model_from_json(exam.model),
        grade=grades[0] if grades else ungraded(frame),
        regions=tuple(
            region_from_json(row.payload, image.size) for row in _of(rows, FindingKind.REGION)
        ),
        lines=tuple(line_from_json(row.payload) for row in _of(rows, FindingKind.LINE)),
        measurements=tuple(
            measurement_from_json(row.payload) for row in _of(rows, FindingKind.MEASUREMENT)
        ),
        categories=tuple(
            category_from_json(row.payload) for row in _of(rows, FindingKind.CATEGORY)
        ),
        notes=(*picture.notes, origin_note(exam)),
        frames_analysed=(frame,),
        settings={"protocol": f"{exam.protocol} {exam.protocol_version}".strip()}
        if exam.protocol
        else {},
    )


def stored_decisions(rows: Iterable[Finding]) -> tuple[Decision, ...]:
    """The decisions on some findings, as the reports know them; the last one counts."""
    return tuple(
        Decision(row.key, one.verdict, one.account.name, one.at, one.comment)
        for row in rows
        for one in row.decisions
    )


def origin_note(exam: Exam) -> str:
    """Whether this is a person."""
    if exam.origin == DataOrigin.VIRTUAL.value:
        return "VIRTUAL: a simulated person; no figure here is about a patient."
    return f"This exam is {exam.origin}."


def ungraded(frame: int = 0) -> Grade:
    """In place of a grade where nobody gave one."""
    reason = "C: it was kept by hand and not graded"
    return Grade(GradeLetter.C, 0.0, (), (reason,), NOT_GRADED, frame)


def _of(rows: Iterable[Finding], kind: FindingKind) -> list[Finding]:
    return [row for row in rows if row.kind == kind]
