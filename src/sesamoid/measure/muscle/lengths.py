"""Length, curvature and insertion of the fascicles, with their standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.directions import Directions
from sesamoid.measure.muscle.numbers import (
    LARGEST_REPEATS,
    acute_angles,
    shaken_regions,
    spread,
)
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.result import Estimate
from sesamoid.measure.muscle.settings import settings
from sesamoid.measure.muscle.traces import Angle, Traces, trace

FLAT = "fascicles run within {limit:g} degrees of an aponeurosis, so they have no measurable end"
ENDLESS = "the fascicles do not meet both aponeuroses within {widths:g} widths of the scan"
TOO_FAR = "{share:.0%} of the fascicles' length lies outside the image (limit {limit:.0%})"
EXTRAPOLATED = "{share:.0%} of the fascicles' length was extrapolated"

_BOOTSTRAP_TRACES = 3
"""Seeds per repeat; repeats tell the spread, seeds only the shape."""

LENGTHS = (
    "insertion_angle_deg",
    "fascicle_length_px",
    "fascicle_length_mm",
    "fascicle_length_straight_px",
    "fascicle_length_straight_mm",
    "curvature_per_px",
    "curvature_per_mm",
    "extrapolated_share",
)


def length_estimates(
    region: MuscleRegion,
    directions: Directions | None,
    rng: np.random.Generator,
    repeats: int,
    reason: str,
) -> tuple[dict[str, Any], tuple[Array, ...]]:
    """Lengths, curvature and insertion of the fascicles, and their paths in pixels."""
    if directions is None:
        return {name: Estimate.missing(reason) for name in LENGTHS}, ()
    limits = settings()["fascicles"]
    smallest = np.radians(limits["smallest_angle_deg"])
    edges = [c.line_angle(region.start, region.stop) for c in (region.deep, region.superficial)]
    if min(acute_angles([directions.centre()] * 2, edges)) < smallest:
        text = FLAT.format(limit=limits["smallest_angle_deg"])
        return {name: Estimate.missing(text) for name in LENGTHS}, ()
    seeds = _seeds(region, int(limits["traces"]))
    curved = trace(region, directions.at, seeds)
    straight = trace(region, _constant(directions), seeds, keep_paths=False)
    if np.count_nonzero(np.isfinite(curved.length)) < (len(seeds) + 1) // 2:
        text = ENDLESS.format(widths=limits["longest"])
        return {name: Estimate.missing(text) for name in LENGTHS}, ()
    few = _seeds(region, _BOOTSTRAP_TRACES)
    copies = []
    for shaken in shaken_regions(region, rng, min(repeats, LARGEST_REPEATS)):
        other = directions.resampled(rng)
        copies.append(
            (
                trace(shaken, other.at, few, keep_paths=False),
                trace(shaken, _constant(other), few, keep_paths=False),
            )
        )
    return _named(region, curved, straight, copies), tuple(
        region.to_pixels(path[:, 0], path[:, 1]) for path in curved.paths if len(path)
    )


def _constant(directions: Directions) -> Angle:
    centre = directions.mode + directions.coefficients[0]

    def at(place: Array, depth: Array) -> Array:
        return np.full(np.shape(place), centre)

    return at


def _seeds(region: MuscleRegion, count: int) -> Array:
    """Places of seeds, evenly over 10 to 90 % of the scan's width, within what was seen."""
    left, right = region.view
    x = left + np.linspace(0.1, 0.9, count) * (right - left)
    return np.clip(region.place(x), -1, 1)


def _named(
    region: MuscleRegion,
    curved: Traces,
    straight: Traces,
    copies: list[tuple[Traces, Traces]],
) -> dict[str, Any]:
    limits = settings()["fascicles"]
    share = float(np.nanmedian(np.where(np.isfinite(curved.length), curved.outside, np.nan)))
    named: dict[str, Any] = {
        "extrapolated_share": Estimate(share, spread([_median(c.outside) for c, _ in copies]))
    }
    notes: tuple[str, ...] = ()
    if share > limits["flagged_share"]:
        notes = (EXTRAPOLATED.format(share=share),)
    px = _pixels_per_unit(region, curved)
    curvature = [_median(t.turn / t.length) for t in (curved, *(c for c, _ in copies))]
    for unit, factor in (("px", px), ("mm", 1.0)):
        for name, index in (("fascicle_length", 0), ("fascicle_length_straight", 1)):
            first = (curved, straight)[index]
            error = spread([_median(pair[index].length) * factor for pair in copies])
            value = _median(first.length) * factor
            named[f"{name}_{unit}"] = (
                Estimate(value, error, notes=notes)
                if np.isfinite(value)
                else Estimate.missing(ENDLESS.format(widths=limits["longest"]))
            )
        scaled = [c / factor for c in curvature]
        named[f"curvature_per_{unit}"] = Estimate(scaled[0], spread(scaled[1:]))
    insertion = [_median(_insertion(region, t)) for t in (curved, *(c for c, _ in copies))]
    named["insertion_angle_deg"] = Estimate(insertion[0], spread(insertion[1:]), notes=notes)
    if share > limits["refused_share"]:
        text = TOO_FAR.format(share=share, limit=limits["refused_share"])
        refused = Estimate.missing(text)
        named |= {n: refused for n in LENGTHS if n != "extrapolated_share"}
    return named


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _insertion(region: MuscleRegion, traces: Traces) -> Array:
    """Acute angle of each trace to the deep edge where it meets it, in degrees."""
    chord = traces.superficial_ends - traces.deep_ends
    heading = np.arctan2(-chord[:, 1], chord[:, 0])
    # The arc's end deviates from its chord by half the turn, less steep where the turn is positive.
    edge = -np.arctan(region.deep.slope(traces.deep_ends[:, 0]))
    folded = np.abs(heading - edge) % np.pi
    acute = np.minimum(folded, np.pi - folded)
    return np.asarray(np.degrees(acute - traces.turn / 2))


def _pixels_per_unit(region: MuscleRegion, traces: Traces) -> float:
    """Pixels per unit of length along the fascicles, for pixels that are not square."""
    chord = (traces.superficial_ends - traces.deep_ends)[np.isfinite(traces.length)]
    pixels = np.hypot(chord[:, 0] / region.spacing[1], chord[:, 1] / region.spacing[0])
    return float(np.median(pixels / np.hypot(*chord.T)))
