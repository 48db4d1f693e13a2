"""Soft tissue with an outline: ligaments, discs, plates, a ganglion, what fills an erosion."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sesamoid.virtual.body.bones import Skeleton, erosion_site, part_from_table
from sesamoid.virtual.body.frames import Array, Frame, unit
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray
from sesamoid.virtual.body.solids import Part, Solid
from sesamoid.virtual.body.tubes import Rank


@dataclass(frozen=True)
class Blob:
    """A solid of one tissue.

    Parameters
    ----------
    solid : Solid
        Its key is the structure; empty if it has no name.
    tissue : str
    rank : Rank
    fibre : ndarray of shape (3,)
        Unit vector of its fibres; zero if it has none.
    """

    solid: Solid
    tissue: str
    rank: Rank
    fibre: Array


def blobs(person: Person, skeleton: Skeleton) -> list[Blob]:
    """Ligaments, discs, plates, and what pathology adds."""
    table, scale, values = load_table("soft"), person.scale, person.values
    thickness = {
        "tfcc": values["tfcc_thickness_mm"] / 3.0,
        "scapholunate_ligament": values["scapholunate_thickness_mm"] / 2.0,
    }
    found = []
    for name, entry in table["blobs"].items():
        parts, key = [], entry.get("key", name)
        for row in entry["parts"]:
            size = [float(s) for s in row["size"]]
            size[2 if name == "tfcc" else 1] *= thickness.get(name, 1.0)
            part = part_from_table({**row, "size": size}, 1.0).scaled(scale)
            if name == "scapholunate_ligament":
                at = _between_scaphoid_and_lunate(skeleton, part.frame.origin[2], scale)
                part = replace(part, frame=Frame(at, part.frame.axes))
            parts.append(part)
        solid = Solid(key, tuple(parts))
        found.append(Blob(solid, entry["tissue"], Rank.LIGAMENT, unit(entry["fibre"])))
    for ray in skeleton.rays.values():
        found += _volar_plates(person, ray)
    found += _ganglion(person) + _pannus(person, skeleton)
    return found


def _between_scaphoid_and_lunate(skeleton: Skeleton, z: float, scale: float) -> Array:
    """Where the dorsal faces of the two bones meet at z."""
    pair = (skeleton.solid("scaphoid"), skeleton.solid("lunate"))
    x = np.linspace(-2.0, 8.0, 81) * scale
    points = np.c_[x, np.full_like(x, 5.0 * scale), np.full_like(x, z)]
    middle = x[np.argmin(np.abs(pair[0].distance(points) - pair[1].distance(points)))]
    y = np.linspace(2.0, 14.0, 241) * scale
    tops = []
    for bone, side in zip(pair, (3.0, -3.0), strict=True):
        line = np.c_[np.full_like(y, middle + side * scale), y, np.full_like(y, z)]
        tops.append(y[bone.distance(line) < 0].max())
    return np.array([middle, np.mean(tops), z])


def floors(person: Person, skeleton: Skeleton) -> list[Solid]:
    """Solids that tendons rest on where there is no bone, as between metacarpals; not drawn."""
    rows = load_table("soft")["floors"]
    found = [
        Solid(key, (part_from_table(row, 1.0).scaled(person.scale),)) for key, row in rows.items()
    ]
    for a, b in ((2, 3), (3, 4), (4, 5)):
        first, second = skeleton.rays[a], skeleton.rays[b]
        start = (first.metacarpal.point(0, 0, 5) + second.metacarpal.point(0, 0, 5)) / 2
        stop = (first.head.origin + second.head.origin) / 2
        gap = np.linalg.norm(first.metacarpal.origin - second.metacarpal.origin) / 2
        wide = np.linalg.norm(first.head.origin - second.head.origin) / 2
        high = 0.8 * (first.shaft_half[1] + second.shaft_half[1]) / 2
        up = unit(first.metacarpal.axes[1] + second.metacarpal.axes[1])
        frame = Frame.along(start, axis=stop - start, up=up)
        part = Part(
            frame,
            float(np.linalg.norm(stop - start)),
            (float(gap), high, 1.0),
            (float(wide), high, 1.0),
            power=4,
        )
        found.append(Solid(f"interosseous_{a}", (part,)))
    return found


def _block(key: str, frame: Frame, half: tuple[float, float, float], power: float) -> Solid:
    return Solid(key, (Part(frame, 0.0, half, half, power),))


def _volar_plates(person: Person, ray: Ray) -> list[Blob]:
    """Plates at the metacarpophalangeal and the proximal interphalangeal joint."""
    hw, hh, hr = ray.head_half
    scale = person.scale
    thick = person.values["mcp_volar_plate_mm"]
    # The plate's deep half hides behind head and cartilage; its free face lies `thick` off it.
    frame = ray.head.moved(0.22 * hr, v=-hh)
    if ray.number == 1:
        half = (1.05 * hw, thick + 2.4 * scale, 1.25 * hr)
    else:
        half = (0.86 * hw, thick + 0.22, 1.25 * hr)
    plates = [_block(f"volar_plate_{ray.number}", frame, half, 3)]
    if ray.number > 1:
        segment = ray.segments[0]
        pw, ph = segment.head_half
        at = segment.frame.moved(segment.length + 0.2 * ph, v=-ph)
        half = (0.80 * pw, person.values["pip_volar_plate_mm"], 1.25 * ph)
        plates.append(_block(f"volar_plate_pip_{ray.number}", at, half, 3))
    return [Blob(p, "fibrocartilage", Rank.LIGAMENT, ray.head.axes[2]) for p in plates]


def ganglion_half(person: Person) -> tuple[float, float, float]:
    """Half sizes (across, up, along) of a dorsal ganglion, in mm; zeros if there is none."""
    length = person.values["ganglion_mm"]
    return 0.42 * length, 0.24 * length, 0.5 * length


GANGLION_AT = (3.6, 9.0, -7.8)


def ganglion_frame(person: Person) -> Frame:
    """The middle of a dorsal ganglion, over the scapholunate ligament."""
    at = np.array(GANGLION_AT) * person.scale
    at[1] += ganglion_half(person)[1] * 0.75
    return Frame(at, np.eye(3))


def _ganglion(person: Person) -> list[Blob]:
    half = ganglion_half(person)
    if half[0] <= 0:
        return []
    frame = ganglion_frame(person)
    neck = frame.point(0, -half[1] - 1.0, -1.5)
    parts = (
        Part(frame, 0.0, half, half),
        Part(
            Frame(frame.point(half[0] * 0.5, -0.2 * half[1], half[2] * 0.5), np.eye(3)),
            0.0,
            (0.5 * half[0], 0.7 * half[1], 0.5 * half[2]),
            (0.5 * half[0], 0.7 * half[1], 0.5 * half[2]),
            blend=0.6,
        ),
        Part(
            Frame(neck, np.eye(3)),
            0.0,
            (0.8, half[1] * 0.8 + 0.5, 0.8),
            (0.8, half[1] * 0.8 + 0.5, 0.8),
            blend=0.8,
        ),
    )
    return [Blob(Solid("ganglion", parts), "fluid", Rank.SHEATH, np.zeros(3))]


def _pannus(person: Person, skeleton: Skeleton) -> list[Blob]:
    """Synovium that fills an erosion."""
    centre = erosion_site(person, skeleton.rays, skeleton.solids)
    if centre is None:
        return []
    half = 0.62 * person.values["erosion_mm"]
    solid = _block("erosion", Frame(centre, np.eye(3)), (half, half, half), 2)
    return [Blob(solid, "synovium", Rank.SHEATH, np.zeros(3))]
