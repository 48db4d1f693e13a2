"""From a `Result` to the rows of the store: one picture a frame, one row a finding."""

from __future__ import annotations

from typing import Any

from sesamoid.findings import GRADE_KEY, Measurement, Result, category_key, measurement_keys
from sesamoid.reports.dicom_source import frames_of
from sesamoid.reports.finding_json import (
    category_as_json,
    grade_as_json,
    line_as_json,
    measurement_as_json,
    quantity_as_json,
    region_as_json,
)
from sesamoid.reports.labels import region_labels
from sesamoid.server.store import Finding, FindingKind, Picture

LONGEST = 160


def grade_into(picture: Picture, result: Result) -> None:
    """Write a result's grade into the picture's own columns, by which lists are made."""
    grade = result.grade
    content = grade_as_json(grade)
    picture.letter, picture.score, picture.rule = grade.letter.value, grade.score, grade.rule[:255]
    picture.sub_scores, picture.reasons = content["sub_scores"], content["reasons"]


def finding_rows(result: Result, *, frame: int | None = None) -> list[Finding]:
    """Rows for what a result says of one frame.

    Parameters
    ----------
    result : Result
    frame : int, optional
        None: of its only frame with findings, that of the grade.

    Returns
    -------
    list of Finding
        Without a picture: add them to `Picture.findings`.
    """
    chosen = result.grade.frame if frame is None else frame
    model = f"{result.model.name} {result.model.version}".strip()[:LONGEST]
    labels = region_labels(result)
    rows = [
        Finding(
            key=GRADE_KEY,
            kind=FindingKind.GRADE,
            name="Image grade",
            value=result.grade.score,
            unit="1",
            method=result.grade.rule,
            payload=grade_as_json(result.grade),
            model=model,
        )
    ]
    for category in result.categories:
        if category.frame == chosen:
            rows.append(
                Finding(
                    key=category_key(category),
                    kind=FindingKind.CATEGORY,
                    name=f"{category.name}: {category.choice}"[:LONGEST],
                    method="",
                    payload=category_as_json(category),
                    model=model,
                    confidence=dict(category.probabilities)[category.choice],
                )
            )
    for region in result.regions:
        if region.frame == chosen:
            content = region_as_json(region, labels[region.identifier])
            known = region.structure
            content["structure"] |= {
                "abbreviation": known.abbreviation,
                "category": known.category,
            }
            content["confidence_quantity"] = quantity_as_json(region.confidence_is)
            rows.append(
                Finding(
                    key=region.identifier[:LONGEST],
                    kind=FindingKind.REGION,
                    name=known.name[:LONGEST],
                    method="",
                    payload=content,
                    model=model,
                    confidence=region.confidence,
                )
            )
    for line in result.lines:
        if line.frame == chosen:
            rows.append(
                Finding(
                    key=line.identifier[:LONGEST],
                    kind=FindingKind.LINE,
                    name=line.name[:LONGEST],
                    method="",
                    value=line.length_px,
                    unit="{pixels}",
                    payload=line_as_json(line),
                    model=model,
                )
            )
    measured = [one for one in result.measurements if one.frame == chosen]
    rows += [
        Finding(key=key, kind=FindingKind.MEASUREMENT, model=model, **measurement_columns(one))
        for key, one in zip(measurement_keys(measured), measured, strict=True)
    ]
    return rows


def measurement_columns(one: Measurement) -> dict[str, Any]:
    """The columns that follow from a measurement."""
    return {
        "name": one.quantity.name[:LONGEST],
        "value": one.value,
        "unit": one.unit,
        "method": one.method,
        "payload": measurement_as_json(one),
    }


def picture_frames(result: Result) -> tuple[int, ...]:
    """The frames that become pictures of their own."""
    return frames_of(result)
