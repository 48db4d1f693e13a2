"""Guidance over time: one thing at a time, the worst first, and no chatter."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.live.assessment import Estimate, SeenPart
from sesamoid.live.complaints import complaints
from sesamoid.live.guidance import Guide
from sesamoid.live.instruction import Act
from sesamoid.live.planes import PlaneState
from sesamoid.live.settings import live_settings
from sesamoid.live.sought import Sought
from sesamoid.measure import PlaneEvidence

from .scripted import PROTOCOL, assessment, offset, probabilities

RULE = live_settings().guidance
ON = PlaneState("S11", 0.99, 0.0, False)
OFF = PlaneState("none", 0.99, 0.0, False)
PLANE = PROTOCOL.plane("S11")
LIMIT = PLANE.tolerance


def guide(side="right") -> Guide:
    return Guide(PROTOCOL, side=side)


def evidence(**changes) -> PlaneEvidence:
    good = {
        "visibility": dict.fromkeys(PLANE.parts, 1.0), "depth_fill": 0.6, "mean_grey": 80.0,
        "usable": 0.95,
    }  # fmt: skip
    return PlaneEvidence(**(good | changes))  # type: ignore[arg-type]


def said(
    guide: Guide,
    seconds: float,
    *,
    fps: float = 20,
    start_s: float = 0.0,
    state=ON,
    letter: str = "A",
    **seen,
):
    """What is said on each frame of some seconds that all look alike."""
    plane = "S11" if state is ON else "none"
    return [
        guide.update(assessment(plane, letter, **seen), state, start_s + n / fps)
        for n in range(round(seconds * fps))
    ]


def test_the_largest_error_in_tolerances_is_first() -> None:
    pose = offset("S11", along_mm=6.0, across_mm=5.0, rotation_deg=10.0, tilt_deg=7.0)
    assert said(guide(), 1, pose=pose)[-1].text == "slide 5 mm toward the elbow"


def test_inside_the_tolerances_it_says_hold_still() -> None:
    pose = offset("S11", along_mm=2.0, tilt_deg=3.0)
    assert {s.text for s in said(guide(), 2, pose=pose)} == {"hold still"}


def test_on_the_plane_but_short_of_grade_a_small_errors_count() -> None:
    pose = offset("S11", along_mm=2.0, tilt_deg=3.0)
    fine = {s.text for s in said(guide(), 2, pose=pose, letter="B")}
    assert fine == {"slide 2 mm toward the thumb side"}
    gone = offset("S11", along_mm=0.5, tilt_deg=1.0)
    assert {s.text for s in said(guide(), 2, pose=gone, letter="B")} == {"hold still"}


def test_a_tendon_short_of_clearly_bright_is_worth_a_motion_before_the_picture_is_kept() -> None:
    pose = offset("S11", along_mm=0.5, tilt_deg=1.0)
    for echo, act in ((0.8, Act.FAN), (0.95, Act.HOLD)):
        seen = evidence(tendon_echo={"FCR": echo})
        assert said(guide(), 2, pose=pose, evidence=seen)[-1].act is act, echo


def test_a_good_picture_of_tendons_is_still_worth_a_tilt_to_and_fro() -> None:
    pose = offset("S11", along_mm=0.5, tilt_deg=1.0)
    one = guide()
    tendons = {"FCR": SeenPart(1.0, None, 120.0)}
    spoken = said(one, 2, pose=pose, evidence=evidence(), seen=tendons)
    assert spoken[-1].text == "tilt slowly to and fro for the brightest tendons"
    later = said(one, 8, start_s=2, pose=pose, evidence=evidence(), seen=tendons)
    assert {s.act for s in later} == {Act.FAN, Act.HOLD}, "it is not asked for without end"
    assert {s.act for s in said(guide(), 2, pose=pose, evidence=evidence())} == {Act.HOLD}
    beside = said(guide(), 6, pose=pose, evidence=evidence(), seen=tendons, state=OFF)
    assert not any("brightest" in s.text for s in beside), "first the plane"


def test_along_a_tendon_no_tilt_is_asked_for() -> None:
    plane = PROTOCOL.plane("S9")
    seen = evidence(
        visibility=dict.fromkeys(plane.parts, 1.0), tendon_echo=dict.fromkeys(plane.parts, 0.3)
    )
    found = complaints(
        assessment("S9", "B", evidence=seen), plane, PROTOCOL.grading, RULE, live_settings().clear
    )
    assert not any(one.act is Act.FAN for one in found.values())


def test_off_the_plane_a_slightly_dark_tendon_comes_after_the_pose() -> None:
    pose = offset("S11", along_mm=6.0)
    seen = evidence(tendon_echo={"FCR": 0.8})
    assert {s.act for s in said(guide(), 2, pose=pose, evidence=seen)} == {Act.SLIDE}


def test_right_by_all_that_is_known_and_yet_not_there_small_errors_count() -> None:
    pose = offset("S11", along_mm=2.0, tilt_deg=3.0)
    spoken = said(guide(), 2, pose=pose, letter="B", state=OFF)
    acts = [act for act, _ in itertools.groupby(s.act for s in spoken)]
    assert acts == [Act.HOLD, Act.SLIDE], "first the plane gets the time to come"
    assert spoken[-1].text == "slide 2 mm toward the thumb side"


def test_what_one_picture_does_not_tell_is_found_by_moving() -> None:
    """Beside the plane with doubtful errors: to and fro, never by an amount that nobody knows."""
    pose = offset("S11", sd=60.0, tilt_deg=1.0)
    spoken = said(guide(), 60, fps=8, pose=pose, letter="B", state=OFF)
    texts = [text for text, _ in itertools.groupby(s.text for s in spoken)]
    assert {s.act for s in spoken[8:]} >= {Act.FAN, Act.TWIST, Act.SWEEP}
    assert all(s.amount is None for s in spoken)
    assert "tilt slowly to and fro, toward the fingers first" in texts or (
        "tilt slowly to and fro, toward the elbow first" in texts
    )
    stood = [(act, len(list(same)) / 8) for act, same in itertools.groupby(s.act for s in spoken)]
    assert min(seconds for act, seconds in stood[1:-1] if act is not Act.FIND) >= RULE.dwell_s


def test_on_the_plane_nothing_is_tried_out() -> None:
    pose = offset("S11", sd=9.0, tilt_deg=4.0)
    assert {s.act for s in said(guide(), 5, pose=pose)} == {Act.HOLD}


def test_on_the_plane_but_not_surely_it_is_tried_out_after_a_while() -> None:
    """A section beside the plane's own may look like it: its probability tells, the offset not."""
    pose = offset("S11", sd=9.0, tilt_deg=4.0)
    unsure = probabilities("S11", 0.8)
    acts = [s.act for s in said(guide(), 12, pose=pose, probabilities=unsure)]
    assert acts[0] is Act.HOLD
    assert {Act.SWEEP, Act.FAN} <= set(acts)


