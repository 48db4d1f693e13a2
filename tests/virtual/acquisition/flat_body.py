"""A body as simple as can be: skin, fat, one tendon, one bone, the same all along z."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sesamoid.anatomy import protocol
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.body.person import Person, draw_person
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound import Scanner, preset

KEYS = ("", "ecu", "ulnar_groove", "skin", "subcutaneous_fat", "ulna")
TENDON_MM, BONE_MM, GROOVE_MM = 4.0, 6.0, 9.0
DOWN, LEFT = np.array([0.0, -1.0, 0.0]), np.array([-1.0, 0.0, 0.0])


class FlatBody:
    """The skin is the plane y = 0, the body lies below; the tendon runs along z at x = 0.

    Planes of the protocol lie 64 mm apart along z and look alike; S4 is the one that fits.
    """

    def __init__(self) -> None:
        self.person: Person = draw_person(7)
        self.times: list[float] = []

    @property
    def structures(self) -> tuple[str, ...]:
        return KEYS

    def sizes(self) -> Mapping[str, float]:
        return {"tendon_width_mm": 5.0}

    def standard_pose(
        self, plane: str, *, digit: int | None = None, swap: bool = False
    ) -> ProbePose:
        z = 64.0 * int(plane[1:]) + 8.0 * (digit or 0)
        return ProbePose.looking(
            np.array([0.0, -0.5, z]), axial=DOWN, lateral=-LEFT if swap else LEFT
        )

    def skin_distance(self, point, direction, *, limit_mm: float = 200.0) -> float:
        if direction[1] >= 0:
            return float("inf")
        return float(-point[1] / direction[1])

    def section(self, pose: ProbePose, grid: SliceGrid, *, time_s: float = 0.0) -> Section:
        self.times.append(time_s)
        table = tissue_table()
        points = grid.points(pose)
        x, y = points[..., 0], points[..., 1]
        layers = (
            (y >= 0, "air", 0),
            (y < 0, "skin", 3),
            (y < -1.2, "fat", 4),
            (np.hypot(x / 2.5, (y + TENDON_MM) / 1.5) < 1, "tendon", 1),
            ((y < -BONE_MM) & (np.abs(x) <= GROOVE_MM / 2), "cortex", 2),
            ((y < -BONE_MM - 3) & (np.abs(x) > GROOVE_MM / 2), "cortex", 5),
        )
        tissue, structure = np.zeros(x.shape, np.uint8), np.zeros(x.shape, np.uint8)
        for where, name, index in layers:
            tissue[where], structure[where] = table.index(name), index
        inside = y < 0
        gap = np.where(inside.any(axis=0), inside.argmax(axis=0) * grid.spacing_mm[0], np.inf)
        for column, mm in enumerate(gap):
            if 0 < mm < 5:
                tissue[~inside[:, column], column] = table.index("gel")
        fibre = np.where(structure == 1, abs(float(pose.axial[2])), 0)
        return Section(
            grid,
            tissue,
            structure,
            np.full(x.shape, abs(float(pose.axial[1])), np.float32),
            fibre.astype(np.float32),
            points,
            gap.astype(np.float32),
        )


def examination() -> Examination:
    return Examination(FlatBody(), protocol("wrist-hand-15"), slices=1)


def scanner(**settings) -> Scanner:
    machine = preset("aster-a3")
    chosen = {"probe": "L25", "depth_mm": 12.0, "focus_mm": 5.0, "gel_mm": 4.0, **settings}
    return Scanner(machine, machine.settings(**chosen))
