"""A virtual novice scans a virtual person; the assessor is an oracle that knows the truth."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.findings import DataOrigin, GradeLetter
from sesamoid.live import (
    NO_PLANE,
    Assessment,
    Estimate,
    LiveFrame,
    LiveUpdate,
    Orientation,
    PoseOffset,
    SeenPart,
    Session,
    lift_off,
    recorded,
    sharpness,
)
from sesamoid.live.directions import compass
from sesamoid.live.instruction import Act, Instruction
from sesamoid.live.sources.novice import Novice
from sesamoid.live.sources.probe import HeldProbe, VirtualProbe
from sesamoid.live.sources.skill import Skill
from sesamoid.virtual.acquisition import Examination, Offset, placed, usual_settings
from sesamoid.virtual.body import WristHand, draw_person
from sesamoid.virtual.ultrasound import preset

from .scripted import IDS, PROTOCOL, ManualClock

SHAPE = (224, 160)
SD = {"along_mm": 0.5, "across_mm": 0.5, "rotation_deg": 1.5, "tilt_deg": 1.5, "rock_deg": 1.5}


@pytest.fixture(scope="module")
def exam() -> Examination:
    return Examination(WristHand(draw_person(3)), PROTOCOL, slices=1)


class Oracle:
    """Says what is true of the virtual frame, with some noise; sees no further than a network."""

    def __init__(self, probe: VirtualProbe, seed: int = 0):
        self.probe, self.rng = probe, np.random.default_rng(seed)

    def assess(self, frame, *, spacing_mm, time_s) -> Assessment:
        truth = self.probe.frame_at(time_s).truth
        sure = float(self.rng.uniform(0.6, 0.95))
        rest = (1 - sure) / len(IDS)
        chances = {name: sure if name == truth.plane else rest for name in (*IDS, NO_PLANE)}
        known = truth.excess < 5 and truth.contact > 0.3
        parts = {
            name: Estimate(getattr(truth.error, name) + float(self.rng.normal(0, sd)), sd)
            for name, sd in SD.items()
        }
        return Assessment(
            plane=truth.plane,
            probabilities=chances,
            grade=truth.grade,
            digit=truth.digit,
            pose=PoseOffset(truth.nearest, **parts) if known else None,
            seen={key: SeenPart(value) for key, value in truth.parts.items()},
            sharpness=sharpness(frame),
            lift_off=lift_off(frame, spacing_mm=spacing_mm),
        )


def scan(exam: Examination, out: Path, planes: list[str], *, seed: int, listens: bool = True):
    novice = Novice(
        exam, planes, np.random.default_rng(seed), listens=listens, skill=Skill(patience_s=12.0)
    )
    probe = VirtualProbe(exam, novice, picture_shape=SHAPE, frames_per_second=8, pace=False)

    def hear(update: LiveUpdate) -> None:
        assert update.frame is not None
        if update.instruction is not None:
            novice.hear(update.instruction, update.frame.time_s)
        for kept in update.kept:
            if kept.letter is GradeLetter.A:
                novice.kept(kept.plane)

    side = "left" if exam.body.person.side == "left" else "right"
    session = Session(
        probe, Oracle(probe, seed), PROTOCOL, out, side=side, drop=False, clock=ManualClock()
    )
    return session.run(hear)


def test_a_novice_who_listens_finds_the_planes(exam: Examination, tmp_path: Path) -> None:
    planes = ["S11", "S2", "S14"]
    result = scan(exam, tmp_path, planes, seed=1)
    assert result.report.ending == "source ended", result.report.reason
    kept = {one.plane: one for one in result.checklist.kept}
    assert set(planes) <= set(kept)
    grades = [kept[plane].letter.value for plane in planes]
    assert grades == ["A", "A", "A"]
    for one in kept.values():
        assert one.origin is DataOrigin.VIRTUAL
        assert one.image().size == SHAPE
        assert one.spacing_mm is not None
    said = [line["text"] for line in recorded(tmp_path) if line["kind"] == "said"]
    assert any(text.startswith("slide ") for text in said)
    times = {plane: result.checklist.item(plane).seconds for plane in planes}
    assert all(0 < seconds < 12 for seconds in times.values()), times


def test_a_pose_can_be_set_from_another_thread(exam: Examination) -> None:
    machine = preset("aster-a3")
    settings = usual_settings(machine, "S11")
    held = HeldProbe(placed(exam.body, exam.view("S11").pose, Offset(press_mm=0.8)), settings)
    probe = VirtualProbe(exam, held, picture_shape=SHAPE, frames_per_second=10, pace=False)
    frames = iter(probe)
    first = next(frames)
    assert isinstance(first, LiveFrame)
    assert probe.frame_at(first.time_s).truth.plane == "S11"
    other = placed(exam.body, exam.view("S2").pose, Offset(press_mm=0.8))
    thread = threading.Thread(target=held.set, args=(other, usual_settings(machine, "S2")))
    thread.start()
    thread.join()
    second = next(frames)
    assert isinstance(second, LiveFrame)
    truth = probe.frame_at(second.time_s).truth
    assert (truth.plane, truth.settings.depth_mm) == ("S2", 18.0)
    assert second.spacing_mm != first.spacing_mm
    with pytest.raises(SesamoidError, match="no frame"):
        probe.frame_at(99.0)


def test_only_the_last_few_truths_are_kept(exam: Examination) -> None:
    settings = usual_settings(preset("aster-a3"), "S11")
    held = HeldProbe(placed(exam.body, exam.view("S11").pose, Offset(press_mm=0.8)), settings)
    probe = VirtualProbe(exam, held, picture_shape=SHAPE, seconds=1.0, pace=False)
    times = [frame.time_s for frame in probe if isinstance(frame, LiveFrame)]
    assert len(times) == 16
    assert probe.frame_at(times[-1]).truth.plane == "S11"
    with pytest.raises(SesamoidError, match="no frame"):
        probe.frame_at(times[0])


def test_a_mirrored_console_is_a_flipped_picture_of_the_same_pose(exam: Examination) -> None:
    settings = usual_settings(preset("aster-a3"), "S11")
    held = HeldProbe(placed(exam.body, exam.view("S11").pose, Offset(press_mm=0.8)), settings)
    shown = [
        next(iter(VirtualProbe(exam, held, picture_shape=SHAPE, pace=False, orientation=way)))
        for way in (Orientation(), Orientation(mirrored=True))
    ]
    assert all(isinstance(frame, LiveFrame) for frame in shown)
    np.testing.assert_array_equal(shown[0].pixels, shown[1].pixels[:, ::-1])


def test_a_novice_without_patience_goes_on(exam: Examination) -> None:
    novice = Novice(
        exam, ["S11", "S2"], np.random.default_rng(0), skill=Skill(patience_s=3.0), listens=False
    )
    seen = [novice.plane for n in range(100) if novice.at(n / 10) is not None]
    assert seen.count("S11") == pytest.approx(30, abs=2)
    assert seen.count("S2") == pytest.approx(31, abs=2)
    assert novice.at(10.0) is None


def test_a_plane_found_on_the_way_is_done_and_patience_begins_anew(exam: Examination) -> None:
    novice = Novice(
        exam, ["S11", "S2", "S14"], np.random.default_rng(0), skill=Skill(patience_s=3.0)
    )
    assert novice.at(2.5) is not None
    novice.kept("S2")
    seen = [novice.plane for n in range(60) if novice.at(2.5 + n / 10) is not None]
    assert seen.count("S11") == pytest.approx(31, abs=2)
    assert "S2" not in seen
    assert seen[-1] == "S14"


def test_who_is_sent_to_a_plane_goes_there_and_comes_back(exam: Examination) -> None:
    novice = Novice(exam, ["S11", "S2"], np.random.default_rng(0))
    for n in range(40):
        novice.hear(Instruction(Act.FIND, "find S2", "S2"), n / 10)
        novice.at(n / 10)
    assert novice.plane == "S2"
    novice.kept("S2")
    novice.at(4.1)
    assert novice.plane == "S11"


def test_a_novice_off_the_skin_puts_the_probe_down_anew(exam: Examination) -> None:
    novice = Novice(exam, ["S11"], np.random.default_rng(0))
    off = Instruction(Act.CONTACT, "put the probe on the skin, with gel")
    patchy = Instruction(Act.CONTACT, "more gel, lighter hand", "S11")
    laid = {}
    for said, seconds in ((patchy, 4.0), (off, 8.0)):
        for _ in range(round(seconds * 10)):
            time_s = novice._time_s + 0.1
            novice.hear(said, time_s)
            novice.at(time_s)
        laid[said.text] = novice._laid_s
    assert laid[patchy.text] == 0.0, "gel is asked for where the probe is"
    assert laid[off.text] >= 4.0 + novice.skill.regrasp_s


def test_without_help_it_asks_for_a_capture_by_the_look_of_it(exam: Examination) -> None:
    kept = []
    for seed in range(6):
        novice = Novice(exam, ["S11"], np.random.default_rng(seed), listens=False)
        for n in range(200):
            held = novice.at(n / 10)
            if held is None:
                break
            if novice.captures() is not None:
                kept.append((n / 10, exam.views.nearest(held[0])))
                novice.kept("S11")
    assert len(kept) == 6, "one each, at the latest when patience ends"
    assert {near.view.plane.id for _, near in kept} == {"S11"}
    excess = sorted(near.excess for _, near in kept)
    assert excess[0] < 1 < excess[-1] < 4, "some good, none perfect"
    assert any(time < 19 for time, _ in kept)


def held_by(exam: Examination, skill: Skill, said: Instruction, seconds: float) -> np.ndarray:
    """Along, across, press, rotation, tilt, rock of the hand at each tenth of a second."""
    novice = Novice(exam, ["S11"], np.random.default_rng(4), skill=skill)
    places = []
    for n in range(round(seconds * 10)):
        novice.at(n / 10)
        if n == 6:
            novice.hear(said, n / 10)
        places.append(novice._offset.numbers())
    return np.array(places)


SURE_EYE = Skill(eye_bias=0.0, eye_sd=0.0, overshoot=0.0, first_error=(0.1, 0.2))


@pytest.mark.parametrize(
    ("act", "column", "reach"), [(Act.SWEEP, 1, 4.0), (Act.FAN, 4, 10.0), (Act.TWIST, 3, 10.0)]
)
def test_told_to_go_to_and_fro_the_hand_does(
    exam: Examination, act: Act, column: int, reach: float
) -> None:
    here = compass(PROTOCOL.plane("S11"))
    said = Instruction(act, "", "S11", toward=here.across, end=here.right)
    path = held_by(exam, SURE_EYE, said, 12.0)[:, column]
    start = path[0]
    assert path.max() - start == pytest.approx(reach, rel=0.15)
    assert start - path.min() == pytest.approx(reach, rel=0.15)
    assert np.abs(np.diff(path)).max() <= 0.1 * max(SURE_EYE.sweep_mm_s, SURE_EYE.fan_deg_s) * 1.3
    other = Instruction(act, "", "S11", toward=here.across.opposite, end=here.right)
    mirrored = held_by(exam, SURE_EYE, other, 12.0)[:, column]
    first, second = (np.sign(x[20] - x[0]) for x in (path, mirrored))
    assert first == -second != 0


def test_what_looks_wrong_is_undone_before_searching(exam: Examination) -> None:
    skill = replace(SURE_EYE, first_error=(2.5, 2.6))
    here = compass(PROTOCOL.plane("S11"))
    said = Instruction(Act.FAN, "", "S11", toward=here.across, end=here.right)
    path = held_by(exam, skill, said, 16.0)
    limit = PROTOCOL.plane("S11").tolerance
    limits = np.array([limit.along_mm, limit.across_mm, limit.rotation_deg])
    assert (np.abs(path[0][[0, 1, 3]]) / limits).max() > 1
    assert (np.abs(path[-1][[0, 1, 3]]) / limits).max() < 1
    assert np.ptp(path[-40:, 4]) > 10, "then it tilts"


def test_by_skill_a_novice_has_no_eyes_and_searches_at_once(exam: Examination) -> None:
    skill = replace(SURE_EYE, first_error=(2.5, 2.6), own_eyes=False)
    here = compass(PROTOCOL.plane("S11"))
    said = Instruction(Act.FAN, "", "S11", toward=here.across, end=here.right)
    path = held_by(exam, skill, said, 16.0)
    limit = PROTOCOL.plane("S11").tolerance
    limits = np.array([limit.along_mm, limit.across_mm, limit.rotation_deg])
    first, last = (np.abs(at[[0, 1, 3]]) / limits for at in (path[0], path[-1]))
    assert first.max() > 1
    assert last == pytest.approx(first, rel=0.2), "nothing is undone that was not spoken of"
    assert np.ptp(path[:60, 4]) > 10


def test_hold_still_stops_a_search(exam: Examination) -> None:
    here = compass(PROTOCOL.plane("S11"))
    novice = Novice(exam, ["S11"], np.random.default_rng(4), skill=SURE_EYE)
    places = []
    for n in range(80):
        novice.at(n / 10)
        if n == 6:
            fan = Instruction(Act.FAN, "to and fro", "S11", toward=here.across, end=here.right)
            novice.hear(fan, 0.6)
        if n == 40:
            novice.hear(Instruction(Act.HOLD, "hold still", "S11"), 4.0)
        places.append(novice._offset.tilt_deg)
    assert np.ptp(places[10:40]) > 5
    stopped = 40 + round(10 * SURE_EYE.reaction_s) + 1
    assert np.ptp(places[stopped:]) == 0


def test_a_slide_without_a_figure_is_a_little(exam: Examination) -> None:
    here = compass(PROTOCOL.plane("S11"))
    said = Instruction(Act.SLIDE, "slide a little", "S11", toward=here.right)
    path = held_by(exam, SURE_EYE, said, 4.0)[:, 0]
    assert path[-1] - path[0] == pytest.approx(SURE_EYE.a_little_mm, abs=0.2)
