"""The report of a live session: one entry for each kept plane."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sesamoid.anatomy import Protocol
from sesamoid.findings import Grade, GradeLetter, ModelReference
from sesamoid.imaging import Image
from sesamoid.live import Checklist, Kept
from sesamoid.live.sources.cine import eight_bits
from sesamoid.reports import FORMATS, write_batch_reports, write_image_reports

from .assessor import WristHandAssessor
from .results import PlanePicture, result_of

NOT_GRADED = "not graded"


def report_session(
    checklist: Checklist,
    folder: Path,
    assessor: WristHandAssessor,
    model: ModelReference,
    *,
    application: str,
    formats: tuple[str, ...] = FORMATS,
    card: str | None = None,
) -> list[Path]:
    """Measure the kept pictures and write every report about them.

    Parameters
    ----------
    checklist : Checklist
        Of the session.
    folder : Path
        Where the reports go.
    assessor : WristHandAssessor
    model : ModelReference
    application : str
    formats : tuple of str
        Of `sesamoid.reports.FORMATS`.
    card : str, optional
        Text of the model card.

    Returns
    -------
    list of Path
        What was written.
    """
    reports = []
    files: list[Path] = []
    for kept in checklist.kept:
        image = kept.image()
        picture = kept_picture(kept, image, assessor)
        result = result_of(
            image, [picture], assessor.looker.task.classes, model, application=application,
            notes=_notes(kept), extras=_extras(kept),
        )  # fmt: skip
        one = write_image_reports(
            result, folder, name=f"{kept.plane}", formats=formats, card=card
        )  # fmt: skip
        reports.append(one)
        files += one.files
    title = f"Wrist and hand: {len(checklist.kept)} of {len(checklist.items)} planes"
    files += write_batch_reports(
        reports, (), folder, application=application, formats=formats, title=title,
        extras={"checklist": checklist_rows(checklist, assessor.protocol)},
    )  # fmt: skip
    return files


def kept_picture(kept: Kept, image: Image, assessor: WristHandAssessor) -> PlanePicture:
    """A kept picture with its own outlines; those of a look now where none were kept."""
    spacing = kept.spacing_mm
    found = assessor.assess(eight_bits(image.grey(0)), spacing_mm=spacing, time_s=kept.time_s)
    labels = kept.label_map()
    grade = kept.grade if kept.grade is not None else _ungraded()
    assert found.labels is not None
    return PlanePicture(
        assessor.protocol.plane(kept.plane),
        replace(grade, frame=0),
        found.labels if labels is None else labels,
        visibility={key: seen.visibility for key, seen in found.seen.items()},
        probabilities=found.probabilities,
        time_s=kept.time_s,
        reason=kept.reason,
    )


def checklist_rows(checklist: Checklist, protocol: Protocol) -> list[dict[str, Any]]:
    """The checklist as plain types."""
    return [
        {
            "plane": item.plane,
            "name": protocol.plane(item.plane).name,
            "progress": item.progress.value,
            "seconds": round(item.seconds, 2),
            "grade": None if item.kept is None else item.kept.letter.value,
            "kept_by": None if item.kept is None else item.kept.by,
            "frames_kept": item.history,
        }
        for item in checklist.items
    ]


def _ungraded() -> Grade:
    return Grade(GradeLetter.C, 0.0, (), ("C: it was kept by hand and not graded",), NOT_GRADED)


def _notes(kept: Kept) -> tuple[str, ...]:
    origin = f"This picture is {kept.origin.value}."
    return (f"Kept by the {kept.by}: {kept.reason}.", origin)


def _extras(kept: Kept) -> dict[str, Any]:
    return {"kept_by": kept.by, "origin": kept.origin.value}
