"""Results as JSON, by the published schema ``docs/schema/result-v1.schema.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__
from sesamoid.anatomy import Code
from sesamoid.errors import OutputError
from sesamoid.findings import Category, Grade, Line, Measurement, ModelReference, Region, Result
from sesamoid.imaging import Image
from sesamoid.imaging.geometry import Crop
from sesamoid.reports.failure import Failure
from sesamoid.reports.labels import region_labels
from sesamoid.reports.outlines import outlines
from sesamoid.reports.wording import printable

SCHEMA = "sesamoid-result-v1"
"""Name of the format; a change that breaks readers gets a new number."""

Extras = Mapping[str, str | float | int | bool | None]


def result_to_dict(result: Result, *, extras: Extras | None = None) -> dict[str, Any]:
    """One result as plain types.

    Parameters
    ----------
    result : Result
    extras : mapping, optional
        Flat fields that an application adds beside the standard ones.

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
        "image": _image(result.image),
        "model": _model(result.model),
        "grade": _grade(result.grade),
        "regions": [_region(r, labels[r.identifier]) for r in result.regions],
        "measurements": [_measurement(m) for m in result.measurements],
        "lines": [_line(line) for line in result.lines],
        "landmarks": [
            {
                "identifier": mark.identifier,
                "name": mark.name,
                "point": _point(mark.point),
                "frame": mark.frame,
            }
            for mark in result.landmarks
        ],
        "categories": [_category(c) for c in result.categories],
        "scan_area": _crop(result.scan_area),
        "frames_analysed": [int(f) for f in result.frames_analysed],
        "settings": {str(k): _plain(v) for k, v in result.settings.items()},
        "notes": [printable(n) for n in result.notes],
        "seconds": round(float(result.seconds), 4),
    }
    return _with_extras(entry, extras)


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
        entry[name] = _plain(value)
    return entry


def _image(image: Image) -> dict[str, Any]:
    origin = image.provenance
    return {
        "format": origin.format,
        "modality": image.modality.value,
        "axes": image.axes,
        "frames": image.frames,
        "rows": image.size[0],
        "columns": image.size[1],
        "calibrated": image.calibrated,
        "spacing_mm": [float(s) for s in image.spacing_mm] if image.spacing_mm else None,
        "instance_uids": list(origin.instance_uids),
        "transfer_syntax": origin.transfer_syntax,
        "photometric": origin.photometric,
        "sha256": origin.sha256,
        "crop": _crop(image.crop),
        "attributes": {k: printable(v) for k, v in image.attributes.items()},
        "notes": [printable(n) for n in origin.notes],
    }


def _model(model: ModelReference) -> dict[str, Any]:
    return {
        "name": model.name,
        "version": model.version,
        "sha256": model.sha256,
        "trained_on": model.trained_on,
        "origin": model.origin.value,
        "card": model.card,
    }


def _grade(grade: Grade) -> dict[str, Any]:
    return {
        "letter": grade.letter.value,
        "score": float(grade.score),
        "sub_scores": [
            {"name": s.name, "score": float(s.score), "detail": s.detail} for s in grade.sub_scores
        ],
        "reasons": list(grade.reasons),
        "rule": grade.rule,
        "frame": grade.frame,
    }


def _region(region: Region, label: str) -> dict[str, Any]:
    rows, columns = np.nonzero(region.mask)
    empty = rows.size == 0
    found = outlines(region.mask)
    box = None
    if not empty:
        top, left = int(rows.min()), int(columns.min())
        box = {
            "top": top,
            "left": left,
            "height": int(rows.max()) - top + 1,
            "width": int(columns.max()) - left + 1,
        }
    return {
        "identifier": region.identifier,
        "label": label,
        "structure": {
            "key": region.structure.key,
            "name": region.structure.name,
            "code": _code(region.structure.code),
            "colour": region.structure.colour,
        },
        "confidence": float(region.confidence),
        "frame": region.frame,
        "pixels": region.pixels,
        "bounding_box": box,
        "centroid": None if empty else _point((float(rows.mean()), float(columns.mean()))),
        "contours": [[_point(p) for p in o.points] for o in found if not o.hole],
        "holes": [[_point(p) for p in o.points] for o in found if o.hole],
    }


def _measurement(measurement: Measurement) -> dict[str, Any]:
    spread = measurement.uncertainty
    return {
        "key": measurement.quantity.key,
        "name": measurement.quantity.name,
        "value": None if measurement.value is None else float(measurement.value),
        "unit": measurement.unit,
        "method": measurement.method,
        "definition": measurement.quantity.definition,
        "evidence": list(measurement.evidence),
        "uncertainty": None
        if spread is None
        else {
            "low": float(spread.low),
            "high": float(spread.high),
            "coverage": float(spread.coverage),
            "method": spread.method,
        },
        "reason": measurement.reason,
        "code": _code(measurement.quantity.code),
        "frame": measurement.frame,
        "notes": list(measurement.notes),
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "identifier": line.identifier,
        "name": line.name,
        "start": _point(line.start),
        "end": _point(line.end),
        "length_px": line.length_px,
        "frame": line.frame,
    }


def _category(category: Category) -> dict[str, Any]:
    return {
        "name": category.name,
        "choice": category.choice,
        "probabilities": {name: float(p) for name, p in category.probabilities},
        "code": _code(category.code) if category.code else None,
        "evidence": list(category.evidence),
        "frame": category.frame,
    }


def _code(code: Code) -> dict[str, str]:
    return {"value": code.value, "scheme": code.scheme, "meaning": code.meaning}


def _point(point: Sequence[float] | np.ndarray[Any, Any]) -> list[float]:
    return [round(float(point[0]), 2), round(float(point[1]), 2)]


def _crop(crop: Crop | None) -> dict[str, int] | None:
    if crop is None:
        return None
    return {"top": crop.top, "left": crop.left, "height": crop.height, "width": crop.width}


def _plain(value: Any) -> Any:
    """A setting as JSON has it; what JSON has no type for becomes text."""
    if value is None or isinstance(value, bool | int | float | str):
        return printable(value) if isinstance(value, str) else value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return printable(str(value))
