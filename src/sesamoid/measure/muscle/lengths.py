"""Length, curvature and insertion of the fascicles, with their standard errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.directions import Directions
from sesamoid.measure.muscle.numbers import acute_angles
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.result import Estimate
from sesamoid.measure.muscle.settings import settings
from sesamoid.measure.muscle.traces import Angle, Traces, trace

FLAT = "fascicles run within {limit:g} degrees of an aponeurosis, so they have no measurable end"
ENDLESS = "the fascicles do not meet both aponeuroses within {widths:g} widths of the scan"
TOO_FAR = "{share:.0%} of the fascicles' length lies outside the image (limit {limit:.0%})"
EXTRAPOLATED = "{share:.0%} of the fascicles' length was extrapolated"

NAMES = (
    "fascicle_length",
    "fascicle_length_straight",
    "curvature",
    "insertion_angle_deg",
    "extrapolated_share",
)

_ERROR_TRACES = 3
"""Seeds for derivatives: they tell how lengths respond, not what they are."""

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
    copies: Array,
    thickness_error: float,
    reason: str,
) -> tuple[dict[str, Any], tuple[Array, ...]]:
    """Lengths, curvature and insertion of the fascicles, and their paths in pixels.

    Parameters
    ----------
    region : MuscleRegion
    directions : Directions, optional
        None: all is missing for `reason`.
    copies : ndarray, shape (repeats, 3)
        Resampled coefficients of `directions`; may be empty, then there are no standard errors.
    thickness_error : float
        Standard error of the thickness, as a share.
    reason : str

    Notes
    -----
    Standard errors by propagation: numerical derivatives by each coefficient with the covariance
    of the copies, and lengths grow with the thickness.
    """
    if directions is None:
        return {name: Estimate.missing(reason) for name in LENGTHS}, ()
    limits = settings()["fascicles"]
    edges = [c.line_angle(region.start, region.stop) for c in (region.deep, region.superficial)]
    flattest = min(acute_angles([directions.centre()] * 2, edges))
    if flattest < np.radians(limits["smallest_angle_deg"]):
        text = FLAT.format(limit=limits["smallest_angle_deg"])
        return {name: Estimate.missing(text) for name in LENGTHS}, ()
    curved = trace(region, directions.at, _seeds(region, int(limits["traces"])))
    if np.count_nonzero(np.isfinite(curved.length)) < (limits["traces"] + 1) // 2:
        text = ENDLESS.format(widths=limits["longest"])
        return {name: Estimate.missing(text) for name in LENGTHS}, ()
    values = _values(region, directions, curved)
    errors: dict[str, float] = {}
    if len(copies) >= 5:
        errors = _errors(region, directions, copies, thickness_error)
    return _named(region, curved, values, errors), tuple(
        region.to_pixels(path[:, 0], path[:, 1]) for path in curved.paths if len(path)
    )


def _values(region: MuscleRegion, directions: Directions, curved: Traces) -> dict[str, float]:
    """Medians over traces, in the spacing's unit."""
    seeds = _seeds(region, len(curved.length))
    straight = trace(region, _constant(directions), seeds, keep_paths=False)
    return {
        "fascicle_length": _median(curved.length),
        "fascicle_length_straight": _median(straight.length),
        "curvature": _median(curved.turn / curved.length),
        "insertion_angle_deg": _median(_insertion(region, curved)),
        "extrapolated_share": _median(np.where(np.isfinite(curved.length), curved.outside, np.nan)),
    }


def _errors(
    region: MuscleRegion, directions: Directions, copies: Array, thickness_error: float
) -> dict[str, float]:
    """Standard errors of `_values` by propagation."""

    def at(coefficients: Array) -> Array:
        moved = replace(directions, coefficients=coefficients)
        few = trace(region, moved.at, _seeds(region, _ERROR_TRACES), keep_paths=False)
        values = _values(region, moved, few)
        return np.array([values[name] for name in NAMES])

    centre = at(directions.coefficients)
    covariance = np.cov(copies.T)
    steps = np.sqrt(np.maximum(np.diag(covariance), 1e-12))
    rates = [
        (at(directions.coefficients + step * unit) - centre) / step
        for step, unit in zip(steps, np.eye(3), strict=True)
    ]
    jacobian = np.stack(rates, axis=1)
    variance = np.einsum("vi,ij,vj->v", jacobian, covariance, jacobian)
    names = list(NAMES)
    grows = np.array([name.startswith("fascicle_length") for name in names])
    variance = variance + grows * (centre * thickness_error) ** 2
    return {n: float(np.sqrt(v)) for n, v in zip(names, variance, strict=True) if np.isfinite(v)}


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
    region: MuscleRegion, curved: Traces, values: dict[str, float], errors: dict[str, float]
) -> dict[str, Any]:
    """Values and errors as estimates in pixels and in the spacing's unit."""
    limits = settings()["fascicles"]
    share = values["extrapolated_share"]
    far = Estimate(share, errors.get("extrapolated_share"))
    if share > limits["refused_share"]:
        text = TOO_FAR.format(share=share, limit=limits["refused_share"])
        return {name: Estimate.missing(text) for name in LENGTHS} | {"extrapolated_share": far}
    notes: tuple[str, ...] = ()
    if share > limits["flagged_share"]:
        notes = (EXTRAPOLATED.format(share=share),)

    def scaled(name: str, factor: float) -> Estimate:
        if not np.isfinite(values[name]):
            return Estimate.missing(ENDLESS.format(widths=limits["longest"]))
        error = errors.get(name)
        return Estimate(
            values[name] * factor, None if error is None else error * factor, None, notes
        )

    px = _pixels_per_unit(region, curved)
    named = {
        "extrapolated_share": far,
        "insertion_angle_deg": scaled("insertion_angle_deg", 1.0),
    }
    for unit, factor in (("px", px), ("mm", 1.0)):
        named[f"fascicle_length_{unit}"] = scaled("fascicle_length", factor)
        named[f"fascicle_length_straight_{unit}"] = scaled("fascicle_length_straight", factor)
        named[f"curvature_per_{unit}"] = scaled("curvature", 1 / factor)
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
