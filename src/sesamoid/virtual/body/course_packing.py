"""Packing of a person's courses: apart, off the bones, and through the carpal tunnel."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.bone_laying import Bones
from sesamoid.virtual.body.course import Course
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.packing import INSIDE, NO_SIDE, OUTSIDE, Lines, relax
from sesamoid.virtual.body.retinaculum import Sheet

# Packing is repeated with smaller tendons where they do not fit until less than this is left of
# the margin and what surfaces may touch (see `overlap.py`).
TRIES, ENOUGH_MM = 7, 0.26
# By how much, and how far along, in mm.
SHRINK, ALONG_MM = 0.05, 6.0
SIDES = {"none": NO_SIDE, "inside": INSIDE, "outside": OUTSIDE, "outside_radial": NO_SIDE}


def pack_courses(
    courses: list[Course], z: Array, scale: float, bones: Bones, sheet: Sheet
) -> float:
    """Push the courses apart, in place; the largest overlap that is left, in mm.

    Where there is no room for what should go through, tendons are made smaller; nerves and
    vessels keep the size that was drawn.
    """
    roof_half = np.maximum(sheet.half_thickness, 0.25).astype(np.float32)
    roof = (sheet.height, roof_half, sheet.x0, sheet.z0, sheet.step)
    worst = np.inf
    for attempt in range(TRIES):
        lines = _lines(courses, z)
        left = relax(lines, bones, roof, again=attempt > 0)
        for i, course in enumerate(courses):
            course.x, course.y = lines.x[i], lines.y[i]
        worst = float(left.max())
        if worst < ENOUGH_MM:
            break
        for course, rest in zip(courses, left, strict=True):
            if course.can_shrink:
                course.half = course.half * _smaller(z, rest, scale)
    return worst


def _smaller(z: Array, left: Array, scale: float) -> Array:
    """Factors (nz, 1) for a line that is left with overlaps."""
    crowded = z[left >= ENOUGH_MM]
    if not len(crowded):
        return np.ones((len(z), 1))
    away = np.abs(z[:, None] - crowded).min(axis=1) / (ALONG_MM * scale)
    result: Array = 1 - SHRINK * np.exp(-(away**2))[:, None]
    return result


def _lines(courses: list[Course], z: Array) -> Lines:
    return Lines(
        x=np.stack([c.x for c in courses]),
        y=np.stack([c.y for c in courses]),
        width=np.stack([c.half[:, 0] for c in courses]),
        height=np.stack([c.half[:, 1] for c in courses]),
        angle=np.stack([c.angle for c in courses]),
        active=np.stack([c.active for c in courses]),
        pinned=np.stack([c.pinned for c in courses]),
        clearance=np.stack([c.clearance for c in courses]),
        side=np.array([SIDES[c.entry.get("side", "none")] for c in courses], dtype=np.int32),
        z=z,
    )
