"""The grade of a plane, rule by rule (clinical facts 1.4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.anatomy import GradeRule, Plane, protocol
from sesamoid.errors import SesamoidError
from sesamoid.findings import Grade, GradeLetter
from sesamoid.measure import PlaneEvidence, part_visibility, plane_grade

HAND = protocol("wrist-hand-15")
TUNNEL = HAND.plane("S11")
RULE = HAND.grading
ORDER = "CBA"


def faultless(plane: Plane = TUNNEL, **changes: Any) -> PlaneEvidence:
    """Everything seen, nothing wrong; with some changes."""
    parts = plane.parts
    bones = [k for k, (_, n) in parts.items() if n.group.category == "bone"]
    tendons = [k for k, (_, n) in parts.items() if n.group.category == "tendon"]
    fields: dict[str, Any] = {
        "visibility": dict.fromkeys(parts, 1.0),
        "centre_offset": 0.0,
        "continuity": dict.fromkeys(bones, 1.0),
        "tendon_echo": dict.fromkeys(tendons, 1.0),
        "depth_fill": 0.6,
        "mean_grey": 80.0,
        "usable": 0.97,
        "lift_off": 0.0,
        "reverberation": 0.0,
    }
    return PlaneEvidence(**(fields | changes))


def seen(**visibility: float) -> dict[str, float]:
    return dict.fromkeys(TUNNEL.parts, 1.0) | visibility


def graded(plane: Plane = TUNNEL, rule: GradeRule = RULE, **changes: Any) -> Grade:
    return plane_grade(faultless(plane, **changes), plane, rule)


@pytest.mark.parametrize("plane", HAND.planes, ids=lambda plane: plane.id)
def test_a_faultless_picture_is_a_without_reasons(plane: Plane) -> None:
    grade = graded(plane)
    assert (grade.letter, grade.score, grade.reasons) == (GradeLetter.A, pytest.approx(1), ())


@pytest.mark.parametrize(
    ("grey", "start"), [(80.0, "mean"), (25.0, "gain low"), (160.0, "gain high")]
)
def test_grey_is_called_low_or_high_only_where_it_is(grey: float, start: str) -> None:
    (gain,) = (one for one in graded(mean_grey=grey).sub_scores if one.name == "gain")
    assert gain.detail.startswith(start)
    assert (gain.score == 1) == (start == "mean")


# --- what forces C -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plane_probability": 0.49}, "C: not plane S11: probability 0.49"),
        ({"reversed": True}, "C: shown the wrong way round: radial belongs at the left"),
        ({"visibility": seen(Pis=0.49)}, "C: pisiform only 49% visible"),
        ({"visibility": seen(MN=0)}, "C: median nerve not seen"),
        (
            {"depth_cut": frozenset({"Sca"})},
            "C: scaphoid cut off at the bottom: the picture is too shallow (100% visible)",
        ),
        (
            {"dropout": frozenset({"Pis"})},
            "C: pisiform without contact above it (100% visible)",
        ),
    ],
    ids=["other plane", "reversed", "too little seen", "missing", "depth", "dropout"],
)
def test_a_critical_fault_forces_c(changes: dict[str, Any], reason: str) -> None:
    grade = graded(**changes)
    assert grade.letter is GradeLetter.C
    assert grade.reasons[0] == reason


@pytest.mark.parametrize("plane", HAND.planes, ids=lambda plane: plane.id)
def test_each_critical_structure_of_each_plane_is_critical(plane: Plane) -> None:
    for key in plane.critical:
        visibility = dict.fromkeys(plane.parts, 1.0) | {key: 0.0}
        assert graded(plane, visibility=visibility).letter is GradeLetter.C, key


def test_one_of_two_fingers_missing_forces_c() -> None:
    plane = HAND.plane("S14")
    visibility = dict.fromkeys(plane.parts, 1.0) | {"D&Ss:middle": 0.0}
    grade = graded(plane, visibility=visibility)
    assert grade.letter is GradeLetter.C
    assert "flexor tendons of the middle finger not seen" in grade.reasons[0]


def test_a_low_score_forces_c_and_says_so() -> None:
    grade = graded(
        visibility=seen(**dict.fromkeys(TUNNEL.parts, 0.5)), centre_offset=0.24, depth_fill=0.05,
        mean_grey=21.0, usable=0.56, lift_off=0.3,
    )  # fmt: skip
    assert grade.letter is GradeLetter.C
    assert grade.reasons[0].startswith("C: overall score 0.")
    assert grade.reasons[0].endswith("is below 0.60")


def test_cut_or_silent_minor_structures_do_not_force_c() -> None:
    grade = graded(depth_cut=frozenset({"FD"}), dropout=frozenset({"UA"}))
    assert grade.letter is GradeLetter.A


# --- what caps at B ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"visibility": seen(UN=0.4)}, "B: ulnar nerve only 40% visible"),
        ({"visibility": seen(UA=0.0)}, "B: ulnar artery not seen"),
        (
            {"tendon_echo": {"FCR": 0.69}},
            "B: flexor carpi radialis tendon dark: the beam is not at a right angle "
            "(echo 0.69 of normal)",
        ),
        ({"mean_grey": 19.0}, "B: gain low: mean grey 19 of 255"),
        ({"mean_grey": 171.0}, "B: gain high: mean grey 171 of 255"),
        ({"usable": 0.54}, "B: 46% of the picture is black or saturated"),
        (
            {"centre_offset": -0.26},
            "B: structures lie 26% of the width to the left of the middle",
        ),
        ({"continuity": {"Sca": 0.79}}, "B: bone line of the scaphoid broken (79% shown)"),
    ],
    ids=["minor", "minor gone", "anisotropy", "dark", "bright", "black", "centre", "cortex"],
)
def test_a_fault_caps_at_b(changes: dict[str, Any], reason: str) -> None:
    grade = graded(**changes)
    assert grade.letter is GradeLetter.B
    assert grade.reasons[0] == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"plane_probability": 0.5},
        {"visibility": seen(Pis=0.5)},
        {"tendon_echo": {"FCR": 0.70}},
        {"mean_grey": 20.0},
        {"usable": 0.55},
        {"centre_offset": 0.25},
        {"continuity": {"Sca": 0.80}},
    ],
    ids=["plane", "visibility", "tendon", "grey", "usable", "centre", "cortex"],
)
def test_at_its_limit_nothing_is_a_fault(changes: dict[str, Any]) -> None:
    assert graded(rule=replace(RULE, a_score=0.8), **changes).letter is GradeLetter.A


def test_a_low_score_alone_is_b_and_says_what_cost_most() -> None:
    grade = graded(centre_offset=0.2, lift_off=0.2, depth_fill=0.95)
    assert grade.letter is GradeLetter.B
    assert [text.split(":")[1].split()[0] for text in grade.reasons] == [
        "structures",
        "structures",
        "no",
    ]
    assert "set more depth" in grade.reasons[1]


def test_the_reasons_name_the_edge_that_cuts() -> None:
    grade = graded(visibility=seen(Pis=0.3), edge_cut={"Pis": "right"}, mean_grey=15.0)
    assert grade.reasons[:2] == (
        "C: pisiform cut off at the right edge (30% visible)",
        "B: gain low: mean grey 15 of 255",
    )


def test_worst_reasons_come_first() -> None:
    letters = [
        text[0]
        for text in graded(
            mean_grey=15.0, centre_offset=0.3, visibility=seen(Sca=0.0, UN=0.0), reversed=True
        ).reasons
    ]
    assert letters == sorted(letters, reverse=True)


def test_no_reason_stands_twice() -> None:
    reasons = graded(mean_grey=6.0, centre_offset=0.4, continuity={"Sca": 0.1}).reasons
    assert len(reasons) == len(set(reasons))


# --- the score ---------------------------------------------------------------------------------


def test_the_score_is_the_weighted_mean_of_the_facts() -> None:
    grade = graded(
        visibility=seen(UN=0.8), centre_offset=0.05, continuity={"Sca": 0.9, "Pis": 1.0},
        tendon_echo={"FCR": 0.8, "FPL": 1.2, "FD": 1.0}, depth_fill=0.3, mean_grey=40.0,
        usable=0.76, lift_off=0.10,
    )  # fmt: skip
    structures = 1 - 0.2 / 11  # 3 critical of weight 2, 5 minor of weight 1
    parts = [structures, 1 - 0.05 / 0.25, 0.95, (0.8 + 1 + 1) / 3, 0.75, 0.8, 0.8]
    assert [s.score for s in grade.sub_scores] == pytest.approx(parts)
    weights = [0.40, 0.15, 0.10, 0.10, 0.10, 0.10, 0.05]
    assert grade.score == pytest.approx(sum(w * p for w, p in zip(weights, parts, strict=True)))


def test_what_was_not_assessed_neither_helps_nor_harms() -> None:
    bare = PlaneEvidence(visibility=seen(UN=0.8))
    grade = plane_grade(bare, TUNNEL, RULE)
    assert [s.name for s in grade.sub_scores] == ["structures"]
    assert grade.score == pytest.approx(1 - 0.2 / 11)


def test_what_was_not_named_was_not_seen() -> None:
    assert plane_grade(PlaneEvidence(visibility={}), TUNNEL, RULE).letter is GradeLetter.C


def test_optional_structures_change_nothing() -> None:
    with_retinaculum = graded(visibility=seen(FR=0.0))
    assert with_retinaculum == graded()


def test_bone_figures_of_a_tendon_are_not_used() -> None:
    assert graded(continuity={"FCR": 0.1}).letter is GradeLetter.A


def test_visibility_is_area_over_least_area_times_confidence() -> None:
    nerve = TUNNEL.parts["MN"][1]
    least = 0.5 * 5.0 * 1.9
    assert part_visibility(least / 2, nerve) == pytest.approx(0.5)
    assert part_visibility(10 * least, nerve, confidence=0.8) == pytest.approx(0.8)


def test_a_site_can_change_what_a_fault_does() -> None:
    strict = replace(RULE, faults={**RULE.faults, "gain": "C"})
    lax = replace(RULE, faults={**RULE.faults, "gain": "none"})
    assert graded(rule=strict, mean_grey=19.0).letter is GradeLetter.C
    assert graded(rule=lax, mean_grey=19.0).letter is GradeLetter.A


def test_the_grade_says_which_rule_and_that_it_is_a_proposal() -> None:
    rule = graded().rule
    assert rule == "sesamoid-plane 1 of wrist-hand-15 0.1.0 (status P: proposal, not published)"


# --- bad input ---------------------------------------------------------------------------------


def test_a_part_of_another_plane_is_refused() -> None:
    with pytest.raises(SesamoidError, match=r"plane S11 has no part 'D&Ss:index'.*Pis"):
        graded(visibility=seen(**{"D&Ss:index": 1.0}))


@pytest.mark.parametrize(
    "changes",
    [
        {"visibility": {"MN": 1.1}},
        {"visibility": {"MN": float("nan")}},
        {"continuity": {"Sca": -0.1}},
        {"tendon_echo": {"FCR": -1.0}},
        {"mean_grey": 300.0},
        {"centre_offset": 0.6},
        {"plane_probability": 2.0},
        {"edge_cut": {"Pis": "ulnar"}},
    ],
    ids=str,
)
def test_impossible_figures_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(SesamoidError):
        faultless(**changes)


# --- properties --------------------------------------------------------------------------------

share = st.floats(0, 1)
maybe = st.none() | share


@st.composite
def evidence(draw: st.DrawFn) -> tuple[Plane, PlaneEvidence]:
    plane = draw(st.sampled_from(HAND.planes))
    keys = st.sampled_from(list(plane.parts))
    several = st.dictionaries(keys, share)
    return plane, PlaneEvidence(
        visibility={key: draw(share) for key in plane.parts},
        plane_probability=draw(share),
        reversed=draw(st.booleans()),
        centre_offset=draw(st.none() | st.floats(-0.5, 0.5)),
        continuity=draw(several),
        tendon_echo=draw(several),
        depth_fill=draw(maybe),
        mean_grey=draw(st.none() | st.floats(0, 255)),
        usable=draw(maybe),
        lift_off=draw(maybe),
        reverberation=draw(maybe),
        depth_cut=draw(st.frozensets(keys)),
        dropout=draw(st.frozensets(keys)),
    )


@st.composite
def good_evidence(draw: st.DrawFn) -> tuple[Plane, PlaneEvidence]:
    """Near the limits of A, where a change shows."""
    plane = draw(st.sampled_from(HAND.planes))
    visibility = {key: draw(st.floats(0.4, 1)) for key in plane.parts}
    return plane, faultless(plane, visibility=visibility, centre_offset=draw(st.floats(-0.3, 0.3)))


@given(case=evidence() | good_evidence(), data=st.data())
def test_a_falling_visibility_never_improves_the_grade(case: Any, data: st.DataObject) -> None:
    plane, before = case
    key = data.draw(st.sampled_from(list(plane.parts)))
    lower = data.draw(st.floats(0, before.visibility[key]))
    after = replace(before, visibility={**before.visibility, key: lower})
    first, second = plane_grade(before, plane, RULE), plane_grade(after, plane, RULE)
    assert ORDER.index(second.letter) <= ORDER.index(first.letter)
    assert second.score <= first.score + 1e-12


@given(case=evidence(), data=st.data())
def test_more_of_a_fault_never_improves_the_grade(case: Any, data: st.DataObject) -> None:
    plane, before = case
    key = data.draw(st.sampled_from(list(plane.parts)))
    worse = [
        {"reversed": True},
        {"depth_cut": before.depth_cut | {key}},
        {"dropout": before.dropout | {key}},
        {"plane_probability": before.plane_probability / 2},
    ]
    if before.lift_off is not None:
        worse.append({"lift_off": (before.lift_off + 1) / 2})
    if before.centre_offset is not None:
        worse.append({"centre_offset": 0.5 if before.centre_offset > 0 else -0.5})
    after = replace(before, **data.draw(st.sampled_from(worse)))
    first, second = plane_grade(before, plane, RULE), plane_grade(after, plane, RULE)
    assert ORDER.index(second.letter) <= ORDER.index(first.letter)


@given(case=evidence())
def test_every_grade_below_a_has_a_reason_of_its_letter(case: Any) -> None:
    plane, found = case
    grade = plane_grade(found, plane, RULE)
    assert 0 <= grade.score <= 1
    assert all(0 <= sub.score <= 1 for sub in grade.sub_scores)
    assert bool(grade.reasons) == (grade.letter is not GradeLetter.A)
    if grade.reasons:
        assert grade.reasons[0].startswith(f"{grade.letter}: ")


@given(case=evidence())
def test_a_picture_with_a_missing_critical_structure_is_c(case: Any) -> None:
    plane, found = case
    if any(found.visibility[key] < RULE.present_from for key in plane.critical):
        assert plane_grade(found, plane, RULE).letter is GradeLetter.C
