"""SR and SEG of one result, with the stand-in that they need where the source is no DICOM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from highdicom.seg import Segmentation

from sesamoid.errors import OutputError
from sesamoid.findings import Result
from sesamoid.reports.dicom_seg import segmentation, write_segmentation
from sesamoid.reports.dicom_source import drawn_regions, is_referenceable
from sesamoid.reports.dicom_sr import structured_report, write_structured_report
from sesamoid.reports.exam_context import ExamContext
from sesamoid.reports.reference_instance import reference_instance

Made = TypeVar("Made")


def write_dicom(
    result: Result,
    folder: Path,
    stem: str,
    *,
    formats: Sequence[str],
    exam: ExamContext | None = None,
) -> tuple[list[Path], list[str]]:
    """Write ``STEM.seg.dcm``, ``STEM.sr.dcm`` and where needed ``STEM.source.dcm``.

    Parameters
    ----------
    result : Result
    folder : Path
    stem : str
        That the file names begin with.
    formats : sequence of str
        ``"sr"`` and ``"seg"`` are looked at.
    exam : ExamContext, optional

    Returns
    -------
    files : list of Path
    skipped : list of str
        What was not written, and why.

    Raises
    ------
    OutputError
        Where the folder cannot be written to.
    """
    context = exam or ExamContext()
    review = context.review
    files: list[Path] = []
    skipped: list[str] = []
    with_seg = "seg" in formats and bool(drawn_regions(result))
    reference = None
    if not is_referenceable(result) and (with_seg or "sr" in formats):
        reference = reference_instance(
            result, folder, name=f"{stem}.source.dcm", study=context.study
        )
        files.append(reference)
    made: Segmentation | None = None
    if with_seg:
        made = _tried(
            lambda: segmentation(result, reference=reference, review=review), "SEG", skipped
        )
        if made is not None:
            files.append(write_segmentation(made, folder / f"{stem}.seg.dcm"))
    elif "seg" in formats:
        skipped.append("no DICOM SEG was written: there is no region")
    if "sr" in formats:
        report = _tried(
            lambda: structured_report(
                result, reference=reference, segmentation=made, review=review
            ),
            "SR",
            skipped,
        )
        if report is not None:
            files.append(write_structured_report(report, folder / f"{stem}.sr.dcm"))
    return files, skipped


def _tried(make: Callable[[], Made], what: str, skipped: list[str]) -> Made | None:
    """What `make` gives; None, and the reason in `skipped`, where the source header forbids it."""
    try:
        return make()
    except OutputError as error:
        skipped.append(f"no DICOM {what} was written: {error.problem}")
    except (ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        # highdicom raises these for headers that break the standard; the rest of the report stands.
        skipped.append(
            f"no DICOM {what} was written: the header of the source forbids it ({error})"
        )
    return None