def test_the_frames_of_the_plane_get_the_time_to_be_believed() -> None:
    pose = offset("S11", sd=9.0, tilt_deg=4.0)
    one = guide()
    seen = assessment("S11", "A", pose=pose, probabilities=probabilities("S11", 0.8))
    assert not {one.update(seen, OFF, n / 8).act for n in range(40)} & {Act.FAN, Act.TWIST}


def test_to_and_fro_goes_on_whichever_way_the_doubtful_error_points() -> None:
    one, texts = guide(), []
    for n in range(36):
        way = 1.0 if n % 8 < 4 else -1.0
        pose = offset("S11", sd=9.0, across_mm=1.0 * way)
        texts.append(one.update(assessment("none", "B", pose=pose), OFF, n / 8).text)
    searches = [text for text, _ in itertools.groupby(texts) if text.startswith("slide slowly")]
    assert len(searches) == 1, searches


def test_a_search_that_others_break_into_gives_way_to_another_search() -> None:
    one, acts = guide(), []
    for n in range(round(0.95 * RULE.anew_s * 8)):
        fill = 0.97 if n % 24 < 8 else 0.6
        seen = evidence(depth_fill=fill)
        pose = offset("S11", sd=9.0, tilt_deg=1.0)
        acts.append(one.update(assessment("none", "B", pose=pose, evidence=seen), OFF, n / 8).act)
    assert {Act.DEPTH, Act.SWEEP, Act.FAN} <= set(acts)


