"""Arteries and nerves of the fingers, beside the flexor tendons at the metacarpal heads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.finger_profile import Profile
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.nerves import pack_fascicles
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.tubes import Kind, Rank, Tube

PULSE = 0.07


def bundle_tubes(person: Person, skeleton: Skeleton, profiles: Mapping[int, Profile]) -> list[Tube]:
    """Common digital artery and nerve, beside the flexor tendons at the metacarpal heads."""
    rule, scale = load_table("tubes")["bundles"], person.scale
    places: list[Array] = []
    t = np.array([-22.0, -12.0, -4.0, 4.0, 11.0]) * scale

    def beside(number: int, u: float) -> Array:
        ray = skeleton.rays[number]
        depth = profiles[number].palmar_at(0.0) + 3.6 * scale
        line: Array = ray.head.origin + np.c_[np.full(5, u), np.full(5, -depth), t] @ ray.head.axes
        return line

    for a, b in rule["between"]:
        places.append((beside(a, 0.0) + beside(b, 0.0)) / 2)
    for number, sign in ((2, 1.0), (1, 1.0), (5, -1.0), (1, -1.0)):
        reach = skeleton.rays[number].head_half[0] + 1.2 * scale
        if number == 1:
            reach += 0.8 * scale
        places.append(beside(number, sign * reach))
    radius = rule["artery_mm"] / 2 * scale
    nerve = np.array(rule["nerve_mm"]) / 2 * scale
    found = []
    for line in places:
        order = np.argsort(line[:, 2])
        line = line[order]
        up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), line.shape)
        frame = Frame.along(line[0], axis=line[-1] - line[0])
        artery = line + np.array([0.7, 0.9, 0.0]) * scale
        beside_it = line + np.array([-0.9, -0.5, 0.0]) * scale
        found.append(
            Tube(
                "",
                "vessel_wall",
                artery,
                np.full((5, 2), radius),
                up,
                frame,
                kind=Kind.VESSEL,
                rank=Rank.SHEATH,
                shell_mm=0.16,
                pulse=PULSE,
            )
        )
        half = (float(nerve[0]), float(nerve[1]))
        found.append(
            Tube(
                "",
                "epineurium",
                beside_it,
                np.broadcast_to(nerve, (5, 2)),
                up,
                frame,
                kind=Kind.NERVE,
                rank=Rank.SHEATH,
                fascicle_half=half,
                fascicles=pack_fascicles(half, person.rng("digital")),
            )
        )
    return found
