"""Laying courses on the bones, with room for what lies between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.virtual.body.course import Course
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.joint_recesses import Recess
from sesamoid.virtual.body.motion import Motion
from sesamoid.virtual.body.packing_kernels import bone_distances
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.soft import ganglion_frame, ganglion_half
from sesamoid.virtual.body.solids import Float32

PERIOSTEUM_MM = 0.4
ECU_PER_SUPINATION_MM = 0.04
Bones = tuple[Float32, NDArray[np.int32], Float32]


def lay_on_bone(
    course: Course,
    z: Array,
    person: Person,
    bones: Bones,
    recesses: Sequence[Recess],
    motion: Motion,
) -> None:
    """Move a course, in place, on to the bones where its table says that it rests on them."""
    entry, scale = course.entry, person.scale
    about = np.array(entry["about"], dtype=np.float64) * scale
    low, high = (float(v) * scale for v in entry["on_bone"])
    laid = course.active & ~course.pinned & (z >= low - 1e-6) & (z <= high + 1e-6)
    k = np.flatnonzero(laid)
    direction = np.c_[course.x[k], course.y[k]] - about
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    if entry.get("displaced"):
        # ECU out of its groove, towards the ulna's palmar side.
        most = person.values["ecu_displacement_mm"]
        most += ECU_PER_SUPINATION_MM * motion.forearm_rotation_deg
        shift = most * np.clip(1.3 - np.abs(z[k] / scale + 22) / 22, 0, 1)
        turn = shift / (9.5 * scale)
        c, s = np.cos(turn), np.sin(turn)
        direction = np.c_[
            c * direction[:, 0] - s * direction[:, 1], s * direction[:, 0] + c * direction[:, 1]
        ]
    reach = np.full(len(k), 26.0 * scale)
    start = reach.copy()
    for _ in range(24):
        points = np.c_[about + reach[:, None] * direction, z[k]].astype(np.float32)
        reach = np.maximum(reach - 0.9 * bone_distances(*bones, points), 0.0)
    surface = np.minimum(reach, start)
    surface = np.maximum(ndimage.grey_closing(surface, size=7, mode="nearest"), surface)
    surface = np.maximum(ndimage.gaussian_filter1d(surface, 1.5, mode="nearest"), surface)
    lift = np.zeros(len(k))
    if "lift" in entry:
        rows = np.array(entry["lift"], dtype=np.float64) * scale
        lift = np.interp(z[k], rows[:, 0], rows[:, 1], left=0.0)
        if "over" in entry:
            # The table's lift is for a tendon of mean height under it.
            below = entry["over"]
            lift = lift * person.values[f"{below['tendon']}_height_mm"] / (below["height"] * scale)
    at = np.c_[about + surface[:, None] * direction, z[k]]
    course.clearance[k] = clearance(person, recesses, at) + lift
    centre = about + (surface + course.clearance[k] + course.half[k, 1])[:, None] * direction
    course.x[k], course.y[k] = centre[:, 0], centre[:, 1]
    outward = np.arctan2(direction[:, 1], direction[:, 0]) - np.pi / 2
    course.angle[k] = ndimage.gaussian_filter1d(outward, 2.0, mode="nearest")
    off = np.flatnonzero(course.active & ~laid)
    if len(off):
        course.angle[off] = np.interp(z[off], z[k], course.angle[k])
        _blend_ends(course, z, scale, k)


def _blend_ends(course: Course, z: Array, scale: float, k: NDArray[np.intp]) -> None:
    """Join the laid stretch smoothly to the table's path beyond it."""
    path = np.array(course.entry["path"], dtype=np.float64) * scale
    after = np.flatnonzero(course.active & ~course.pinned & (z > z[k[-1]]))
    if not len(after):
        return
    for values, column in ((course.x, 1), (course.y, 2)):
        at_end = np.interp(z[k[-1]], path[:, 0], path[:, column])
        offset = values[k[-1]] - at_end
        fade = np.exp(-(z[after] - z[k[-1]]) / (14.0 * scale))
        values[after] += offset * fade


def clearance(person: Person, recesses: Sequence[Recess], points: Array) -> Array:
    """Least distance of a tendon from the bone under it: capsule, recess, ganglion; in mm."""
    scale = person.scale
    capsule = load_table("soft")["capsule"]
    z = points[:, 2]
    inside = np.clip((z - capsule["from_z"] * scale) / 3 + 0.5, 0, 1) * np.clip(
        (capsule["to_z"] * scale - z) / 3 + 0.5, 0, 1
    )
    found = PERIOSTEUM_MM + capsule["thickness_mm"] * inside
    for recess in recesses:
        found = found + recess.height(points) * (1.0 if recess.height_mm > 0 else 0.0)
    half = ganglion_half(person)
    if half[0] > 0:
        local = ganglion_frame(person).local(points) / (np.array(half) + np.array([2.0, 30.0, 2.0]))
        r2 = (local**2).sum(axis=1)
        found = found + 2 * half[1] * np.clip(1 - r2 * r2, 0, 1)
    result: Array = found
    return result
