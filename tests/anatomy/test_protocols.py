"""The shipped protocol of 15 planes says what the facts say, and says what is published."""

from __future__ import annotations

import pickle
from math import acos, cos, degrees, radians

import pytest

from sesamoid.anatomy import Axis, PoseTolerance, protocol, protocols, structures
from sesamoid.errors import SesamoidError

HAND = protocol("wrist-hand-15")

# Clinical facts 1.1: labels and planes that are public.
PUBLISHED = {
    "S5": {"Rad", "Lun", "Cap", "3rd Met", "R-C.JS", "L-C.JS", "C-M.JS"},
    "S11": {"FCR", "FPL", "FD", "MN", "Pis", "Sca", "UA", "UN"},
    "S14": {"A1", "D&Ss"},
}

# Clinical facts 1.4 [P]: critical structures of each plane, by label.
CRITICAL = {
    "S1": {"APL", "EPB", "Rad"}, "S2": {"Lister", "EPL"}, "S3": {"EDC", "Rad"},
    "S4": {"ECU", "UlnGroove"}, "S5": {"Rad", "Lun", "Cap"}, "S6": {"Sca", "Lun", "SLL"},
    "S7": {"TFCC", "Tri"}, "S8": {"MC", "PP"}, "S9": {"D&Ss", "PP"}, "S10": {"MN", "Lun"},
    "S11": {"MN", "Sca", "Pis"}, "S12": {"MN", "Ham", "Trm"}, "S13": {"FPL", "Ses"},
    "S14": {"D&Ss", "MC"}, "S15": {"D&Ss", "MC"},
}  # fmt: skip


def test_there_are_fifteen_planes_in_order() -> None:
    assert [plane.id for plane in HAND.planes] == [f"S{k}" for k in range(1, 16)]


def test_only_three_names_are_published() -> None:
    assert [plane.id for plane in HAND.planes if plane.name_fixed] == list(PUBLISHED)


@pytest.mark.parametrize(
    ("plane_id", "name"),
    [
        ("S5", "Dorsal longitudinal plane of the wrist joint"),
        ("S11", "Transverse section of the proximal carpal tunnel"),
        ("S14", "Transverse section of the second and third flexor tendons"),
    ],
)
def test_the_published_names_are_word_for_word(plane_id: str, name: str) -> None:
    assert HAND.plane(plane_id).name == name


def test_the_seventeen_published_labels_stand_with_their_planes() -> None:
    assert len(HAND.published_labels) == 17
    for plane_id, labels in PUBLISHED.items():
        assert {p.label for p in HAND.published_labels if plane_id in p.planes} == labels


def test_every_published_label_is_required_in_its_plane() -> None:
    for published in HAND.published_labels:
        assert set(published.planes) <= set(HAND.labels[published.label])


@pytest.mark.parametrize("plane_id", CRITICAL)
def test_critical_structures_are_those_of_the_facts(plane_id: str) -> None:
    plane = HAND.plane(plane_id)
    assert {needed.label for needed in plane.required if needed.critical} == CRITICAL[plane_id]


def test_sizes_without_a_published_source_are_called_proposals() -> None:
    tags = {HAND.sources[n.source].tag for plane in HAND.planes for n in plane.required}
    assert tags == {"R", "P"}
    # Facts 1.3: recess and cartilage thickness of S5 and S8, A1, and the nerves have a source.
    sourced = {(p.id, n.label) for p in HAND.planes for n in p.required if n.source != "P"}
    assert sourced == {
        ("S5", "R-C.JS"), ("S8", "MCP.JS"), ("S8", "Cart"), ("S10", "MN"), ("S11", "MN"),
        ("S11", "UN"), ("S12", "MN"), ("S13", "A1"), ("S14", "A1"), ("S15", "A1"),
    }  # fmt: skip


def test_the_median_nerve_of_the_inlet_has_its_published_area() -> None:
    nerve = next(n for n in HAND.plane("S11").required if n.label == "MN")
    area = 3.14159 / 4 * nerve.width_mm * nerve.height_mm
    assert area == pytest.approx(7.4, rel=0.02)  # Mani 2011, facts 1.3
    assert nerve.width_mm / nerve.height_mm == pytest.approx(2.66, rel=0.02)


def test_a_label_group_names_its_tendons() -> None:
    labels = HAND.plane("S11").labels
    assert labels["FD"].structures == tuple(f"{t}_{k}" for t in ("fds", "fdp") for k in range(2, 6))
    assert labels["MN"].structures == ("median_nerve",)


def test_two_fingers_are_two_parts() -> None:
    plane = HAND.plane("S14")
    assert [part.key for part in plane.labels["D&Ss"].parts] == ["D&Ss:index", "D&Ss:middle"]
    part, needed = plane.parts["D&Ss:middle"]
    assert part.structures == ("fds_3", "fdp_3")
    assert part.title == "flexor tendons of the middle finger"
    assert needed.critical


