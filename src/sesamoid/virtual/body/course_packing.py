"""Packing of a person's courses: apart, off the bones, and through the carpal tunnel."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.bone_laying import Bones
from sesamoid.virtual.body.course import Course, near_z
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.packing import INSIDE, NO_SIDE, OUTSIDE, Lines, relax
from sesamoid.virtual.body.retinaculum import Sheet

# Packing is repeated with smaller tendons in the tunnel until what is left is less than this.
TRIES, ENOUGH_MM, SHRINK = 4, 0.30, 0.05
SIDES = {"none": NO_SIDE, "inside": INSIDE, "outside": OUTSIDE, "outside_radial": NO_SIDE}


def pack_courses(
    courses: list[Course], z: Array, scale: float, bones: Bones, sheet: Sheet
) -> float:
    """Push the courses apart, in place; the largest remaining overlap in mm.

    Where a tunnel is too small for what should go through, its tendons are made smaller.
    """
    roof_half = np.maximum(sheet.half_thickness, 0.25).astype(np.float32)
    starts = [(c.x, c.y) for c in courses]
    worst = np.inf
    for _ in range(TRIES):
        lines = _lines(courses, z)
        worst = relax(lines, bones, (sheet.height, roof_half, sheet.x0, sheet.z0, sheet.step))
        if worst < ENOUGH_MM:
            break
        for course, (x, y) in zip(courses, starts, strict=True):
            course.x, course.y = x, y
            if course.entry.get("side") == "inside" and "nerve" not in course.name:
                course.half = course.half * (1 - SHRINK * near_z(z / scale, 2, 30))
    for i, course in enumerate(courses):
        course.x, course.y = lines.x[i], lines.y[i]
    return worst


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
