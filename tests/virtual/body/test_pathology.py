"""Pathologies of known severity change on the section what they should, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from sesamoid.errors import SesamoidError
from sesamoid.virtual.body import Pathology, WristHand, draw_person, overlaps
from sesamoid.virtual.body.tissue_codes import tissue_codes
from tests.virtual.body.measure import (
    a1_thickness_mm,
    area_mm2,
    cut,
    extent_mm,
    mask,
    recess_thickness_mm,
)
from tests.virtual.body.people import body

# Nobody's nerve is bifid here, so that it has one width and one height.
SEEDS = (0, 3)
# Pooled inlet area of the median nerve with its confidence interval, mild to severe (Room, R).
ROOM = {1: (11.23, 12.05), 2: (12.59, 14.89), 3: (14.50, 19.10)}


def bowing_mm(one: WristHand) -> float:
    """How far the retinaculum's middle is palmar of the line between its ends, at the outlet."""
    section = cut(one, "S12")
    found = mask(one, section, "flexor_retinaculum")
    columns = np.flatnonzero(found.any(axis=0))
    height = found.argmax(axis=0)[columns] * section.grid.spacing_mm[0]
    tenth = len(columns) // 10
    ends = np.interp(
        columns,
        [columns[:tenth].mean(), columns[-tenth:].mean()],
        [height[:tenth].mean(), height[-tenth:].mean()],
    )
    middle = slice(4 * tenth, 6 * tenth)
    return float((ends - height)[middle].mean())


@pytest.mark.parametrize("seed", SEEDS)
def test_carpal_tunnel_syndrome(seed):
    inlet, flat, bowed = [], [], []
    for kind in (
        "",
        "carpal_tunnel_syndrome:1",
        "carpal_tunnel_syndrome:2",
        "carpal_tunnel_syndrome:3",
    ):
        one = body(seed, kind) if kind else body(seed)
        inlet.append(area_mm2(one, cut(one, "S11"), "median_nerve"))
        outlet = cut(one, "S12")
        width, height = extent_mm(mask(one, outlet, "median_nerve"), outlet)
        flat.append(width / height)
        bowed.append(bowing_mm(one))
    assert inlet == sorted(inlet)
    assert flat[3] > flat[0] * 1.15
    assert flat[1:] == sorted(flat[1:])
    assert bowed == sorted(bowed)
    # The facts call more than 1 mm bowed.
    assert bowed[3] - bowed[0] > 1.0


def test_carpal_tunnel_syndrome_has_the_pooled_areas():
    for severity, (low, high) in ROOM.items():
        areas = [
            draw_person(seed, f"carpal_tunnel_syndrome:{severity}").values[
                "median_nerve_csa_inlet_mm2"
            ]
            for seed in range(400)
        ]
        assert low < np.mean(areas) < high


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("radiocarpal_synovitis:{}", "radiocarpal_recess"),
        ("midcarpal_synovitis:{}", "midcarpal_recess"),
        ("mcp_synovitis:{}:3", "mcp_recess_3"),
    ],
)
def test_synovitis_thickens_its_recess_grade_by_grade(kind, key):
    seed = 0
    sick = [body(seed, kind.format(grade)) for grade in range(4)]
    thickness = [recess_thickness_mm(one, key) for one in sick]
    assert thickness[0] == pytest.approx(recess_thickness_mm(body(seed), key), abs=1e-6)
    assert (np.diff(thickness) > 0.3).all()
    tissues = {next(r for r in one.anatomy.recesses if r.key == key).tissue for one in sick[1:]}
    assert tissues == {"synovium"}
    other = "mcp_recess_2"
    assert recess_thickness_mm(sick[3], other) == pytest.approx(
        recess_thickness_mm(body(seed), other), abs=0.02
    )


def rim_mm2(one: WristHand, plane: str, tendons: tuple[str, ...], tissue: str) -> float:
    """Area of a tissue within 3 mm of tendons."""
    section = cut(one, plane)
    row, column = section.grid.spacing_mm
    away = ndimage.distance_transform_edt(~mask(one, section, *tendons), sampling=(row, column))
    there = (section.tissue == tissue_codes()[tissue]) & (away < 3.0)
    return float(there.sum() * row * column)


@pytest.mark.parametrize(
    ("kind", "plane", "tendons", "tissue"),
    [
        ("de_quervain", "S1", ("apl", "epb"), "synovium"),
        ("ecu_tenosynovitis", "S4", ("ecu",), "fluid"),
    ],
)
def test_tenosynovitis_swells_tendon_and_sheath(kind, plane, tendons, tissue):
    everyone = [body(0), *(body(0, f"{kind}:{severity}") for severity in (1, 2, 3))]
    tendon = [area_mm2(one, cut(one, plane), *tendons) for one in everyone]
    rim = [rim_mm2(one, plane, tendons, tissue) for one in everyone]
    assert tendon == sorted(tendon)
    assert rim == sorted(rim)
    assert rim[0] < 0.5
    assert rim[1] > 2.0


def test_trigger_finger_thickens_the_pulley_of_its_finger_only():
    healthy = [a1_thickness_mm(body(0), n) for n in range(1, 6)]
    for severity, least in ((1, 0.35), (2, 0.55), (3, 0.85)):
        sick = [a1_thickness_mm(body(0, f"trigger_finger:{severity}:3"), n) for n in range(1, 6)]
        # Beyond the normal range, which ends at 0.35 mm (A1).
        assert sick[2] > least
        assert [sick[i] for i in (0, 1, 3, 4)] == pytest.approx(
            [healthy[i] for i in (0, 1, 3, 4)], abs=0.017
        )


def test_a_ganglion_grows_over_the_scapholunate_ligament():
    sizes = []
    for severity in (1, 2, 3):
        one = body(0, f"ganglion:{severity}")
        section = cut(one, "S6")
        found = mask(one, section, "ganglion")
        assert (section.tissue[found] == tissue_codes()["fluid"]).all()
        sizes.append(area_mm2(one, section, "ganglion"))
    assert sizes == sorted(sizes)
    assert sizes[0] > 1.0
    assert area_mm2(body(0), cut(body(0), "S6"), "ganglion") == 0


def test_an_erosion_breaks_the_cortex_of_its_bone_only():
    healthy = cut(body(0), "S8", digit=2)
    missing = []
    for severity in (1, 2, 3):
        one = body(0, f"cortical_erosion:{severity}:metacarpal_2")
        section = cut(one, "S8", digit=2)
        lost = mask(body(0), healthy, "metacarpal_2") & ~mask(one, section, "metacarpal_2")
        missing.append(lost.sum() * np.prod(healthy.grid.spacing_mm))
        inside = section.tissue[lost] == tissue_codes()["synovium"]
        assert inside.mean() > 0.6
        for key in ("proximal_phalanx_2", "metacarpal_3"):
            before, after = one.anatomy.skeleton.solid(key), body(0).anatomy.skeleton.solid(key)
            assert len(before.parts) == len(after.parts)
    assert missing == sorted(missing)
    assert missing[0] > 0.5


@pytest.mark.parametrize("kind", ["carpal_tunnel_syndrome:3", "ganglion:3", "de_quervain:3"])
def test_a_sick_hand_has_no_overlaps_either(kind):
    assert overlaps(body(0, kind)) == []


@pytest.mark.parametrize(
    "text", ["gout", "ganglion:9", "trigger_finger:1:6", "ganglion:x", "ganglion:1:2"]
)
def test_unknown_pathologies_are_refused_with_what_there_is(text):
    with pytest.raises(SesamoidError) as error:
        Pathology.parse(text)
    assert error.value.fix