def test_off_the_plane_nothing_is_centred() -> None:
    off = evidence(centre_offset=-0.2)
    spoken = said(guide(), 3, pose=offset("S11"), evidence=off, letter="B", state=OFF)
    assert not any("a little" in s.text for s in spoken)


def test_a_plane_looked_for_in_vain_is_begun_again() -> None:
    one, pose = guide(), offset("S11", sd=9.0, tilt_deg=4.0)
    texts = [s.text for s in said(one, 30, fps=8, pose=pose, letter="B", state=OFF)]
    told = [n / 8 for n, text in enumerate(texts) if text.startswith("lift the probe and begin")]
    assert RULE.anew_s <= told[0] < RULE.anew_s + 1
    assert told[-1] < RULE.anew_s + RULE.anew_told_s + 1, "then it goes on as before"
    assert PLANE.landmark in texts[round(told[0] * 8)]


@pytest.mark.parametrize("what", ["on the plane", "lifted", "another plane is wanted"])
def test_the_search_counts_anew_when_something_has_happened(what: str) -> None:
    one = Sought(RULE)
    told = []
    for n in range(round(1.8 * RULE.anew_s * 8)):
        if what == "lifted" and n == round(0.9 * RULE.anew_s * 8):
            one.begin(n / 8)
        wanted = ("S2",) if what.startswith("another") and n >= 0.9 * RULE.anew_s * 8 else ("S1",)
        on = what == "on the plane" and n % 2 == 0
        told.append(one.in_vain(wanted, on, n / 8))
    assert not any(told)


def test_advice_stands_long_enough_to_be_followed() -> None:
    """A complaint that is there every other half second is told for the dwell each time."""
    one, spoken = guide(), []
    for n in range(160):
        fill = 0.97 if n % 20 < 10 else 0.6
        seen = assessment("S11", "B", pose=offset("S11"), evidence=evidence(depth_fill=fill))
        spoken.append(one.update(seen, ON, n / 20).text)
    stood = [(text, len(list(same)) / 20) for text, same in itertools.groupby(spoken)]
    told = [seconds for text, seconds in stood[:-1] if text == "increase depth"]
    assert told, stood
    assert min(told) >= RULE.dwell_s - 0.1


def test_a_picture_beside_the_middle_is_told_only_short_of_grade_a() -> None:
    pose = offset("S11")
    off = evidence(centre_offset=-0.2)
    fine = said(guide(), 2, pose=pose, evidence=off, letter="B")[-1]
    # What belongs in the middle lies at the left, the radial side: the probe has to follow.
    assert fine.text == "slide a little toward the thumb side"
    assert said(guide(), 2, pose=pose, evidence=off)[-1].text == "hold still"


@pytest.mark.parametrize(("along_mm", "text"), [(-1.2, "hold still"), (1.0, "slide a little")])
def test_centring_never_leads_away_from_the_plane(along_mm: float, text: str) -> None:
    pose = offset("S11", along_mm=along_mm)
    off = evidence(centre_offset=-0.2)
    assert said(guide(), 2, pose=pose, evidence=off, letter="B")[-1].text.startswith(text)


