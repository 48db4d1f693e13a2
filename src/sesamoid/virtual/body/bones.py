"""The bones of one person: table shapes, scaled, varied, and put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray, make_rays, ray_solids, sesamoid_solids
from sesamoid.virtual.body.solids import Part, Solid


@dataclass(frozen=True)
class Region:
    """An ellipsoidal zone on a bone.

    Parameters
    ----------
    key : str
        Structure that the bone's surface is called there, or ``cartilage``.
    bone : str
    frame : Frame
        Its centre and axes.
    half : tuple of float
        Half sizes in mm.
    thickness_mm : float
        Of cartilage; 0 otherwise.
    """

    key: str
    bone: str
    frame: Frame
    half: tuple[float, float, float]
    thickness_mm: float = 0.0


@dataclass(frozen=True)
class Skeleton:
    """All bones of a body.

    Parameters
    ----------
    solids : tuple of Solid
        A solid named ``x`` that meets ``y`` yields to it.
    rays : mapping of int to Ray
    regions : tuple of Region
    """

    solids: tuple[Solid, ...]
    rays: Mapping[int, Ray]
    regions: tuple[Region, ...]

    def solid(self, key: str) -> Solid:
        """The bone of that name."""
        return next(s for s in self.solids if s.key == key)

    def part(self, bone: str, name: str) -> Part:
        """A named part of a bone: ``lister``, ``hook``, ``tubercle``, ..."""
        return next(p for p in self.solid(bone).parts if p.name == name)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the bones, in order."""
        return tuple(s.key for s in self.solids)


def part_from_table(entry: Mapping[str, Any], blend: float) -> Part:
    """A part as written in a table, in reference mm."""
    start = np.array(entry["at"], dtype=np.float64)
    stop = np.array(entry.get("to", entry["at"]), dtype=np.float64)
    length = float(np.linalg.norm(stop - start))
    axis = stop - start if length > 0 else entry.get("axis", [0, 0, 1])
    frame = Frame.along(start, axis=axis, up=entry.get("up", [0, 1, 0]))
    size = tuple(float(s) for s in entry["size"])
    to_size = tuple(float(s) for s in entry.get("to_size", entry["size"]))
    return Part(
        frame=frame,
        length=length,
        size=(size[0], size[1], size[2]),
        to_size=(to_size[0], to_size[1], to_size[2]),
        power=float(entry.get("power", 2)),
        cut=bool(entry.get("cut", False)),
        blend=float(entry.get("blend", blend)),
        name=str(entry.get("name", "")),
    )


def build_skeleton(person: Person) -> Skeleton:
    """The bones of a person."""
    table = load_table("bones")
    rng = person.rng("bones")
    scale, width = person.scale, person.values["bone_width_factor"]
    solids = []
    for key, entry in table["bones"].items():
        parts = [part_from_table(p, table["blend"]) for p in entry["parts"]]
        parts = _vary(parts, rng, width, moves=key not in ("radius", "ulna", "capitate"))
        if key == "radius":
            parts = [_lister(p, person.values["lister_height_mm"]) for p in parts]
        parts = [p.scaled(scale) for p in parts]
        if key == "ulna":
            shift = np.array([0.0, 0.0, person.values["ulnar_variance_mm"]])
            parts = [replace(p, frame=Frame(p.frame.origin + shift, p.frame.axes)) for p in parts]
        meets = tuple((m[0], float(m[1]) * scale, float(m[2])) for m in entry["meets"])
        solids.append(Solid(key, tuple(parts), meets))
    rays = make_rays(table, rng, scale=scale, width=width)
    gaps = {name: float(gap) * scale for name, gap in table["joint_gap"].items()}
    for ray in rays.values():
        solids += ray_solids(ray, gaps, table["bases_meet"])
    solids += sesamoid_solids(rays[1], table["sesamoids"], scale * width)
    solids = _with_erosion(solids, person, rays)
    regions = _regions(table, scale) + _cartilage(table, person, rays)
    return Skeleton(tuple(solids), rays, tuple(regions))


