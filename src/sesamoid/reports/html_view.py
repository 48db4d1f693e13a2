"""What the HTML page shows of one result, in words and pictures; the template only lays out."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.findings import Result, Review
from sesamoid.imaging import Image
from sesamoid.reports.dicom_source import frames_of
from sesamoid.reports.evidence_picture import evidence_classes
from sesamoid.reports.html_findings import (
    Context,
    grade_of,
    headline_of,
    loose_of,
    region_of,
    row_of,
    series_of,
)
from sesamoid.reports.html_pictures import evidence_of, picture_of, thumbnail_of
from sesamoid.reports.labels import region_labels
from sesamoid.reports.review_view import reviewed, stands
from sesamoid.reports.wording import in_ranges, is_calibrated, printable

_MOST_FRAMES = 6


@dataclass(frozen=True)
class Section:
    """One result, ready for the template.

    Parameters
    ----------
    summary : dict
        For the row in the table at the top.
    detail : dict
        For the section.
    """

    summary: Context
    detail: Context


def section_of(
    result: Result,
    *,
    card: str | None = None,
    card_link: str | None = None,
    more_notes: tuple[str, ...] = (),
    review: Review | None = None,
) -> Section:
    """Everything that the page shows of `result`.

    Parameters
    ----------
    result : Result
    card : str, optional
        Text of the model card, to embed.
    card_link : str, optional
        Relative link to the model card.
    more_notes : tuple of str
        Notes that the reports add to those of the result.
    review : Review, optional
        Of this result.
    """
    labels = region_labels(result)
    provenance = result.image.provenance
    path = printable(provenance.path)
    common = {
        "path": path,
        "name": printable(provenance.path.name) or path,
        "letter": result.grade.letter.value,
        "status": result.status,
        "measured": result.grade.measurable,
        "calibrated": is_calibrated(result),
        "calibration": _calibration(result),
    }
    frames = frames_of(result)[:_MOST_FRAMES]
    measured = [region for region in result.regions if result.of(region.identifier)]
    only_outlined = [region for region in result.regions if not result.of(region.identifier)]
    summary = {
        **common,
        "thumbnail": thumbnail_of(result, frames[0]),
        "headlines": [headline_of(region, labels, result) for region in measured],
        "outlined": [headline_of(region, labels, result) for region in only_outlined],
        "reason": _why(result),
    }
    detail = {
        **common,
        "reason": _why(result),
        "pictures": [picture_of(result, frame) for frame in frames],
        "more_frames": max(0, len(frames_of(result)) - _MOST_FRAMES),
        "several_frames": result.image.frames > 1,
        "evidence": [
            {"name": name.replace("_", " "), "data": evidence_of(result, name)}
            for name in evidence_classes(result)
        ],
        "regions": [region_of(region, labels, result, review) for region in result.regions],
        "loose": [row_of(m, review) for m in loose_of(result)],
        "series": [series_of(one) for one in result.series],
        "grade": {**grade_of(result), "review": stands(review, result.grade)},
        "categories": [
            {
                "name": c.name,
                "choice": c.choice,
                "share": dict(c.probabilities)[c.choice],
                "review": stands(review, c),
            }
            for c in result.categories
        ],
        "review": reviewed(review),
        "notes": [printable(note) for note in (*result.notes, *provenance.notes, *more_notes)],
        "model": result.model,
        "origin": result.model.origin.value,
        "card": card,
        "card_link": _local_link(card_link),
        "provenance": _provenance(result),
        "application": result.application,
        "seconds": f"{result.seconds:.2f}",
    }
    return Section(summary, detail)


def _why(result: Result) -> str:
    if result.grade.measurable:
        if result.why_nothing:
            return f"nothing was measured: {result.why_nothing}"
        return "" if result.regions else "nothing was found to measure"
    return "; ".join(result.grade.reasons) or "the image did not pass the quality grade"


def _provenance(result: Result) -> list[tuple[str, str]]:
    image, origin = result.image, result.image.provenance
    rows = [
        ("File", printable(origin.path)),
        ("Format", ", ".join(p for p in (origin.format, origin.transfer_syntax) if p)),
        ("Modality", image.modality.value if image.modality.value != "OT" else "not stated"),
        ("Size", f"{image.size[0]} rows × {image.size[1]} columns{_count(image)}"),
        ("Calibration", _calibration(result)),
    ]
    if origin.instance_uids:
        more = len(origin.instance_uids) - 1
        uid = origin.instance_uids[0] + (f" and {more} more" if more else "")
        rows.append(("SOP Instance UID", uid))
    if origin.sha256:
        rows.append(("SHA-256", origin.sha256))
    if result.scan_area is not None:
        area = result.scan_area
        rows.append(
            ("Scan area", f"rows {area.top} to {area.bottom}, columns {area.left} to {area.right}")
        )
    rows.append(("Frames analysed", in_ranges(result.frames_analysed)))
    rows += [(f"Setting {k}", printable(str(v))) for k, v in result.settings.items()]
    rows += [(k.replace("_", " ").capitalize(), printable(v)) for k, v in image.attributes.items()]
    return rows


def _count(image: Image) -> str:
    return f", {image.frames} {image.axes}" if image.frames > 1 else ""


def _calibration(result: Result) -> str:
    image = result.image
    if not image.calibrated:
        return "none: numbers are in pixels"
    if image.spacing_mm is None:
        return f"{len(image.regions)} ultrasound regions"
    spacing = " × ".join(f"{s:.4g}" for s in image.spacing_mm[-2:])
    regions = len(image.regions)
    source = f"; {regions} ultrasound region{'s' * (regions > 1)}" if regions else ""
    return f"{spacing} mm per pixel (row × column){source}"


def _local_link(link: str | None) -> str | None:
    """A link to a file beside the page; anything with a scheme is left out."""
    if link is None or ":" in link.split("/")[0] or link.startswith("//"):
        return None
    return link
