"""Thickness and angles of one muscle with their standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.measure.muscle.curves import EdgeCurve
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.result import Estimate
from sesamoid.measure.muscle.thickness import ThicknessLine, thickness_lines, vertical_distance

NOT_CALIBRATED = "the image is not calibrated"


def spread(values: list[float]) -> float | None:
    """Standard deviation of resampled values; None from fewer than 5."""
    known = np.asarray([v for v in values if np.isfinite(v)])
    return float(np.std(known, ddof=1)) if len(known) >= 5 else None


def thickness_estimates(
    region: MuscleRegion, copies: list[MuscleRegion]
) -> tuple[dict[str, Any], tuple[ThicknessLine, ...], ThicknessLine]:
    """Thickness at three places, their mean, the vertical distance; and the calipers.

    Parameters
    ----------
    region : MuscleRegion
    copies : list of MuscleRegion
        With edges refitted to resampled residuals, for the standard errors.
    """
    lines, vertical = thickness_lines(region), vertical_distance(region)
    drawn = [[*thickness_lines(copy), vertical_distance(copy)] for copy in copies]
    places = tuple(
        Estimate(
            line.length_px,
            spread([d[i].length_px for d in drawn]),
            notes=("an edge was extrapolated to here",) if line.extrapolated else (),
        )
        for i, line in enumerate(lines)
    )
    # A place that was seen says more than one that was extrapolated.
    seen = [i for i, line in enumerate(lines) if not line.extrapolated] or list(range(len(lines)))
    notes = () if len(seen) == len(lines) else (f"mean of {len(seen)} places that are in view",)

    def mean(unit: str) -> Estimate:
        values = [[getattr(d[i], unit) for i in seen] for d in drawn]
        return Estimate(
            float(np.mean([getattr(lines[i], unit) for i in seen])),
            spread([float(np.mean(v)) for v in values]),
            notes=notes,
        )

    def down(unit: str) -> Estimate:
        far = ("an edge was extrapolated to the centre",) if vertical.extrapolated else ()
        return Estimate(
            float(getattr(vertical, unit)), spread([getattr(d[3], unit) for d in drawn]), notes=far
        )

    named = {
        "thickness_px": mean("length_px"),
        "thickness_mm": mean("length"),
        "thickness_places_px": places,
        "aponeurosis_distance_px": down("length_px"),
        "aponeurosis_distance_mm": down("length"),
    }
    return named, lines, vertical


def angle_estimates(
    superficial: list[EdgeCurve],
    deep: list[EdgeCurve],
    fascicle: list[float],
    reason: str,
) -> dict[str, Any]:
    """Angles to the horizontal and to each other; `reason` for those that are missing.

    Parameters
    ----------
    superficial, deep : list of EdgeCurve
        The edge, then its resampled copies; empty where it is out of view.
    fascicle : list of float
        The fascicles' direction in radians, then its resampled copies; empty where unknown.
    """
    edges = [[c.line_angle(c.start, c.stop) for c in curves] for curves in (deep, superficial)]
    return {
        "fascicle_angle_deg": _degrees(fascicle, reason),
        "deep_aponeurosis_angle_deg": _degrees(edges[0], reason),
        "superficial_aponeurosis_angle_deg": _degrees(edges[1], reason),
        "pennation_deg": _degrees(acute_angles(fascicle, edges[0]), reason),
        "superficial_pennation_deg": _degrees(acute_angles(fascicle, edges[1]), reason),
    }


def acute_angles(first: list[float], second: list[float]) -> list[float]:
    """Acute angles between lines given by their angles."""
    folded = (abs(a - b) % np.pi for a, b in zip(first, second, strict=False))
    return [min(f, np.pi - f) for f in folded]


def _degrees(radians: list[float], reason: str) -> Estimate:
    if not radians:
        return Estimate.missing(reason)
    centre = radians[0]
    away = [float((r - centre + np.pi / 2) % np.pi - np.pi / 2) for r in radians[1:]]
    return Estimate(float(np.degrees(centre)), spread([float(np.degrees(a)) for a in away]))
