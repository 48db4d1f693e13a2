"""What the HTML page shows of one finding, in words; the template only lays out."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.findings import Measurement, Region, Result, Review, TimeSeries
from sesamoid.reports.review_view import said, stands
from sesamoid.reports.series_plot import series_svg
from sesamoid.reports.wording import (
    UNIT_SYMBOLS,
    confidence_text,
    number,
    unit_symbol,
    value_with_unit,
)

Context = dict[str, Any]


def headline_of(region: Region, labels: dict[str, str], result: Result) -> Context:
    """A region's first number, for the table at the top."""
    own = result.of(region.identifier)
    first = next((m for m in own if m.value is not None), None)
    return {
        "label": labels[region.identifier],
        "colour": region.structure.colour,
        "name": region.structure.name,
        "quantity": first.quantity.name if first else "",
        "value": value_with_unit(first) if first else "no value",
    }


def region_of(
    region: Region, labels: dict[str, str], result: Result, review: Review | None
) -> Context:
    """A region with its measurements; its letter on the picture is in `labels`, by identifier."""
    code = region.structure.code
    return {
        "identifier": region.identifier,
        "label": labels[region.identifier],
        "name": region.structure.name,
        "colour": region.structure.colour,
        "confidence": confidence_text(region),
        "frame": region.frame,
        "pixels": f"{region.pixels:,}",
        "code": f"{code.scheme} {code.value}",
        "rows": [row_of(m, review) for m in result.of(region.identifier)],
        "review": stands(review, region),
    }


def loose_of(result: Result) -> list[Measurement]:
    """Measurements that belong to no region."""
    regions = {region.identifier for region in result.regions}
    return [m for m in result.measurements if not regions.intersection(m.evidence)]


def row_of(measurement: Measurement, review: Review | None) -> Context:
    """A line of a table of measurements."""
    spread = measurement.uncertainty
    return {
        "name": measurement.quantity.name,
        "definition": measurement.quantity.definition,
        "value": None if measurement.value is None else number(measurement.value),
        "unit": unit_symbol(measurement),
        "interval": f"{number(spread.low)} to {number(spread.high)}" if spread else "",
        "coverage": f"{spread.coverage:.0%}" if spread else "",
        "interval_method": spread.method if spread else "",
        "method": measurement.method,
        "reason": measurement.reason or "",
        "notes": [note for note in measurement.notes if not said(note, review, measurement)],
        "review": stands(review, measurement),
    }


def series_of(series: TimeSeries) -> Context:
    """A series with its plot, an SVG."""
    known = int(np.isfinite(series.raw).sum())
    unit = UNIT_SYMBOLS.get(series.unit, series.unit)
    return {
        "name": series.quantity.name,
        "plot": series_svg(series, unit),
        "frames": len(series.frames),
        "known": known,
        "rejected": int(series.rejected.sum()),
        "stretches": ", ".join(
            f"{s.name} (frames {series.frames[s.first]} to {series.frames[s.last]})"
            for s in series.stretches
        ),
    }


def grade_of(result: Result) -> Context:
    """The grade with its reasons and bars."""
    grade = result.grade
    return {
        "letter": grade.letter.value,
        "score": f"{grade.score:.2f}",
        "reasons": grade.reasons,
        "rule": grade.rule,
        "sub_scores": [
            {
                "name": s.name.replace("_", " "),
                "score": f"{s.score:.2f}",
                "percent": round(100 * min(1.0, max(0.0, s.score))),
                "detail": s.detail,
            }
            for s in grade.sub_scores
        ],
    }