def test_a_structure_finds_its_label() -> None:
    plane = HAND.plane("S14")
    assert plane.label_of("fdp_3") == "D&Ss"
    assert plane.label_of("volar_plate_2") == "VP"  # optional
    assert plane.label_of("median_nerve") is None


def test_no_label_of_a_plane_hides_another() -> None:
    for plane in HAND.planes:
        keys = [key for group in plane.labels.values() for key in group.structures]
        assert len(keys) == len(set(keys)), plane.id
        assert set(keys) <= set(structures())


def test_a_finger_plane_can_be_had_on_another_finger() -> None:
    assert HAND.plane("S8").labels["MC"].structures == ("metacarpal_2",)
    assert HAND.plane("S8", digit=3).labels["MC"].structures == ("metacarpal_3",)


def test_an_undefined_finger_names_the_defined_ones() -> None:
    with pytest.raises(SesamoidError, match="use one of 2, 3"):
        HAND.plane("S8", digit=1)


def test_a_wrist_plane_has_no_fingers() -> None:
    with pytest.raises(SesamoidError, match="leave the digit out"):
        HAND.plane("S11", digit=2)


def test_orientation_has_a_default_and_exceptions() -> None:
    assert {p.left for p in HAND.planes if p.axis is Axis.LONGITUDINAL} == {"proximal"}
    assert {p.id: p.left for p in HAND.planes if p.left not in ("radial", "proximal")} == {
        "S1": "palmar"
    }
    assert (HAND.plane("S11").right, HAND.plane("S1").right) == ("ulnar", "dorsal")


def test_pulleys_ask_for_their_resolution() -> None:
    # Facts 1.3: A1 needs at least 20 px/mm to be segmented.
    assert {p.id for p in HAND.planes if p.min_px_per_mm == 20} == {"S13", "S14", "S15"}


def test_visibility_needs_less_of_the_bones_that_a_probe_cannot_hold() -> None:
    rad, lun = HAND.plane("S5").required[:2]
    assert rad.minimal_area_mm2 == pytest.approx(0.2 * 18)
    assert lun.minimal_area_mm2 == pytest.approx(0.5 * 11)


def test_excess_is_the_worst_error_in_tolerances() -> None:
    tolerance = PoseTolerance(4, 2, 10, 8, 10)
    assert tolerance.excess(along_mm=-2, across_mm=1, rotation_deg=15, tilt_deg=4) == 1.5
    assert tolerance.excess() == 0


def test_the_rule_is_that_of_the_facts() -> None:
    rule = HAND.grading
    # Q = .40 S + .15 C + .10 K + .10 T + .10 D + .10 G + .05 R; A from .85, B from .60.
    assert list(rule.weights.values()) == [0.40, 0.15, 0.10, 0.10, 0.10, 0.10, 0.05]
    assert (rule.a_score, rule.b_score, rule.present_from, rule.centre_span) == (
        0.85,
        0.6,
        0.5,
        0.25,
    )
    assert {fault for fault, limit in rule.faults.items() if limit == "C"} == {
        "wrong_plane", "missing_critical", "depth_cuts_critical", "dropout_over_critical",
    }  # fmt: skip
    assert "proposal" in rule.citation


def test_tendon_limit_lies_where_tilt_becomes_visible() -> None:
    low, high = HAND.checks.tilt_exponent
    angle = degrees(acos(HAND.grading.tendon_echo_least ** (1 / ((low + high) / 2))))
    assert HAND.checks.tilt_visible_deg[0] < angle < HAND.checks.tilt_visible_deg[1]


def test_within_tolerance_no_tendon_is_too_dark() -> None:
    steep = HAND.checks.tilt_exponent[1]
    for plane in HAND.planes:
        tendons = any(n.group.category == "tendon" for n in plane.required)
        fibre_tilt = (
            plane.tolerance.tilt_deg if plane.axis is Axis.TRANSVERSE else plane.tolerance.rock_deg
        )
        if tendons:
            assert cos(radians(fibre_tilt)) ** steep >= HAND.grading.tendon_echo_least, plane.id


def test_an_unknown_plane_names_the_known_ones() -> None:
    with pytest.raises(SesamoidError, match=r"no plane 'S16'.*S1, S2"):
        HAND.plane("S16")


def test_an_unknown_protocol_names_the_known_ones() -> None:
    with pytest.raises(SesamoidError, match=r"no protocol 'knee'.*wrist-hand-15"):
        protocol("knee")


def test_shipped_ids_are_those_of_their_files() -> None:
    assert {key: each.id for key, each in protocols().items()} == {key: key for key in protocols()}


def test_a_protocol_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(HAND)) == HAND
