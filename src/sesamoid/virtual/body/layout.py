"""Where tendons, nerves and vessels run: table paths, laid on the bones, packed."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator

from sesamoid.virtual.body.bone_laying import Bones, lay_on_bone
from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.course import Course, near_z
from sesamoid.virtual.body.finger_profile import Waypoints
from sesamoid.virtual.body.flexor_layers import FlexorLayers
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.joint_recesses import Recess
from sesamoid.virtual.body.motion import Motion
from sesamoid.virtual.body.nerves import median_calibre, ulnar_calibre
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.retinaculum import Tunnel

# Nerve and artery that run side by side are this far apart.
NEIGHBOURS_MM = 0.2
# The nerve comes to the retinaculum over this length.
ROOF_RAMP_MM = 24.0


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
            lay_on_bone(course, z, self.person, self.bones, self.recesses, self.motion)
        if "roof" in entry:
            self._hang_from_roof(course)
        if pinned.any() and tail is not None:
            up = np.stack([np.interp(z, tail.points[:, 2], tail.up[:, i]) for i in (0, 1)], 1)
            angle = np.arctan2(up[:, 1], up[:, 0]) - np.pi / 2
            course.angle = np.where(pinned, angle, course.angle)
        return course

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
        # It comes to the roof, and leaves it, gently.
        ramp = ROOF_RAMP_MM * self.person.scale
        near = np.clip(np.minimum(self.z - low, high - self.z) / ramp + 0.5, 0, 1)
        share = near * near * (3 - 2 * near)
        course.y = course.y + share * (roof - course.y)
        course.pinned = course.pinned | (course.active & (share > 0.02))

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
            factor *= 1 + values["first_compartment_swelling"] * near_z(
                self.z / self.person.scale, -14, 18
            )
        if name == "ecu":
            factor *= 1 + values["ecu_swelling"] * near_z(self.z / self.person.scale, -18, 18)
        result: Array = half * factor
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
        bifid = "bifid_median_nerve" in person.variants
        artery = 0.0
        if "persistent_median_artery" in person.variants:
            artery = person.values["persistent_median_artery_diameter_mm"] / 2
        # Beside a single nerve, between the two parts of a bifid one.
        apart = artery + NEIGHBOURS_MM if artery else NEIGHBOURS_MM / 2
        if bifid:
            # Two nerves that share the area, the radial one larger.
            for name, share, side in (
                ("median_nerve", 0.58, 1.0),
                ("median_nerve_ulnar", 0.42, -1.0),
            ):
                own = half * np.sqrt(share) * (0.86, 1 / 0.86)
                course = self.course(name, entry, own)
                course.x = course.x + side * (own[:, 0] + apart)
                courses.append(course)
        else:
            courses.append(self.course("median_nerve", entry, half))
        if artery:
            name = "persistent_median_artery"
            course = self.course(name, entry, np.full((len(self.z), 2), artery))
            course.x = course.x - (0.0 if bifid else half[:, 0] + apart)
            courses.append(course)
        half = ulnar_calibre(person).half_sizes(self.z)
        courses.append(self.course("ulnar_nerve", nerves["ulnar_nerve"], half))
        return courses