def test_poor_contact_does_not_hide_a_wrong_pose() -> None:
    pose = offset("S11", across_mm=4.5)
    spoken = said(guide(), 2, pose=pose, lift_off=(0.5, 0.5))
    assert spoken[-1].text == "slide 4 mm toward the elbow"
    right = said(guide(), 2, pose=offset("S11"), lift_off=(0.5, 0.5))
    assert right[-1].text == "more gel, lighter hand"


def test_advice_that_changes_nothing_gives_way_for_a_while() -> None:
    dark = evidence(mean_grey=8.0, depth_fill=0.97)
    spoken = said(guide(), 12, pose=offset("S11"), evidence=dark, letter="C")
    texts = [text for text, _ in itertools.groupby(s.text for s in spoken)]
    assert texts[:3] == ["increase gain", "increase depth", "increase gain"]
    first = [s.text for s in spoken].count("increase gain") / 20
    assert first < 12 - RULE.fruitless_s


def test_a_doubtful_error_is_not_acted_on_and_not_called_right() -> None:
    pose = offset("S11", sd=30.0, across_mm=8.0, tilt_deg=10.0)
    acts = {s.act for s in said(guide(), 0.2, pose=pose, state=OFF)}
    assert acts == {Act.FIND}


def noisy_poses(seed: int, count: int, sd: float, **errors: float):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shaken = {
            name: value + float(rng.normal(0, sd * getattr(LIMIT, name)))
            for name, value in errors.items()
        }
        yield offset("S11", sd=0.0, **shaken).__class__(
            "S11",
            *(
                Estimate(shaken[name], sd * getattr(LIMIT, name))
                for name in ("along_mm", "across_mm", "rotation_deg", "tilt_deg")
            ),
        )


@pytest.mark.parametrize("seed", range(6))
def test_two_errors_of_one_size_do_not_alternate(seed: int) -> None:
    errors = {
        "along_mm": 1.6 * LIMIT.along_mm, "across_mm": -1.6 * LIMIT.across_mm,
        "rotation_deg": 1.5 * LIMIT.rotation_deg, "tilt_deg": 1.5 * LIMIT.tilt_deg,
    }  # fmt: skip
    one, heard, raw = guide(), [], []
    for n, pose in enumerate(noisy_poses(seed, 400, 0.4, **errors)):
        heard.append(one.update(assessment("S11", "B", pose=pose), ON, n / 20))
        raw.append(max(pose.parts(), key=lambda k: abs(pose.parts()[k].value) / getattr(LIMIT, k)))
    acts = [(s.act, s.toward) for s in heard]
    changes = sum(a != b for a, b in itertools.pairwise(acts))
    assert sum(a != b for a, b in itertools.pairwise(raw)) > 150, "each frame by itself chatters"
    assert changes <= 4, "in 20 s"


@pytest.mark.parametrize("seed", range(6))
def test_an_error_at_the_edge_of_its_tolerance_does_not_flicker(seed: int) -> None:
    errors = {"along_mm": 0.0, "across_mm": LIMIT.across_mm, "rotation_deg": 0.0, "tilt_deg": 0.0}
    one = guide()
    heard = [
        one.update(assessment("S11", "B", pose=pose), ON, n / 20).act
        for n, pose in enumerate(noisy_poses(seed, 400, 0.15, **errors))
    ]
    assert sum(a != b for a, b in itertools.pairwise(heard)) <= 6, "in 20 s"


def test_an_instruction_stands_for_its_dwell_unless_it_is_done() -> None:
    one = guide()
    said(one, 0.3, pose=offset("S11", across_mm=5.0))
    worse = said(one, 3, start_s=0.3, pose=offset("S11", across_mm=5.0, tilt_deg=24.0))
    times = [0.3 + n / 20 for n, s in enumerate(worse) if s.act is Act.TILT]
    assert times, "it gets its turn"
    assert times[0] == pytest.approx(RULE.dwell_s, abs=0.06)


