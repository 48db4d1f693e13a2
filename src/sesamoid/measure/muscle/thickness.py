"""Thickness of a muscle: perpendicular to its aponeuroses, and vertical."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.region import MuscleRegion

PLACES = (0.25, 0.5, 0.75)
"""Shares of the scan area's width at which thickness is measured."""

_ROUNDS = 6
"""Each round shrinks the error by the product of two slopes, about 0.04 [D]."""


@dataclass(frozen=True)
class ThicknessLine:
    """One caliper.

    Parameters
    ----------
    share : float
        Of the scan area's width.
    superficial, deep : tuple of float
        (row, column) of its ends, in pixels.
    length : float
        In the spacing's unit.
    length_px : float
        Between the ends in pixels.
    extrapolated : bool
        True where an end lies beyond what was seen of its edge.
    """

    share: float
    superficial: tuple[float, float]
    deep: tuple[float, float]
    length: float
    length_px: float
    extrapolated: bool


def thickness_lines(region: MuscleRegion) -> tuple[ThicknessLine, ...]:
    """Thickness at 25, 50 and 75 % of the scan area's width.

    Notes
    -----
    Each line passes the point half-way between the edges, perpendicular to the bisector of their
    tangents there, so that it favours neither of two edges that are not parallel.
    """
    left, right = region.view
    return tuple(_line(region, share, left + share * (right - left)) for share in PLACES)


def vertical_distance(region: MuscleRegion) -> ThicknessLine:
    """Along the centre column of the scan area."""
    x = np.asarray(region.centre_x)
    top, bottom = float(region.superficial.y(x)), float(region.deep.y(x))
    return _between(region, 0.5, np.array([float(x), top]), np.array([float(x), bottom]))


def _line(region: MuscleRegion, share: float, x: float) -> ThicknessLine:
    at = np.asarray(x)
    middle = 0.5 * float(region.superficial.y(at) + region.deep.y(at))
    slopes = (region.superficial.slope(at), region.deep.slope(at))
    tilt = 0.5 * float(np.arctan(slopes[0]) + np.arctan(slopes[1]))
    normal = np.array([-np.sin(tilt), np.cos(tilt)])
    ends = []
    for curve, sense in ((region.superficial, -1.0), (region.deep, 1.0)):
        # Fixed point of "as far along the normal as the edge is below"; edges are near flat.
        reach = sense * abs(float(curve.y(at)) - middle)
        for _ in range(_ROUNDS):
            across = float(curve.y(np.asarray(x + reach * normal[0]))) - middle
            reach = across / normal[1]
        ends.append(np.array([x, middle]) + reach * normal)
    return _between(region, share, ends[0], ends[1])


def _between(region: MuscleRegion, share: float, top: Array, bottom: Array) -> ThicknessLine:
    first = region.to_pixels(top[0], top[1])
    second = region.to_pixels(bottom[0], bottom[1])
    beyond = any(
        not curve.start <= end[0] <= curve.stop
        for curve, end in ((region.superficial, top), (region.deep, bottom))
    )
    return ThicknessLine(
        share=share,
        superficial=(float(first[0]), float(first[1])),
        deep=(float(second[0]), float(second[1])),
        length=float(np.hypot(*(bottom - top))),
        length_px=float(np.hypot(*(second - first))),
        extrapolated=beyond,
    )
