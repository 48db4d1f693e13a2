"""Results as JSON, by the published schema ``docs/schema/result-v1.schema.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__
from sesamoid.errors import OutputError
from sesamoid.findings import Result, Review
from sesamoid.reports.failure import Failure
from sesamoid.reports.finding_json import (
    category_as_json,
    crop_as_json,
    grade_as_json,
    image_as_json,
    line_as_json,
    measurement_as_json,
    model_as_json,
    plain_as_json,
    point_as_json,
    region_as_json,
    series_as_json,
)
from sesamoid.reports.labels import region_labels
from sesamoid.reports.review_json import add_review
from sesamoid.reports.wording import printable

SCHEMA = "sesamoid-result-v1"
"""Name of the format; a change that breaks readers gets a new number."""

Extras = Mapping[str, Any]


def result_to_dict(
    result: Result, *, extras: Extras | None = None, review: Review | None = None
) -> dict[str, Any]:
    """One result as plain types.

    Parameters
    ----------
    result : Result
    extras : mapping, optional
        Flat fields that an application adds beside the standard ones.
    review : Review, optional
        Of this result; each finding then says how it stands.

    Returns
    -------
    dict
        JSON-ready. Points are [row, column] in pixels of the original file, (0, 0) being the
        centre of the first pixel; frames count from 0.

    Raises
    ------
    OutputError
        Where an extra bears the name of a standard field.
    """
    labels = region_labels(result)
    entry: dict[str, Any] = {
        "path": printable(result.image.provenance.path),
        "status": result.status,
        "application": result.application,
        "image": image_as_json(result.image),
        "model": model_as_json(result.model),
        "grade": grade_as_json(result.grade),
        "regions": [region_as_json(r, labels[r.identifier]) for r in result.regions],
        "measurements": [measurement_as_json(m) for m in result.measurements],
        "lines": [line_as_json(line) for line in result.lines],
        "landmarks": [
            {
                "identifier": mark.identifier,
                "name": mark.name,
                "point": point_as_json(mark.point),
                "frame": mark.frame,
            }
            for mark in result.landmarks
        ],
        "categories": [category_as_json(c) for c in result.categories],
        "scan_area": crop_as_json(result.scan_area),
        "frames_analysed": [int(f) for f in result.frames_analysed],
        "settings": {str(k): plain_as_json(v) for k, v in result.settings.items()},
        "notes": [printable(n) for n in result.notes],
        "seconds": round(float(result.seconds), 4),
    }
    if result.series:
        entry["series"] = [series_as_json(s) for s in result.series]
    if review is not None:
        add_review(entry, result, review)
    return _with_extras(entry, {**result.extras, **(extras or {})})


def results_to_dict(
    entries: Sequence[Mapping[str, Any]],
    failures: Sequence[Failure] = (),
    *,
    application: str,
    created: datetime | None = None,
    extras: Extras | None = None,
) -> dict[str, Any]:
    """The whole of ``results.json`` for a run.

    Parameters
    ----------
    entries : sequence of mapping
        From `result_to_dict`, in the order of the inputs.
    failures : sequence of Failure
        The inputs that gave no result.
    application : str
        Name of the application that ran.
    created : datetime, optional
        With a time zone; now where not given.
    extras : mapping, optional
        Flat fields beside the standard ones.

    Raises
    ------
    OutputError
        Where an extra bears the name of a standard field.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "sesamoid_version": __version__,
        "not_a_medical_device": NOT_A_MEDICAL_DEVICE,
        "created": (created or datetime.now(UTC)).isoformat(timespec="seconds"),
        "application": application,
        "results": [dict(entry) for entry in entries],
        "failed": [{"path": printable(f.path), "error": printable(f.error)} for f in failures],
    }
    return _with_extras(document, extras)


def _with_extras(entry: dict[str, Any], extras: Extras | None) -> dict[str, Any]:
    for name, value in (extras or {}).items():
        if name in entry:
            raise OutputError(
                f"the extra field {name!r} bears the name of a standard one",
                fix="rename it, e.g. with the application's name before it.",
            )
        entry[name] = plain_as_json(value)
    return entry
