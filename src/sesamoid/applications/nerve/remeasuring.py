"""Measuring again on outlines that a person changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sesamoid.findings import GRADE_KEY, Line, Measurement, Result
from sesamoid.imaging import Crop, find_scan_area

from . import quantities
from .measuring import measure_regions

CLASSES = ("background", "nerve", "vessel")


def remeasure(result: Result, changed: frozenset[str]) -> Result:
    """`result` with what follows from changed outlines made anew.

    A person's outline has no interval: the model's doubt about its own says nothing of it.

    Parameters
    ----------
    result : Result
        Of one frame.
    changed : frozenset of str
        Identifiers of regions.
    """
    image, frame = result.image, result.grade.frame
    classes = tuple(dict.fromkeys((*CLASSES, *(r.structure.key for r in result.regions))))
    sure = np.zeros((len(classes), *image.size), dtype=np.float32)
    for region in result.regions:
        sure[classes.index(region.structure.key)][region.mask] = 1.0
    area = result.scan_area or find_scan_area(image) or Crop(0, 0, *image.size)
    drawn = tuple(region for region in result.regions if region.pixels)
    found = measure_regions(image, drawn, sure, classes, scan_area=area, frame=frame)
    fresh = {(m.evidence[0], m.quantity.key): replace(m, uncertainty=None)
             for m in found.measurements}  # fmt: skip
    vessels = {r.identifier for r in result.regions if r.structure.category == "vessel"}
    # One that is not there any more is known by its name alone.
    other_vessel = any(name in vessels or name.startswith("vessel") for name in changed)

    everything = GRADE_KEY in changed

    def new(one: Measurement) -> Measurement | None:
        to_vessel = one.quantity.key == quantities.DISTANCE_TO_VESSEL.key and other_vessel
        if not (everything or one.evidence[0] in changed or to_vessel):
            return one
        return fresh.get((one.evidence[0], one.quantity.key), None if to_vessel else one)

    lines = {line.identifier: line for line in found.lines}

    def drawn_anew(line: Line) -> Line | None:
        if line.identifier.endswith("/to-vessel") and other_vessel:
            return lines.get(line.identifier)
        if everything or line.identifier.partition("/")[0] in changed:
            return lines.get(line.identifier, line)
        return line

    return replace(
        result,
        measurements=tuple(m for m in map(new, result.measurements) if m is not None),
        lines=tuple(one for one in map(drawn_anew, result.lines) if one is not None),
    )