def _vary(
    parts: Sequence[Part], rng: np.random.Generator, width: float, *, moves: bool
) -> list[Part]:
    """The same bone in another person: a little larger, a little elsewhere."""
    grow = width * (1 + 0.02 * np.clip(rng.standard_normal(3), -2, 2))
    grow[2] /= width
    shift = 0.25 * np.clip(rng.standard_normal(3), -2, 2) if moves else np.zeros(3)
    return [
        replace(
            p,
            frame=Frame(p.frame.origin + shift, p.frame.axes),
            size=tuple(np.array(p.size) * grow),
            to_size=tuple(np.array(p.to_size) * grow),
        )
        if not p.cut
        else replace(p, frame=Frame(p.frame.origin + shift, p.frame.axes))
        for p in parts
    ]


def _lister(part: Part, height_mm: float) -> Part:
    """Lister's tubercle with its drawn height above the table's 3 mm."""
    if part.name != "lister":
        return part
    return replace(
        part,
        size=(part.size[0], part.size[1] + height_mm - 3.0, part.size[2]),
        to_size=(part.to_size[0], part.to_size[1] + height_mm - 3.0, part.to_size[2]),
    )


def _regions(table: Mapping[str, Any], scale: float) -> list[Region]:
    flat = np.eye(3)
    found = []
    for key, entry in table["regions"].items():
        half = [float(h) * scale for h in entry["half"]]
        centre = np.array(entry["centre"], dtype=np.float64) * scale
        found.append(Region(key, entry["bone"], Frame(centre, flat), (half[0], half[1], half[2])))
    return found


def _cartilage(table: Mapping[str, Any], person: Person, rays: Mapping[int, Ray]) -> list[Region]:
    flat, scale = np.eye(3), person.scale
    found = []
    for entry in table["cartilage"]:
        half = [float(h) * scale for h in entry["half"]]
        centre = np.array(entry["centre"], dtype=np.float64) * scale
        found.append(
            Region(
                "cartilage",
                entry["bone"],
                Frame(centre, flat),
                (half[0], half[1], half[2]),
                person.values["carpal_cartilage_mm"],
            )
        )
    for ray in rays.values():
        w, h, r = ray.head_half
        found.append(
            Region(
                "cartilage",
                f"metacarpal_{ray.number}",
                ray.head.moved(0.55 * r),
                (1.3 * w, 1.35 * h, 0.95 * r),
                person.values["mcp_cartilage_mm"],
            )
        )
        for segment in ray.segments[:-1]:
            half_head = segment.head_half
            frame = segment.frame.moved(segment.length - 0.35 * half_head[1])
            found.append(
                Region(
                    "cartilage",
                    segment.key,
                    frame,
                    (1.3 * half_head[0], 1.3 * half_head[1], 0.9 * half_head[1]),
                    0.7 * person.values["mcp_cartilage_mm"],
                )
            )
    return found


def erosion_site(person: Person, rays: Mapping[int, Ray], solids: Sequence[Solid]) -> Array | None:
    """Where the person's cortical break is, on the table's surface of the bone, or None."""
    sites = [p.site for p in person.pathologies if p.kind == "cortical_erosion"]
    if not sites:
        return None
    solid = next(s for s in solids if s.key == sites[0])
    if sites[0].startswith("metacarpal"):
        ray = rays[int(sites[0][-1])]
        start, toward = ray.head.point(0, 0, -3.5), ray.head.axes[1]
    else:
        low, high = solid.box()
        start = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2])
        if sites[0] == "ulna":
            start = next(p for p in solid.parts if p.name == "head").frame.origin
        toward = np.array([0.0, 1.0, 0.0])
    steps = np.linspace(0, 20, 400)
    inside = solid.distance(start + steps[:, None] * toward) < 0
    reach = float(steps[inside].max()) if inside.any() else 0.0
    found: Array = start + reach * toward
    return found


def _with_erosion(solids: list[Solid], person: Person, rays: Mapping[int, Ray]) -> list[Solid]:
    width = person.values["erosion_mm"]
    centre = erosion_site(person, rays, solids)
    if centre is None or width <= 0:
        return solids
    site = next(p.site for p in person.pathologies if p.kind == "cortical_erosion")
    half = width / 2
    hole = Part(
        Frame(centre, np.eye(3)),
        0.0,
        (half, 0.8 * half, half),
        (half, 0.8 * half, half),
        cut=True,
        blend=0.3,
        name="erosion",
    )
    return [replace(s, parts=(*s.parts, hole)) if s.key == site else s for s in solids]
