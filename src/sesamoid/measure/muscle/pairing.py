"""Which two bands bound the muscle of interest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle.angles import Array, doubled
from sesamoid.measure.muscle.bands import Band
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.settings import settings

NO_BAND = "no aponeurosis was found"
SHORT = "no aponeurosis is seen over enough of the width ({seen:.0%} of {needed:.0%})"
NO_SUPERFICIAL = "the superficial aponeurosis is out of view"
NO_DEEP = "the deep aponeurosis is out of view"
NOT_FACING = "no two aponeuroses face each other over enough of the width"


@dataclass(frozen=True)
class Pair:
    """The aponeuroses that bound the muscle; what is missing has a reason.

    Parameters
    ----------
    superficial, deep : Band, optional
    reason : str, optional
        Why one or both are missing.
    others : tuple of Band
        Bands that bound another muscle.
    evidence : float
        Weight of fascicle directions between the two, 0..1.
    """

    superficial: Band | None
    deep: Band | None
    reason: str | None
    others: tuple[Band, ...] = ()
    evidence: float = 0.0


def choose_pair(bands: tuple[Band, ...], field: OrientationField, box: Crop) -> Pair:
    """The pair of neighbouring bands that bounds the muscle of interest.

    Parameters
    ----------
    bands : tuple of Band
        From the top down.
    field : OrientationField
    box : Crop
        The scan area.

    Notes
    -----
    Score of a pair = evidence x thickness, both counting up to what is enough, less for each pair
    further down: the most superficial muscle with enough of both. Enough evidence is a share of
    the best pair's.
    """
    limits: dict[str, Any] = settings()
    if not bands:
        return Pair(None, None, NO_BAND)
    needed = limits["edges"]["shortest"] * box.width
    long = tuple(b for b in bands if np.ptp(b.columns) >= needed)
    if not long:
        seen = max(float(np.ptp(b.columns)) for b in bands) / box.width
        return Pair(None, None, SHORT.format(seen=seen, needed=limits["edges"]["shortest"]))
    rules = limits["muscle"]
    found: list[tuple[int, int, float, float]] = []
    for upper in range(len(long)):
        for lower in range(upper + 1, len(long)):
            gap = _gap(long[upper], long[lower], rules["shared"] * box.width)
            if gap is None:
                continue
            # Of a double fascia the lower leaf faces the muscle.
            if gap >= rules["thinnest"] * box.height:
                found.append((upper, lower, gap, _evidence(long[upper], long[lower], field)))
            break  # the next band below bounds it; beyond lies another muscle
    if not found:
        return _lone(long, field, box)
    enough = rules["enough_share"] * max(f[3] for f in found) + 1e-6
    scores = [
        min(1.0, evidence / enough + 1e-3)
        * min(1.0, gap / (rules["full_thickness"] * box.height))
        * max(0.1, 1 - rules["deeper_pair"] * rank)
        for rank, (_, _, gap, evidence) in enumerate(found)
    ]
    upper, lower, _, evidence = found[int(np.argmax(scores))]
    others = tuple(b for i, b in enumerate(long) if i not in (upper, lower))
    return Pair(long[upper], long[lower], None, others, evidence)


def _gap(upper: Band, lower: Band, shared: float) -> float | None:
    """Median rows between facing edges over shared columns; None where they share too few."""
    start = max(upper.columns[0], lower.columns[0])
    stop = min(upper.columns[-1], lower.columns[-1])
    if stop - start < shared:
        return None
    x = np.linspace(start, stop, 50)
    return float(np.median(_edge(lower, x, "top") - _edge(upper, x, "bottom")))


def _edge(band: Band, x: Array, side: str) -> Array:
    rows = band.top if side == "top" else band.bottom
    known = np.isfinite(rows)
    if not known.any():
        return np.asarray(np.interp(x, band.columns, band.middle))
    return np.asarray(np.interp(x, band.columns[known], rows[known]))


def _evidence(upper: Band, lower: Band, field: OrientationField) -> float:
    """Length of the mean of weighted doubled directions between two bands, 0..1."""
    start = max(upper.columns[0], lower.columns[0])
    stop = min(upper.columns[-1], lower.columns[-1])
    x = np.linspace(start, stop, 60)
    top, bottom = _edge(upper, x, "bottom"), _edge(lower, x, "top")
    shares = np.linspace(0.15, 0.85, 24)[:, None]
    rows = np.rint(top + shares * (bottom - top)).astype(np.intp)
    columns = np.broadcast_to(np.rint(x).astype(np.intp), rows.shape)
    angle, weight = field.at(rows, columns)
    return float(abs(np.mean(doubled(angle, weight))))


def _lone(bands: tuple[Band, ...], field: OrientationField, box: Crop) -> Pair:
    """One band: superficial where the fascicles lie below it, deep where they lie above."""
    if len(bands) > 1:
        # Several, but none face each other: the longest counts.
        reason = NOT_FACING
    band = max(bands, key=lambda b: float(np.ptp(b.columns)))
    x = np.linspace(band.columns[0], band.columns[-1], 60)
    middle = np.interp(x, band.columns, band.middle)
    sides = []
    for start, stop in ((np.full_like(x, box.top), middle), (middle, np.full_like(x, box.bottom))):
        shares = np.linspace(0.1, 0.9, 24)[:, None]
        rows = np.rint(start + shares * (stop - start)).astype(np.intp)
        columns = np.broadcast_to(np.rint(x).astype(np.intp), rows.shape)
        angle, weight = field.at(rows, columns)
        sides.append(float(abs(np.mean(doubled(angle, weight))) * np.mean(stop - start)))
    others = tuple(b for b in bands if b is not band)
    is_deep = sides[0] > sides[1]
    reason = NOT_FACING if others else (NO_SUPERFICIAL if is_deep else NO_DEEP)
    return Pair(None if is_deep else band, band if is_deep else None, reason, others)
