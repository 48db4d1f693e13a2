"""Every required structure of every plane is there at its standard pose.

The suite looks at a few people; ``SESAMOID_PEOPLE=500`` looks at as many as that.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

from sesamoid.anatomy import Plane, protocol
from sesamoid.virtual.body import WristHand, draw_person, structure_keys, view, visible_area_mm2
from sesamoid.virtual.pose import SliceGrid
from tests.virtual.body.people import body

PEOPLE = int(os.environ.get("SESAMOID_PEOPLE", "30"))
PROTOCOL = protocol("wrist-hand-15")
# In at least this share of healthy people every required structure of a plane must be there.
LEAST = 0.99
# Nerves whose own published law leaves some of the healthy below the protocol's full area: the
# ulnar nerve has 5.09 (SD 1.29) mm2 (Bae) and is asked 0.5 x 2.9 x 2.2 = 3.19 mm2, 1.47 SD below
# the mean: in 7.1 % it is smaller; the median nerve has 7.4 (1.1) and 7.1 (1.0) mm2 (Mani) and is
# asked 4.75 and 4.64 mm2: 0.8 % and 0.7 %. They are asked to be present, as the protocol has it.
SMALL_BY_LAW = {("S11", "UN"), ("S11", "MN"), ("S12", "MN")}


def planes() -> Iterator[Plane]:
    for first in PROTOCOL.planes:
        yield first
        yield from first.on_other_digits


def name(plane: Plane) -> str:
    return plane.id if plane.digit is None else f"{plane.id}:{plane.digit}"


@cache
def shares() -> dict[tuple[str, str], np.ndarray]:
    """Visible area over the protocol's minimal one, by plane and part, for each person."""
    keys = structure_keys()
    found: dict[tuple[str, str], list[float]] = {}
    for seed in range(PEOPLE):
        # A few are kept for the other tests; 500 would fill the memory.
        one = body(seed) if PEOPLE <= 60 else WristHand(draw_person(seed))
        for plane in planes():
            usual = view(plane.id)
            grid = SliceGrid(320, 256, usual.depth_mm, usual.width_mm)
            section = one.section(one.standard_pose(plane.id, digit=plane.digit), grid)
            areas = visible_area_mm2(section, keys, keys[1:])
            for needed in plane.required:
                for part in needed.group.parts:
                    area = sum(areas[key] for key in part.structures)
                    label = f"{needed.label} ({part.structures[0]})"
                    found.setdefault((name(plane), label), []).append(
                        area / needed.minimal_area_mm2
                    )
    return {key: np.array(values) for key, values in found.items()}


@pytest.mark.parametrize("plane", [name(plane) for plane in planes()])
def test_required_structures_are_there(plane):
    full = np.ones(PEOPLE, dtype=bool)
    present = np.ones(PEOPLE, dtype=bool)
    worst = {}
    for (at, label), share in shares().items():
        if at != plane:
            continue
        worst[label] = round(float(share.min()), 2)
        present &= share >= PROTOCOL.grading.present_from
        if (plane, label.split(" ")[0]) not in SMALL_BY_LAW:
            full &= share >= 1
    print(f"{plane}: present {present.mean():.3f}, full area {full.mean():.3f}, least {worst}")
    assert present.mean() >= LEAST
    assert (~full).sum() <= allowed(PEOPLE)


def allowed(people: int) -> int:
    """How many of so few may miss something if 99 % of all do not: none of 30, 5 of 500."""
    return int(np.floor((1 - LEAST) * people + 1e-9))


def test_every_part_was_looked_at():
    wanted = {
        (name(plane), f"{needed.label} ({part.structures[0]})")
        for plane in planes()
        for needed in plane.required
        for part in needed.group.parts
    }
    assert set(shares()) == wanted
    assert all(len(values) == PEOPLE for values in shares().values())
