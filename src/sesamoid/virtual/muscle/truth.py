"""The exact numbers of a virtual muscle, solved on its curves and not on its picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from sesamoid.virtual.muscle.geometry import Array, Geometry
from sesamoid.virtual.muscle.parameters import VirtualMuscle

Curve = Callable[[Array], Array]
"""Depth of an edge at x, both in mm."""

PLACES = (0.25, 0.5, 0.75)
"""Where thickness is given, as shares of the width."""

FASCICLES = tuple(np.linspace(0.1, 0.9, 9))
"""Where the fascicles whose lengths are given cross the mid-line, as shares of the width."""


@dataclass(frozen=True)
class MuscleTruth:
    """Virtual truth; angles to the horizontal are positive when rising to the right.

    Parameters
    ----------
    thickness_mm : tuple of float
        At 25, 50 and 75 % of the width: through the point half-way between the facing edges,
        perpendicular to the bisector of their tangents.
    aponeurosis_distance_mm : float
        Vertical, between the facing edges at the centre column.
    fascicle_angle_deg : float
        Mean over the muscle in view.
    deep_aponeurosis_angle_deg, superficial_aponeurosis_angle_deg : float
        Of the least-squares line through the edge in view.
    pennation_deg, superficial_pennation_deg : float
        Acute angle between fascicles and those lines.
    fascicle_length_mm, fascicle_chord_mm : float
        Median over nine fascicles, along the arc and straight, from edge to edge; NaN where one
        has no end.
    curvature_per_mm : float
        Positive where fascicles are steeper at their superficial end.
    """

    thickness_mm: tuple[float, float, float]
    aponeurosis_distance_mm: float
    fascicle_angle_deg: float
    deep_aponeurosis_angle_deg: float
    superficial_aponeurosis_angle_deg: float
    pennation_deg: float
    superficial_pennation_deg: float
    fascicle_length_mm: float
    fascicle_chord_mm: float
    curvature_per_mm: float


@lru_cache(maxsize=256)
def truth_of(muscle: VirtualMuscle) -> MuscleTruth:
    """Solve for the numbers of `muscle`.

    Notes
    -----
    Outside the picture the edges go on as the parabolas (and ripples) that they are inside.
    """
    geometry = Geometry.of(muscle)
    x = np.arange(muscle.columns) * muscle.mm_per_pixel
    deep, superficial = geometry.deep(x), geometry.superficial(x)
    deep_angle, superficial_angle = _line_angle(x, deep), _line_angle(x, superficial)
    fascicle_angle = _mean_angle(geometry, x, superficial, deep)
    width = x[-1]
    arcs, chords = zip(*(_lengths(geometry, share * width) for share in FASCICLES), strict=True)
    places = [_thickness(geometry, share * width) for share in PLACES]
    centre = np.asarray(geometry.centre_x)
    return MuscleTruth(
        thickness_mm=(places[0], places[1], places[2]),
        aponeurosis_distance_mm=float(geometry.deep(centre) - geometry.superficial(centre)),
        fascicle_angle_deg=fascicle_angle,
        deep_aponeurosis_angle_deg=deep_angle,
        superficial_aponeurosis_angle_deg=superficial_angle,
        pennation_deg=_acute(fascicle_angle - deep_angle),
        superficial_pennation_deg=_acute(fascicle_angle - superficial_angle),
        fascicle_length_mm=float(np.median(arcs)),
        fascicle_chord_mm=float(np.median(chords)),
        curvature_per_mm=muscle.curvature_per_mm,
    )


def muscle_region(muscle: VirtualMuscle) -> NDArray[np.bool_]:
    """Pixels between the facing edges, (rows, columns)."""
    geometry = Geometry.of(muscle)
    x = np.arange(muscle.columns) * muscle.mm_per_pixel
    y = (np.arange(muscle.rows) * muscle.mm_per_pixel)[:, None]
    inside: NDArray[np.bool_] = (y > geometry.superficial(x)) & (y < geometry.deep(x))
    return inside


def _mean_angle(geometry: Geometry, x: Array, superficial: Array, deep: Array) -> float:
    """Mean over the area between the edges, in degrees; a quadrature over depths per column."""
    shares = (np.arange(24) + 0.5) / 24
    y = superficial + shares[:, None] * (deep - superficial)
    _, v = geometry.to_frame(np.broadcast_to(x, y.shape), y)
    doubled = np.exp(2j * geometry.angle(v)) * (deep - superficial)
    return float(np.degrees(np.angle(doubled.sum()) / 2))


def _line_angle(x: Array, y: Array) -> float:
    return float(np.degrees(np.arctan(-np.polyfit(x, y, 1)[0])))


def _acute(degrees: float) -> float:
    folded = abs(degrees) % 180
    return float(min(folded, 180 - folded))


def _slope(curve: Curve, x: float) -> float:
    step = 1e-3
    values = curve(np.array([x - step, x + step]))
    return float((values[1] - values[0]) / (2 * step))


def _thickness(geometry: Geometry, x: float) -> float:
    at = np.asarray(x)
    middle = float(geometry.superficial(at) + geometry.deep(at)) / 2
    tilt = 0.5 * sum(
        float(np.arctan(_slope(curve, x))) for curve in (geometry.superficial, geometry.deep)
    )
    normal = np.array([-np.sin(tilt), np.cos(tilt)])  # towards the deep side
    reach = 2 * geometry.muscle.thickness_mm

    def below(curve: Curve, t: float) -> float:
        edge = curve(np.asarray(x + t * normal[0]))
        return float(middle + t * normal[1] - edge)

    down = brentq(lambda t: below(geometry.deep, t), 0.0, reach)
    up = brentq(lambda t: below(geometry.superficial, t), -reach, 0.0)
    return float(down - up)


def _lengths(geometry: Geometry, x: float) -> tuple[float, float]:
    """Arc and chord of the fascicle through the mid-line at `x`, from edge to edge."""
    at = np.asarray(x)
    middle = (geometry.superficial(at) + geometry.deep(at)) / 2
    u, v = geometry.to_frame(at, middle)
    start = float(u - geometry.run(v))

    def point(height: float) -> tuple[Array, Array]:
        return geometry.from_frame(start + geometry.run(np.asarray(height)), np.asarray(height))

    def below(curve: Curve, height: float) -> float:
        px, py = point(height)
        return float(py - curve(px))

    step = geometry.muscle.thickness_mm / 40
    deep = _first_crossing(lambda h: below(geometry.deep, h), float(v), -step)
    top = _first_crossing(lambda h: below(geometry.superficial, h), float(v), step)
    ends = np.array([point(deep), point(top)]).reshape(2, 2)
    if geometry.turns_back(deep) or geometry.turns_back(top):
        return float("nan"), float("nan")
    arc = geometry.arc(np.array([deep, top]))
    return float(arc[1] - arc[0]), float(np.hypot(*(ends[1] - ends[0])))


def _first_crossing(function: Callable[[float], float], start: float, step: float) -> float:
    value = function(start)
    for _ in range(400):
        after = function(start + step)
        if value * after <= 0:
            low, high = sorted((start, start + step))
            return float(brentq(function, low, high))
        start, value = start + step, after
    return float("nan")
