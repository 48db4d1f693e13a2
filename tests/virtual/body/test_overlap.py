"""Nothing intersects what it must not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sesamoid.virtual.body import Motion, WristHand, draw_person, overlaps
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.scene import Rank
from sesamoid.virtual.body.structures import structure_keys
from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.body.tube_arrays import pack_tubes
from tests.virtual.body.people import body


@pytest.mark.parametrize("seed", range(25))
def test_a_person_has_no_overlaps(seed):
    assert overlaps(body(seed)) == []


@pytest.mark.parametrize("seed", range(3))
def test_nor_has_it_at_the_peak_of_the_pulse(seed):
    assert overlaps(body(seed), pulse=1.0) == []


@pytest.mark.parametrize("angle", [-30.0, 30.0])
def test_nor_with_the_forearm_turned(angle):
    turned = WristHand(draw_person(1), Motion(forearm_rotation_deg=angle))
    assert overlaps(turned) == []


def test_an_overlap_is_found():
    """A tendon pushed into another, and one pushed into bone."""
    one = body(0)
    tubes = list(one.anatomy.tubes)
    for key, shift in (
        ("fcr", (0.0, 0.0, 0.0)),
        ("fds_2", (0.0, 3.0, 0.0)),
        ("ecu", (0.0, -3.0, 0.0)),
    ):
        number = next(i for i, tube in enumerate(tubes) if tube.key == key)
        tubes[number] = replace(tubes[number], points=tubes[number].points + shift)
    index = {key: i for i, key in enumerate(structure_keys())}
    scene = one.anatomy.scene._replace(tubes=pack_tubes(tubes, tissue_codes(), index))
    wrong = one.moved(Motion())
    wrong.anatomy = replace(one.anatomy, tubes=tuple(tubes), scene=scene)
    pairs = {(found.first, found.second) for found in overlaps(wrong)}
    assert ("fds_2", "fdp_2") in pairs or ("fdp_2", "fds_2") in pairs
    assert ("ecu", "bones") in pairs
    assert all("fcr" not in pair for pair in pairs)


def test_the_rules_say_why():
    rules = load_table("overlap")
    assert set(rules["not_checked"]) == {rank.name for rank in Rank} - {"EXCLUSIVE"}
    assert all(rules["not_checked"].values())
    assert set(rules["allowed"]) == {"same_structure", "same_bundle", "insertion"}
