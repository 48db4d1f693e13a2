"""Where tendons, nerves and vessels run: table paths, laid on the bones, packed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import PchipInterpolator

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.finger_profile import Waypoints
from sesamoid.virtual.body.flexor_layers import FlexorLayers
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.joint_recesses import Recess
from sesamoid.virtual.body.motion import Motion
from sesamoid.virtual.body.nerves import median_calibre, ulnar_calibre
from sesamoid.virtual.body.packing import (
    INSIDE,
    NO_SIDE,
    OUTSIDE,
    Lines,
    bone_distances,
    relax,
)
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.retinaculum import Tunnel
from sesamoid.virtual.body.soft import ganglion_frame, ganglion_half
from sesamoid.virtual.body.solids import Float32

PERIOSTEUM_MM = 0.4
ECU_PER_SUPINATION_MM = 0.04
# Packing is repeated with smaller tendons in the tunnel until what is left is less than this.
TRIES, ENOUGH_MM, SHRINK = 4, 0.30, 0.05
SIDES = {"none": NO_SIDE, "inside": INSIDE, "outside": OUTSIDE, "outside_radial": NO_SIDE}


@dataclass
class Course:
    """One line across wrist and palm, before and after packing.

    Parameters
    ----------
    name : str
    entry : mapping
        Its row of the table.
    x, y, active, pinned, clearance, angle : ndarray of shape (nz,)
        angle is the direction of the width in the plane of constant z, in rad.
    half : ndarray of shape (nz, 2)
    """

    name: str
    entry: dict[str, Any]
    x: Array
    y: Array
    half: Array
    angle: Array
    clearance: Array
    active: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    tail: Waypoints | None = field(default=None)


Bones = tuple[Float32, NDArray[np.int32], Float32]


class Layout:
    """Builds the courses of one person.

    Parameters
    ----------
    person : Person
    skeleton : Skeleton
    bones : packed solids
    tunnel : Tunnel
    recess_list : list of Recess
    motion : Motion
        Supination lets ECU leave its groove.
    """

    def __init__(
        self,
        person: Person,
        skeleton: Skeleton,
        bones: Bones,
        tunnel: Tunnel,
        recess_list: list[Recess],
        motion: Motion,
    ) -> None:
        self.person, self.skeleton, self.bones = person, skeleton, bones
        self.motion = motion
        self.tunnel, self.recesses = tunnel, recess_list
        self.table = load_table("tubes")
        stations = self.table["stations"]
        scale = person.scale
        count = int((stations["to"] - stations["from"]) / stations["step"]) + 1
        self.z = np.linspace(stations["from"] * scale, stations["to"] * scale, count)

    def course(
        self, name: str, entry: dict[str, Any], half: Array, tail: Waypoints | None = None
    ) -> Course:
        """A line as the table has it, laid on the bones where it should lie on them."""
        scale, z = self.person.scale, self.z
        path = np.array(entry["path"], dtype=np.float64) * scale
        stop = path[-1, 0]
        pin = np.inf
        if tail is not None and entry.get("ray", 1) != 1:
            ahead = tail.points[tail.points[:, 2] > stop + 4.0 * scale]
            path = np.concatenate([path, ahead[:, [2, 0, 1]]])
            stop, pin = z[-1] + 1.0, float(ahead[0, 2])
        x = PchipInterpolator(path[:, 0], path[:, 1], extrapolate=True)(np.minimum(z, path[-1, 0]))
        y = PchipInterpolator(path[:, 0], path[:, 2], extrapolate=True)(np.minimum(z, path[-1, 0]))
        active = (z >= path[0, 0] - 1e-6) & (z <= stop + 1e-6)
        pinned = active & (z >= pin)
        course = Course(
            name,
            entry,
            x,
            y,
            half.copy(),
            np.zeros_like(z),
            np.full_like(z, 0.12),
            active,
            pinned,
            tail,
        )
        if entry.get("side") == "inside":
            course.y = self._stretched(course)
        if "on_bone" in entry:
            self._lay_on_bone(course)
        if "roof" in entry:
            self._hang_from_roof(course)
        if pinned.any() and tail is not None:
            up = np.stack([np.interp(z, tail.points[:, 2], tail.up[:, i]) for i in (0, 1)], 1)
            angle = np.arctan2(up[:, 1], up[:, 0]) - np.pi / 2
            course.angle = np.where(pinned, angle, course.angle)
        return course

    def _lay_on_bone(self, course: Course) -> None:
        entry, z, scale = course.entry, self.z, self.person.scale
        about = np.array(entry["about"], dtype=np.float64) * scale
        low, high = (float(v) * scale for v in entry["on_bone"])
        laid = course.active & ~course.pinned & (z >= low - 1e-6) & (z <= high + 1e-6)
        k = np.flatnonzero(laid)
        direction = np.c_[course.x[k], course.y[k]] - about
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        if entry.get("displaced"):
            # ECU out of its groove, towards the ulna's palmar side.
            most = self.person.values["ecu_displacement_mm"]
            most += ECU_PER_SUPINATION_MM * self.motion.forearm_rotation_deg
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
            reach = np.maximum(reach - 0.9 * bone_distances(*self.bones, points), 0.0)
        surface = np.minimum(reach, start)
        surface = np.maximum(ndimage.grey_closing(surface, size=7, mode="nearest"), surface)
        surface = np.maximum(ndimage.gaussian_filter1d(surface, 1.5, mode="nearest"), surface)
        lift = np.zeros(len(k))
        if "lift" in entry:
            rows = np.array(entry["lift"], dtype=np.float64) * scale
            lift = np.interp(z[k], rows[:, 0], rows[:, 1], left=0.0)
        at = np.c_[about + surface[:, None] * direction, z[k]]
        course.clearance[k] = self.clearance(at) + lift
        centre = about + (surface + course.clearance[k] + course.half[k, 1])[:, None] * direction
        course.x[k], course.y[k] = centre[:, 0], centre[:, 1]
        outward = np.arctan2(direction[:, 1], direction[:, 0]) - np.pi / 2
        course.angle[k] = ndimage.gaussian_filter1d(outward, 2.0, mode="nearest")
        off = np.flatnonzero(course.active & ~laid)
        if len(off):
            course.angle[off] = np.interp(z[off], z[k], course.angle[k])
            self._blend_ends(course, k)

    def _stretched(self, course: Course) -> Array:
        """Depths of the table, stretched between the person's own floor and roof of the tunnel."""
        scale, z = self.person.scale, self.z
        rows = np.array(self.table["tunnel"], dtype=np.float64) * scale
        floor = np.interp(z, rows[:, 0], rows[:, 1])
        roof = np.interp(z, rows[:, 0], rows[:, 2])
        own = self.tunnel.sheet.at(np.zeros_like(z), z)
        share = np.clip((z - rows[0, 0]) / 8 + 1, 0, 1) * np.clip((rows[-1, 0] - z) / 8 + 1, 0, 1)
        stretch = 1 + share * ((own - floor) / (roof - floor) - 1)
        result: Array = floor + (course.y - floor) * stretch
        return np.where(course.pinned, course.y, result)

    def _hang_from_roof(self, course: Course) -> None:
        """The median nerve lies against the retinaculum."""
        low, high = (float(v) * self.person.scale for v in course.entry["roof"])
        sheet = self.tunnel.sheet
        roof = (
            sheet.at(course.x, self.z)
            + np.maximum(sheet.half_thickness.max(), 0.2)
            + course.half[:, 1]
            + 0.15
        )
        share = np.clip((self.z - low) / 6, 0, 1) * np.clip((high - self.z) / 6, 0, 1)
        course.y = course.y + share * (roof - course.y)
        course.pinned = course.pinned | (course.active & (share > 0.5))

    def _blend_ends(self, course: Course, k: NDArray[np.intp]) -> None:
        """Join the laid stretch smoothly to the table's path beyond it."""
        z, path = self.z, np.array(course.entry["path"], dtype=np.float64) * self.person.scale
        after = np.flatnonzero(course.active & ~course.pinned & (z > z[k[-1]]))
        if not len(after):
            return
        for values, column in ((course.x, 1), (course.y, 2)):
            at_end = np.interp(z[k[-1]], path[:, 0], path[:, column])
            offset = values[k[-1]] - at_end
            fade = np.exp(-(z[after] - z[k[-1]]) / (14.0 * self.person.scale))
            values[after] += offset * fade

    def clearance(self, points: Array) -> Array:
        """Least distance of a tendon from the bone under it: capsule, recess, ganglion; in mm."""
        scale = self.person.scale
        capsule = load_table("soft")["capsule"]
        z = points[:, 2]
        inside = np.clip((z - capsule["from_z"] * scale) / 3 + 0.5, 0, 1) * np.clip(
            (capsule["to_z"] * scale - z) / 3 + 0.5, 0, 1
        )
        found = PERIOSTEUM_MM + capsule["thickness_mm"] * inside
        for recess in self.recesses:
            found = found + recess.height(points) * (1.0 if recess.height_mm > 0 else 0.0)
        half = ganglion_half(self.person)
        if half[0] > 0:
            local = ganglion_frame(self.person).local(points) / (
                np.array(half) + np.array([2.0, 30.0, 2.0])
            )
            r2 = (local**2).sum(axis=1)
            found = found + 2 * half[1] * np.clip(1 - r2 * r2, 0, 1)
        result: Array = found
        return result

    def tendon_half(self, name: str, entry: dict[str, Any]) -> Array:
        """Half sizes of a tendon along z, shape (nz, 2)."""
        size = entry.get("size", name)
        values = self.person.values
        half = np.array([values[f"{size}_width_mm"], values[f"{size}_height_mm"]]) / 2
        factor = np.ones((len(self.z), 2))
        if "shape" in entry:
            rows = np.array(entry["shape"], dtype=np.float64)
            for i in (0, 1):
                factor[:, i] = np.interp(
                    self.z / self.person.scale,
                    rows[:, 0],
                    rows[:, i + 1],
                    left=1.0 if rows[0, 1] == 1 else rows[0, i + 1],
                )
        if name in ("apl", "epb"):
            factor *= 1 + values["first_compartment_swelling"] * self._near(-14, 18)
        if name == "ecu":
            factor *= 1 + values["ecu_swelling"] * self._near(-18, 18)
        result: Array = half * factor
        return result

    def _near(self, z: float, width: float) -> Array:
        """A bump along z, shape (nz, 1)."""
        away = (self.z / self.person.scale - z) / width
        result: Array = np.exp(-(away**2))[:, None]
        return result

    def all_courses(
        self, extensors: dict[str, Waypoints], flexors: dict[int, FlexorLayers]
    ) -> list[Course]:
        """Every line of the table, not yet packed."""
        person, courses = self.person, []
        for name, entry in self.table["tendons"].items():
            if name == "palmaris_longus" and "absent_palmaris_longus" in person.variants:
                continue
            tail = extensors.get(name)
            if "ray" in entry and name.startswith(("fds", "fdp", "fpl")):
                layers = flexors[entry["ray"]]
                tail = layers.superficial if name.startswith("fds") else layers.deep
            half = self.tendon_half(name, entry)
            if tail is not None and entry["ray"] != 1:
                half = self._into_tail(half, entry, tail)
            courses.append(self.course(name, entry, half, tail))
        courses += self._nerve_courses()
        for name, entry in self.table["vessels"].items():
            radius = person.values[f"{name}_diameter_mm"] / 2
            half = np.full((len(self.z), 2), radius)
            courses.append(self.course(name, entry, half))
        return courses

    def _into_tail(self, half: Array, entry: dict[str, Any], tail: Waypoints) -> Array:
        """Let the cross-section change over to that of the finger in the last part of the palm."""
        z = self.z
        first = tail.points[0, 2]
        begin = min(24.0 * self.person.scale, first - 20.0)
        share = np.clip((z - begin) / (first - begin), 0, 1)[:, None]
        share = share * share * (3 - 2 * share)
        there = np.stack([np.interp(z, tail.points[:, 2], tail.half[:, i]) for i in (0, 1)], 1)
        result: Array = half * (1 - share) + there * share
        return result

    def _nerve_courses(self) -> list[Course]:
        person, nerves = self.person, self.table["nerves"]
        courses = []
        half = median_calibre(person).half_sizes(self.z)
        entry = nerves["median_nerve"]
        if "bifid_median_nerve" in person.variants:
            # Two nerves that share the area, the radial one larger.
            for name, share, side in (
                ("median_nerve", 0.58, 1.0),
                ("median_nerve_ulnar", 0.42, -1.0),
            ):
                own = half * np.sqrt(share) * (0.86, 1 / 0.86)
                offset = side * 0.56 * half[:, 0]
                course = self.course(name, entry, own)
                course.x = course.x + offset
                courses.append(course)
        else:
            courses.append(self.course("median_nerve", entry, half))
        if "persistent_median_artery" in person.variants:
            radius = person.values["persistent_median_artery_diameter_mm"] / 2
            course = self.course(
                "persistent_median_artery", entry, np.full((len(self.z), 2), radius)
            )
            bifid = "bifid_median_nerve" in person.variants
            course.x = course.x - (0.0 if bifid else half[:, 0] + radius + 0.2)
            courses.append(course)
        half = ulnar_calibre(person).half_sizes(self.z)
        courses.append(self.course("ulnar_nerve", nerves["ulnar_nerve"], half))
        return courses

    def pack(self, courses: list[Course]) -> float:
        """Push the courses apart, in place; the largest remaining overlap in mm.

        Where a tunnel is too small for what should go through, its tendons are made smaller.
        """
        sheet = self.tunnel.sheet
        roof_half = np.maximum(sheet.half_thickness, 0.25).astype(np.float32)
        starts = [(c.x, c.y) for c in courses]
        worst = np.inf
        for _ in range(TRIES):
            lines = self._lines(courses)
            worst = relax(
                lines, self.bones, (sheet.height, roof_half, sheet.x0, sheet.z0, sheet.step)
            )
            if worst < ENOUGH_MM:
                break
            for course, (x, y) in zip(courses, starts, strict=True):
                course.x, course.y = x, y
                if course.entry.get("side") == "inside" and "nerve" not in course.name:
                    course.half = course.half * (1 - SHRINK * self._near(2, 30))
        for i, course in enumerate(courses):
            course.x, course.y = lines.x[i], lines.y[i]
        return worst

    def _lines(self, courses: list[Course]) -> Lines:
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
            z=self.z,
        )
