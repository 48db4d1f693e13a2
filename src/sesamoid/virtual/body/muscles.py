"""Muscles: tubes that fill what others leave."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import unit
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray
from sesamoid.virtual.body.tubes import Kind, Rank, Tube, straight_frame


def muscles(person: Person, skeleton: Skeleton, tubes: list[Tube]) -> list[Tube]:
    """Muscles as tubes that fill what others leave."""
    table, scale = load_table("soft"), person.scale
    found = []
    for entry in table["muscles"].values():
        points = np.array(entry["points"], dtype=np.float64) * scale
        half = np.array(entry["half"], dtype=np.float64) * scale
        up = np.broadcast_to(unit(entry["up"]), points.shape)
        found.append(
            Tube(
                entry["key"],
                "muscle",
                points,
                half,
                up,
                straight_frame(points, up=up[0]),
                kind=Kind.MUSCLE,
                rank=Rank.FILLER,
                power=float(entry.get("power", 2)),
            )
        )
    rule = table["interossei"]
    for a, b in rule["between"]:
        found.append(_interosseous(skeleton.rays[a], skeleton.rays[b], rule, scale))
    rule = table["lumbrical"]
    for number in rule["of"]:
        host = next(t for t in tubes if t.key == f"fdp_{number}")
        inner = host.points[:, 2] > rule["from_z"] * scale
        inner &= host.points[:, 2] < skeleton.rays[number].head.origin[2]
        offset = np.c_[host.half[inner, 0] + 0.9 * scale, np.zeros((inner.sum(), 2))]
        half = np.broadcast_to(np.array(rule["half"]) * scale, (inner.sum(), 2))
        points = host.points[inner] + offset
        found.append(
            Tube(
                "",
                "muscle",
                points,
                half,
                host.up[inner],
                host.frame,
                kind=Kind.MUSCLE,
                rank=Rank.FILLER,
            )
        )
    return found


def _interosseous(a: Ray, b: Ray, rule: dict[str, float], scale: float) -> Tube:
    shares = np.linspace(rule["from"], rule["to"], 7)
    if a.number == 1:
        shares = np.linspace(0.15, 0.8, 7)
    first = np.stack([a.metacarpal.point(0, 0, s * a.length) for s in shares])
    second = np.stack([b.metacarpal.point(0, 0, s * b.length) for s in shares])
    if a.number == 1:
        # Arises from both, but lies against the second metacarpal.
        first = (
            second
            + (first - second)
            * np.minimum(1.0, 15.0 * scale / np.linalg.norm(first - second, axis=1))[:, None]
        )
    points = (first + second) / 2
    width = np.linalg.norm((first - second)[:, :2], axis=1) / 2 + 0.0
    fade = np.sin(np.pi * np.clip(shares, 0.12, 0.88)) ** 0.4
    half = np.c_[width, np.full(7, rule["height"] * scale) * fade]
    across = unit(np.r_[(first - second)[3, :2], 0.0])
    up = np.broadcast_to(np.array([-across[1], across[0], 0.0]), points.shape)
    up = up * np.sign(up[0, 1])
    return Tube(
        "interosseous_muscle",
        "muscle",
        points,
        half,
        up,
        straight_frame(points),
        kind=Kind.MUSCLE,
        rank=Rank.FILLER,
        power=3,
    )
