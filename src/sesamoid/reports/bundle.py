"""All reports of a run: what belongs to one image as soon as it is done, the batch's at the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesamoid.errors import OutputError
from sesamoid.findings import Result
from sesamoid.imaging import atomic_path
from sesamoid.reports.dicom_bundle import write_dicom
from sesamoid.reports.dicom_source import frames_of
from sesamoid.reports.evidence_picture import draw_evidence, evidence_classes
from sesamoid.reports.exam_context import ExamContext
from sesamoid.reports.failure import Failure
from sesamoid.reports.html_view import Section, section_of
from sesamoid.reports.names import report_names
from sesamoid.reports.overlay import draw_overlay, write_png
from sesamoid.reports.report_csv import csv_text
from sesamoid.reports.report_html import render_sections
from sesamoid.reports.report_json import Extras, result_to_dict, results_to_dict
from sesamoid.reports.series_csv import series_csv

FORMATS = ("json", "csv", "html", "png", "sr", "seg")
"""What can be written: three files a run, and pictures and DICOM objects an image."""

SECTIONS_A_PAGE = 100
"""Images that one HTML page details; a larger batch gets further pages."""


@dataclass(frozen=True)
class ImageReport:
    """What was written for one image, and what the files of the batch need of it.

    Small beside the image, so that a batch can keep all of them.

    Parameters
    ----------
    name : str
        That its files begin with.
    entry : dict
        For ``results.json`` and ``results.csv``.
    section : Section, optional
        For ``report.html``; None where HTML was not asked for.
    files : tuple of Path
    skipped : tuple of str
        What could not be written and why; also in the entry's notes.
    """

    name: str
    entry: dict[str, Any]
    section: Section | None
    files: tuple[Path, ...]
    skipped: tuple[str, ...] = ()


def write_image_reports(
    result: Result,
    folder: Path | str,
    *,
    name: str | None = None,
    formats: Sequence[str] = FORMATS,
    card: str | None = None,
    card_link: str | None = None,
    extras: Extras | None = None,
    exam: ExamContext | None = None,
) -> ImageReport:
    """Write the pictures and the DICOM objects of one result; each file whole or not at all.

    Parameters
    ----------
    result : Result
    folder : Path or str
        Made where missing.
    name : str, optional
        From `report_names` of all inputs; that of the input alone where not given.
    formats : sequence of str
        Of `FORMATS`.
    card, card_link : str, optional
        Model card, as text to embed or as a link relative to the folder.
    extras : mapping, optional
        Flat fields that an application adds to the entry.
    exam : ExamContext, optional
        What the files say beyond the result: what reviewers made of it, and of which study it is.

    Raises
    ------
    OutputError
        For an unknown format, or where the folder cannot be written to.
    """
    wanted = _checked(formats)
    target = Path(folder)
    context = exam or ExamContext()
    review = context.review
    if review is not None:
        result = review.result
    stem = report_names([name or result.image.provenance.path])[0] if name is None else name
    if Path(stem).name != stem or stem in ("", ".", ".."):
        raise OutputError(f"{stem!r} is not a plain file name", fix="use report_names.")
    files: list[Path] = []
    skipped: list[str] = []
    if "png" in wanted:
        files += _pictures(result, target, stem)
    if {"sr", "seg"} & set(wanted):
        made, skipped = write_dicom(result, target, stem, formats=wanted, exam=context)
        files += made
    if "csv" in wanted and result.series:
        files.append(_write_text(target / f"{stem}.series.csv", series_csv(result)))
    entry = result_to_dict(result, extras=extras, review=review)
    entry["notes"] = [*entry["notes"], *skipped]
    section = None
    if "html" in wanted:
        section = section_of(
            result, card=card, card_link=card_link, more_notes=tuple(skipped), review=review
        )
    return ImageReport(stem, entry, section, tuple(files), tuple(skipped))


def write_batch_reports(
    reports: Sequence[ImageReport],
    failures: Sequence[Failure],
    folder: Path | str,
    *,
    application: str,
    formats: Sequence[str] = FORMATS,
    title: str | None = None,
    extras: Extras | None = None,
) -> list[Path]:
    """Write ``results.json``, ``results.csv`` and ``report.html``; each whole or not at all.

    Parameters
    ----------
    reports : sequence of ImageReport
        In the order of the inputs.
    failures : sequence of Failure
    folder : Path or str
    application : str
        Name of the application that ran.
    formats : sequence of str
        Of `FORMATS`; those of single images are passed over.
    title : str, optional
        Heading of the page.
    extras : mapping, optional
        Flat fields that an application adds to the JSON document.

    Raises
    ------
    OutputError
        For an unknown format, or where the folder cannot be written to.
    """
    wanted = _checked(formats)
    target = Path(folder)
    entries = [report.entry for report in reports]
    files: list[Path] = []
    if "json" in wanted:
        document = results_to_dict(entries, failures, application=application, extras=extras)
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        files.append(_write_text(target / "results.json", text + "\n"))
    if "csv" in wanted:
        files.append(_write_text(target / "results.csv", csv_text(entries)))
    if "html" in wanted:
        remarks = (extras or {}).get("pair", {}).get("text", ())
        heading = title or f"{application} report".strip()
        files += _pages(reports, failures, target, heading, remarks)
    return files


def write_reports(
    results: Sequence[Result],
    failures: Sequence[Failure],
    folder: Path | str,
    formats: Sequence[str] = FORMATS,
    *,
    application: str | None = None,
    card: str | None = None,
    card_link: str | None = None,
) -> list[Path]:
    """Everything at once, for a run whose results are all at hand.

    Raises
    ------
    OutputError
        For an unknown format, or where the folder cannot be written to.
    """
    names = report_names([result.image.provenance.path for result in results])
    reports = [
        write_image_reports(
            result, folder, name=name, formats=formats, card=card, card_link=card_link
        )
        for result, name in zip(results, names, strict=True)
    ]
    if application is None:
        application = results[0].application if results else ""
    batch = write_batch_reports(reports, failures, folder, application=application, formats=formats)
    return [file for report in reports for file in report.files] + batch


def _checked(formats: Sequence[str]) -> tuple[str, ...]:
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise OutputError(
            f"there is no report format {unknown[0]!r}", fix=f"use of {', '.join(FORMATS)}."
        )
    return tuple(formats)


def _pictures(result: Result, folder: Path, stem: str) -> list[Path]:
    frames = frames_of(result)
    files = []
    for frame in frames:
        part = f".frame{frame}" if len(frames) > 1 else ""
        files.append(write_png(folder / f"{stem}{part}.overlay.png", draw_overlay(result, frame)))
    classes = evidence_classes(result)
    frame = result.frames_analysed[0] if result.frames_analysed else 0
    for number, class_name in enumerate(classes, start=1):
        part = f"{number}" if len(classes) > 1 else ""
        picture = draw_evidence(result, class_name, frame=frame)
        files.append(write_png(folder / f"{stem}.evidence{part}.png", picture))
    return files


def _pages(
    reports: Sequence[ImageReport],
    failures: Sequence[Failure],
    folder: Path,
    title: str,
    remarks: Sequence[str],
) -> list[Path]:
    sections = [report.section for report in reports if report.section is not None]
    pages = max(1, -(-len(sections) // SECTIONS_A_PAGE))
    names = ["report.html", *(f"report-{n}.html" for n in range(2, pages + 1))]
    files = []
    for number, name in enumerate(names, start=1):
        page = render_sections(
            sections,
            failures,
            title=title,
            page=number,
            page_size=SECTIONS_A_PAGE,
            page_names=names,
            remarks=remarks,
        )
        files.append(_write_text(folder / name, page))
    return files


def _write_text(path: Path, text: str) -> Path:
    with atomic_path(path) as temporary:
        temporary.write_bytes(text.encode("utf-8"))
    return path
