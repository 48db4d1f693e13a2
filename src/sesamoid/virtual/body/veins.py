"""Superficial veins, in the middle of the fat."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import PchipInterpolator

from sesamoid.virtual.body.envelope import STEP_MM, Sleeve
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.tubes import Kind, Rank, Tube

WALL_MM = 0.1


def vein_tubes(person: Person, limb: Sleeve) -> list[Tube]:
    """Veins in the middle of the fat, as flat as it leaves them."""
    scale, found = person.scale, []
    rng = person.rng("veins")
    count = len(limb.skin[0])
    for rows in load_table("tubes")["veins"]:
        path = np.array(rows, dtype=np.float64) * scale
        z = np.arange(path[0, 0], path[-1, 0], 2.0)
        x = PchipInterpolator(path[:, 0], path[:, 1])(z) + rng.normal(0, 0.6)
        y = PchipInterpolator(path[:, 0], path[:, 2])(z)
        x = x + 1.2 * np.sin(z / rng.uniform(9, 14) + rng.uniform(0, 6))
        points, half, up = [], [], []
        for at, px, py in zip(z, x, y, strict=True):
            row = int(np.clip(round((at - limb.t0) / STEP_MM), 0, len(limb.centre) - 1))
            centre = limb.centre[row]
            away = np.array([px, py]) - centre
            away /= np.linalg.norm(away)
            fascia = _crossing(limb.fascia[row], away)
            skin = _crossing(limb.skin[row], away)
            room = skin - fascia - (0.6 * person.values["skin_dorsal_mm"]) - 0.75
            height = float(np.clip(0.45 * room, 0.25, 0.35 * person.values["vein_diameter_mm"]))
            middle = fascia + height + 0.15
            points.append([*(centre + middle * away), at])
            half.append([max(0.55 * person.values["vein_diameter_mm"], height), height])
            k = round(np.arctan2(away[1], away[0]) / (2 * np.pi) * count) % count
            angle = 2 * np.pi * k / count
            up.append([np.cos(angle), np.sin(angle), 0.0])
        found.append(
            Tube(
                "vein",
                "vessel_wall",
                np.array(points),
                np.array(half),
                np.array(up),
                Frame(np.zeros(3), np.eye(3)),
                kind=Kind.VESSEL,
                rank=Rank.SHEATH,
                shell_mm=WALL_MM,
            )
        )
    return found


def _crossing(support: Array, away: Array) -> float:
    """Where a ray from the centre leaves a convex section given by its support function."""
    angle = 2 * np.pi * np.arange(len(support)) / len(support)
    cosine = np.cos(angle) * away[0] + np.sin(angle) * away[1]
    facing = cosine > 0.05
    return float((support[facing] / cosine[facing]).min())