def test_what_is_done_gives_way_at_once() -> None:
    one = guide()
    said(one, 0.4, pose=offset("S11", across_mm=5.0, tilt_deg=9.0))
    after = said(one, 0.5, start_s=0.4, pose=offset("S11", across_mm=0.2, tilt_deg=9.0))
    assert after[-1].act is Act.TILT


def test_hysteresis_between_beginning_and_ending() -> None:
    one = guide()
    edge = 0.85 * LIMIT.across_mm
    assert said(one, 1, pose=offset("S11", across_mm=edge))[-1].act is Act.HOLD
    said(one, 2, start_s=1, pose=offset("S11", across_mm=2 * LIMIT.across_mm))
    assert said(one, 2, start_s=3, pose=offset("S11", across_mm=edge))[-1].act is Act.SLIDE
    assert said(one, 2, start_s=5, pose=offset("S11", across_mm=0.5 * edge))[-1].act is Act.HOLD


def test_the_figure_does_not_run() -> None:
    one, texts = guide(), []
    for n in range(60):
        pose = offset("S11", across_mm=9.0 - 0.1 * n)
        texts.append(one.update(assessment("S11", "B", pose=pose), ON, n / 20).text)
    changes = sum(a != b for a, b in itertools.pairwise(texts))
    assert 1 <= changes <= 3 / RULE.refresh_s
    assert all("toward the elbow" in text for text in texts)


def test_a_change_of_direction_is_told_at_once() -> None:
    one = guide()
    said(one, 1, pose=offset("S11", across_mm=5.0))
    after = said(one, 0.5, start_s=1, pose=offset("S11", across_mm=-5.0))
    assert after[-1].text.endswith("toward the fingers")


def test_a_passing_thought_of_another_plane_changes_nothing() -> None:
    one = guide()
    said(one, 1, state=OFF, pose=offset("S11", across_mm=6.0))
    stray = one.update(assessment(pose=offset("S12", tilt_deg=30.0)), OFF, 1.0)
    assert (stray.plane, stray.act) == ("S11", Act.SLIDE)
    turned = [
        one.update(assessment(pose=offset("S12", tilt_deg=30.0)), OFF, 1.05 + n / 20)
        for n in range(20)
    ]
    assert turned[-1].plane == "S12"


# What is wrong with the picture


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"depth_fill": 0.95}, "increase depth"),
        ({"depth_cut": frozenset({"MN"})}, "increase depth"),
        ({"depth_fill": 0.2}, "reduce depth"),
        ({"mean_grey": 12.0}, "increase gain"),
        ({"mean_grey": 200.0}, "reduce gain"),
        ({"reversed": True}, "turn the probe round: radial belongs at the left of the screen"),
        (
            {"visibility": dict.fromkeys(PLANE.parts, 1.0) | {"Pis": 0.2},
             "edge_cut": {"Pis": "right"}},
            "slide a little toward the little-finger side: pisiform is cut off",
        ),
        ({"visibility": dict.fromkeys(PLANE.parts, 1.0) | {"MN": 0.1}},
         "slide slowly to and fro until the median nerve shows"),
        ({"tendon_echo": {"FCR": 0.4}},
         "tilt slowly to and fro until the flexor carpi radialis tendon is bright"),
    ],
)  # fmt: skip
def test_the_picture_itself(changes: dict, text: str) -> None:
    heard = said(guide(), 2, pose=offset("S11"), evidence=evidence(**changes))
    assert heard[-1].text == text


