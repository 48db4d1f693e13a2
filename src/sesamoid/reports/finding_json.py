"""Each finding as plain types for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Code
from sesamoid.findings import (
    Category,
    Grade,
    Line,
    Measurement,
    ModelReference,
    Quantity,
    Region,
    TimeSeries,
)
from sesamoid.imaging import Image
from sesamoid.imaging.geometry import Crop
from sesamoid.reports.outlines import outlines
from sesamoid.reports.wording import printable


def image_as_json(image: Image) -> dict[str, Any]:
    """What the image is."""
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
        "crop": crop_as_json(image.crop),
        "attributes": {k: printable(v) for k, v in image.attributes.items()},
        "notes": [printable(n) for n in origin.notes],
    }


def model_as_json(model: ModelReference) -> dict[str, Any]:
    """Which model."""
    return {
        "name": model.name,
        "version": model.version,
        "sha256": model.sha256,
        "trained_on": model.trained_on,
        "origin": model.origin.value,
        "card": model.card,
    }


def grade_as_json(grade: Grade) -> dict[str, Any]:
    """The grade with its sub-scores."""
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


def region_as_json(region: Region, label: str) -> dict[str, Any]:
    """A region with its outlines as polygons."""
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
            "code": code_as_json(region.structure.code),
            "colour": region.structure.colour,
        },
        "confidence": None if region.confidence is None else float(region.confidence),
        "confidence_is": region.confidence_is.key,
        "frame": region.frame,
        "pixels": region.pixels,
        "bounding_box": box,
        "centroid": None if empty else point_as_json((float(rows.mean()), float(columns.mean()))),
        "contours": [[point_as_json(p) for p in o.points] for o in found if not o.hole],
        "holes": [[point_as_json(p) for p in o.points] for o in found if o.hole],
    }


def quantity_as_json(quantity: Quantity) -> dict[str, Any]:
    """What a number is, with its code."""
    return {
        "key": quantity.key,
        "name": quantity.name,
        "code": code_as_json(quantity.code),
        "definition": quantity.definition,
    }


def measurement_as_json(measurement: Measurement) -> dict[str, Any]:
    """A value with unit, method and uncertainty."""
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
        "code": code_as_json(measurement.quantity.code),
        "frame": measurement.frame,
        "notes": list(measurement.notes),
    }


def line_as_json(line: Line) -> dict[str, Any]:
    """A segment."""
    return {
        "identifier": line.identifier,
        "name": line.name,
        "start": point_as_json(line.start),
        "end": point_as_json(line.end),
        "via": [point_as_json(point) for point in line.via],
        "length_px": line.length_px,
        "frame": line.frame,
    }


def series_as_json(series: TimeSeries) -> dict[str, Any]:
    """A quantity over the frames; null where a frame gave no number."""
    return {
        "key": series.quantity.key,
        "name": series.quantity.name,
        "unit": series.unit,
        "definition": series.quantity.definition,
        "frames": [int(f) for f in series.frames],
        "seconds": None if series.seconds is None else [round(float(t), 4) for t in series.seconds],
        "raw": _numbers(series.raw),
        "smooth": _numbers(series.smooth),
        "rejected": [bool(r) for r in series.rejected],
        "stretches": [
            {"name": s.name, "first": int(s.first), "last": int(s.last)} for s in series.stretches
        ],
    }


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [round(float(v), 4) if np.isfinite(v) else None for v in values]


def category_as_json(category: Category) -> dict[str, Any]:
    """A choice with its probabilities."""
    return {
        "name": category.name,
        "choice": category.choice,
        "probabilities": {name: float(p) for name, p in category.probabilities},
        "code": code_as_json(category.code) if category.code else None,
        "evidence": list(category.evidence),
        "frame": category.frame,
    }


def code_as_json(code: Code) -> dict[str, str]:
    """A coded concept."""
    return {"value": code.value, "scheme": code.scheme, "meaning": code.meaning}


def point_as_json(point: Sequence[float] | np.ndarray[Any, Any]) -> list[float]:
    """[row, column], to a hundredth of a pixel."""
    return [round(float(point[0]), 2), round(float(point[1]), 2)]


def crop_as_json(crop: Crop | None) -> dict[str, int] | None:
    """A rectangle."""
    if crop is None:
        return None
    return {"top": crop.top, "left": crop.left, "height": crop.height, "width": crop.width}


def plain_as_json(value: Any) -> Any:
    """A setting as JSON has it; what JSON has no type for becomes text."""
    if value is None or isinstance(value, bool | int | float | str):
        return printable(value) if isinstance(value, str) else value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(k): plain_as_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_as_json(v) for v in value]
    return printable(str(value))
