"""Measuring again what a person has changed, by the application's own code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.application import application
from sesamoid.errors import SesamoidError
from sesamoid.findings import GRADE_KEY, Line, Measurement, Result, measurement_keys

LENGTH_UNITS = frozenset({"mm", "{pixels}"})
BY_HAND = "Distance between the two ends of a caliper that was placed by hand."


@dataclass(frozen=True)
class LabelMap:
    """What a network outlined on a picture, whatever the picture's grade.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
    names : tuple of str
        By value.
    """

    pixels: NDArray[np.uint8]
    names: tuple[str, ...]


@runtime_checkable
class Remeasuring(Protocol):
    """An application that can measure on outlines that a person drew."""

    def remeasure(
        self, result: Result, changed: frozenset[str], *, labels: LabelMap | None = None
    ) -> Result:
        """`result` with lines and measurements made anew where they follow from what changed.

        Parameters
        ----------
        result : Result
            With the changed outlines and grade already in it.
        changed : frozenset of str
            Identifiers of regions, and ``"grade"``.
        labels : LabelMap, optional
            Of a picture that had too low a grade for its outlines to be in the result.
        """
        ...


def remeasured(
    result: Result,
    changed: Iterable[str],
    *,
    by: str,
    labels: LabelMap | None = None,
) -> Result:
    """`result` after a person has changed some of it.

    Outlines and grades are measured on by the application; a moved caliper gives the one length
    that it stands for. What can't be measured again has no value any more, and says why.

    Parameters
    ----------
    result : Result
        With the changes in it.
    changed : iterable of str
        Identifiers of changed regions and lines, and ``"grade"``.
    by : str
        Who and when, e.g. ``"modified by anna, 2026-11-21"``.
    labels : LabelMap, optional
    """
    names = frozenset(changed)
    moved = {line.identifier for line in result.lines} & names
    outlined = names - moved
    before = dict(zip(measurement_keys(result.measurements), result.measurements, strict=True))
    if outlined:
        result = _by_application(result, outlined, by=by, labels=labels)
    if moved:
        result = _by_calipers(result, moved, by=by)
    marked = [
        one if before.get(key) == one else _noted(one, by)
        for key, one in zip(measurement_keys(result.measurements), result.measurements, strict=True)
    ]
    return replace(result, measurements=tuple(marked))


def refused(result: Result, why: str, *, which: Callable[[Measurement], bool]) -> Result:
    """`result` without the values of some measurements."""
    return replace(
        result,
        measurements=tuple(
            replace(one, value=None, uncertainty=None, reason=why) if which(one) else one
            for one in result.measurements
        ),
    )


def _by_application(
    result: Result, changed: frozenset[str], *, by: str, labels: LabelMap | None
) -> Result:
    if GRADE_KEY in changed and not result.grade.measurable:
        why = f"grade C: {'; '.join(result.grade.reasons)}"
        return refused(result, why, which=lambda one: True)
    if changed == {GRADE_KEY} and any(one.value is not None for one in result.measurements):
        return result  # still measurable: what was measured stands
    try:
        one = application(result.application)
    except SesamoidError:
        one = None
    if isinstance(one, Remeasuring):
        return one.remeasure(result, changed, labels=labels)
    why = f"the outline was {by}, and {result.application!r} cannot measure on it again"
    return refused(result, why, which=lambda m: not changed.isdisjoint(m.evidence))


def _by_calipers(result: Result, moved: set[str], *, by: str) -> Result:
    lines = {line.identifier: line for line in result.lines}
    out = []
    for one in result.measurements:
        own = [lines[name] for name in one.evidence if name in lines]
        if moved.isdisjoint(line.identifier for line in own):
            out.append(one)
        elif len(own) == 1 and one.unit in LENGTH_UNITS and not own[0].via:
            out.append(_caliper_length(result, one, own[0]))
        else:
            why = f"a line that it was measured along was {by}"
            out.append(replace(one, value=None, uncertainty=None, reason=why))
    return replace(result, measurements=tuple(out))


def _caliper_length(result: Result, one: Measurement, line: Line) -> Measurement:
    scale = result.image.calibration(line.points, frame=line.frame)
    step = np.asarray(scale.spacing)
    length = float(np.hypot(*((line.points[1] - line.points[0]) * step)))
    method = BY_HAND if scale.spacing_mm else f"{BY_HAND} In pixels: {scale.source}."
    return replace(
        one, value=length, unit=scale.length_unit, method=method, uncertainty=None, reason=None
    )


def _noted(one: Measurement, by: str) -> Measurement:
    return replace(one, notes=(*one.notes, f"{by[:1].upper()}{by[1:]}."))