@pytest.mark.parametrize(
    ("plane", "lifted", "text"),
    [
        ("S11", (0.0, 0.5), "more gel on the little-finger side"),
        ("S11", (0.5, 0.0), "more gel on the thumb side"),
        ("S5", (0.0, 0.6), "more gel on the finger side"),
        ("S5", (0.6, 0.0), "more gel on the elbow side"),
        ("S1", (0.6, 0.0), "more gel on the palm side"),
        ("S11", (0.5, 0.5), "more gel, lighter hand"),
        ("S11", (1.0, 0.95), "put the probe on the skin, with gel"),
    ],
)
def test_gel_where_it_is_missing(plane: str, lifted: tuple[float, float], text: str) -> None:
    state = PlaneState(plane, 0.99, 0.0, False)
    one = guide()
    seen = assessment(plane, "B", pose=offset(plane), lift_off=lifted)
    assert [one.update(seen, state, n / 20) for n in range(40)][-1].text == text


def test_gel_side_follows_the_screen(tmp_path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(
        "extends: wrist-hand-15\nid: site\nversion: '1'\norientation: "
        "{transverse: ulnar, longitudinal: distal}\n"
    )
    seen = assessment("S11", "B", pose=offset("S11"), lift_off=(0.6, 0.0))
    one = Guide(protocol(file))
    assert one.update(seen, ON, 0.0).text == "more gel on the little-finger side"


def test_complaints_that_come_and_go_are_not_heard() -> None:
    one = guide()
    heard = [
        one.update(
            assessment(
                "S11", "B", pose=offset("S11"),
                evidence=evidence(mean_grey=12.0 if n % 5 == 3 else 80.0),
            ), ON, n / 20,
        ).act
        for n in range(100)
    ]  # fmt: skip
    assert set(heard) == {Act.HOLD}


def test_a_missing_part_is_not_asked_for_while_the_pose_explains_it() -> None:
    seen = evidence(visibility=dict.fromkeys(PLANE.parts, 0.0))
    heard = said(guide(), 2, pose=offset("S11", across_mm=1.2 * LIMIT.across_mm), evidence=seen)
    assert {s.act for s in heard} == {Act.SLIDE}


def test_no_contact_comes_before_everything() -> None:
    pose = offset("S11", across_mm=20.0)
    heard = said(guide(), 1, pose=pose, lift_off=(1.0, 1.0))
    assert heard[-1].act is Act.CONTACT


# Which plane


def test_without_any_plane_it_says_what_to_look_for() -> None:
    found = guide().update(assessment(), OFF, 0.0, wanted=["S12"])
    assert found.act is Act.FIND
    assert found.text.startswith("find S12, transverse section of the distal carpal tunnel: ")
    assert "hook of the hamate" in found.text


def test_a_kept_plane_leads_to_the_next() -> None:
    found = guide().update(
        assessment("S11", "A", pose=offset("S11")), ON, 0.0, wanted=["S12", "S13"]
    )
    assert (found.act, found.plane) == (Act.NEXT, "S12")
    assert found.text.startswith("S11 is kept. find S12")


def test_a_plane_kept_at_grade_b_is_improved_but_not_insisted_on() -> None:
    one = guide()
    asked = {"wanted": ["S11", "S12"], "fair": ["S11"]}
    wrong = assessment("S11", "B", pose=offset("S11", across_mm=6.0))
    assert one.update(wrong, ON, 0.0, **asked).act is Act.SLIDE
    right = assessment("S11", "B", pose=offset("S11"))
    heard = [one.update(right, ON, 0.1 + n / 20, **asked) for n in range(40)]
    assert (heard[-1].act, heard[-1].plane) == (Act.NEXT, "S12")
    last = one.update(right, ON, 3.0, wanted=["S11"], fair=["S11"])
    assert last.act is Act.HOLD


def test_when_all_is_kept_it_says_so() -> None:
    found = guide().update(assessment("S11", "A", pose=offset("S11")), ON, 0.0, wanted=[])
    assert found.text.endswith("all planes are kept")


def test_the_fingers_own_plane_is_used() -> None:
    seen = assessment("S8", "B", digit=3, pose=offset("S8", across_mm=5.0))
    state = PlaneState("S8", 0.99, 0.0, False)
    assert guide().update(seen, state, 0.0).text == "slide 5 mm toward the thumb side"
