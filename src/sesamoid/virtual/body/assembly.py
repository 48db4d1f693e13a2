"""From packed courses to tubes: tendons, nerves and arteries, with their sheaths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from sesamoid.virtual.body.course import Course
from sesamoid.virtual.body.finger_profile import Waypoints
from sesamoid.virtual.body.flexor_layers import FlexorLayers
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.nerves import pack_fascicles
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.tubes import Kind, Rank, Tube, mean_direction_frame

WALL_MM = {
    "radial_artery": 0.28,
    "ulnar_artery": 0.28,
    "persistent_median_artery": 0.2,
}
PULSE = 0.07
LINING_MM = 0.22
FLAT = Frame(np.zeros(3), np.eye(3))


def tubes_of(
    person: Person,
    courses: list[Course],
    z: Array,
    extensors: Mapping[str, Waypoints],
    flexors: Mapping[int, FlexorLayers],
) -> list[Tube]:
    """All tendons, nerves and arteries of wrist, palm and fingers, with their sheaths."""
    found: list[Tube] = []
    for course in courses:
        name, entry = course.name, course.entry
        thumb = entry.get("ray") == 1
        points, half, up = _joined(course, z)
        frame = mean_direction_frame(points, up=up[len(up) // 2]) if thumb else FLAT
        key = entry.get("key", name)
        key = "median_nerve" if name == "median_nerve_ulnar" else key
        tube = Tube(key, "tendon", points, half, up, frame, bundle=name, glide=_glide(name))
        if "nerve" in name:
            tube = _nerve(person, tube, name)
        elif name in WALL_MM:
            tube = replace(
                tube, tissue="vessel_wall", kind=Kind.VESSEL, shell_mm=WALL_MM[name], pulse=PULSE
            )
        elif key == "extensor_digitorum":
            found += _renamed(tube, f"extensor_tendon_{entry['ray']}", 25.0 * person.scale)
            continue
        found.append(tube)
        found += _sheaths(person, tube, name)
    for layers in flexors.values():
        found += layers.tubes
    return found


def _joined(course: Course, z: Array) -> tuple[Array, Array, Array]:
    """The course in the hand and its tail over the finger, as one line."""
    # Where a finger's own line takes over, the course is pinned to it and not needed.
    k = np.flatnonzero(course.active & ~(course.pinned & (course.tail is not None)))
    points = np.c_[course.x[k], course.y[k], z[k]]
    half = course.half[k]
    up = np.c_[-np.sin(course.angle[k]), np.cos(course.angle[k]), np.zeros(len(k))]
    if course.tail is None:
        return points, half, up
    tail = course.tail
    if course.entry.get("ray") == 1:
        # The thumb's axis is oblique; leave room for the line to turn.
        toward = tail.points[0] - points[-1]
        ahead = (tail.points - points[-1]) @ toward / np.linalg.norm(toward) > 3.0
    else:
        ahead = tail.points[:, 2] > points[-1, 2] + 1.0
    return (
        np.concatenate([points, tail.points[ahead]]),
        np.concatenate([half, tail.half[ahead]]),
        np.concatenate([up, tail.up[ahead]]),
    )


def _glide(name: str) -> str:
    if name.startswith(("fds_", "fdp_")):
        return f"flexor_{name[-1]}"
    if name.startswith("edc_"):
        return f"extensor_{name[-1]}"
    named = {
        "fpl": "flexor_1",
        "epl": "extensor_1",
        "epb": "extensor_1",
        "eip": "extensor_2",
        "edm": "extensor_5",
        "median_nerve": "median",
        "median_nerve_ulnar": "median",
    }
    if name in named:
        return named[name]
    if name in ("fcr", "fcu", "palmaris_longus"):
        return "wrist_flexor"
    return "wrist_extensor" if name in ("ecrl", "ecrb", "ecu", "apl") else ""


def _renamed(tube: Tube, name: str, z: float) -> list[Tube]:
    return [tube.between(-1e3, z), replace(tube.between(z, 1e3), key=name)]


def _nerve(person: Person, tube: Tube, name: str) -> Tube:
    at = np.argmin(np.abs(tube.points[:, 2] - (-3.0 * person.scale)))
    half = (float(tube.half[at, 0]), float(tube.half[at, 1]))
    return replace(
        tube,
        tissue="epineurium",
        kind=Kind.NERVE,
        fascicle_half=half,
        fascicles=pack_fascicles(half, person.rng(name)),
    )


def _sheaths(person: Person, tube: Tube, name: str) -> list[Tube]:
    """Synovial lining around tendons in the tunnel, and what tenosynovitis makes of it."""
    scale, values = person.scale, person.values

    def around(low: float, high: float, extra: float, tissue: str) -> Tube:
        inner = tube
        if tube.frame is FLAT:
            inner = tube.between(low * scale, high * scale)
        else:
            keep = (tube.points[:, 2] > low * scale) & (tube.points[:, 2] < high * scale)
            inner = replace(tube, points=tube.points[keep], half=tube.half[keep], up=tube.up[keep])
        return inner.widened(
            extra, key="", tissue=tissue, rank=Rank.LIGAMENT, kind=Kind.SOLID, shell_mm=0.0
        )

    if name in ("apl", "epb") and values["first_compartment_sheath_mm"] > 0:
        return [around(-26, 4, values["first_compartment_sheath_mm"], "synovium")]
    if name == "ecu" and values["ecu_sheath_mm"] > 0:
        return [around(-32, 6, values["ecu_sheath_mm"], "fluid")]
    if name.startswith(("fds_", "fdp_", "fpl")):
        return [around(-18, 30, LINING_MM, "synovium")]
    return []
