"""What is captured is judged by where the probe was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sesamoid.anatomy import protocol
from sesamoid.server.scanning.patients import Bodies, Patient
from sesamoid.server.teaching.exercises import ExerciseKey, exercise
from sesamoid.server.teaching.scan_marks import find_score, mark_capture, way_to
from sesamoid.server.teaching.scan_tasks import draw_task, spoken_hints
from sesamoid.virtual.acquisition import Examination, Frame, Offset, placed, usual_settings
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Scanner, preset

PROTOCOL = protocol("wrist-hand-15")
FIND = exercise(ExerciseKey.FIND_PLANE).rules


@pytest.fixture(scope="module")
def exam(bodies: Bodies) -> Examination:
    return bodies.examination(Patient(), PROTOCOL)


def taken(exam: Examination, plane: str, pose: ProbePose, **changes: float) -> Frame:
    machine = preset("aster-a3")
    settings = replace(usual_settings(machine, plane), **changes)
    return exam.frame(Scanner(machine, settings), pose)


def side(exam: Examination) -> str:
    return exam.body.person.side


def test_the_standard_pose_is_found_with_grade_a(exam):
    frame = taken(exam, "S11", exam.view("S11").pose)
    mark = mark_capture(PROTOCOL.plane("S11"), frame.truth, side=side(exam))
    assert (mark.hit, mark.letter) == (True, "A")
    assert mark.text == "S11 found, grade A, exemplary."


def test_a_dark_picture_is_found_but_graded_lower_with_the_reason(exam):
    frame = taken(exam, "S11", exam.view("S11").pose, gain_db=-30.0)
    mark = mark_capture(PROTOCOL.plane("S11"), frame.truth, side=side(exam))
    assert mark.hit
    assert mark.letter in "BC"
    assert "gain" in mark.text


def test_another_plane_is_named(exam):
    frame = taken(exam, "S12", exam.view("S12").pose)
    mark = mark_capture(PROTOCOL.plane("S11"), frame.truth, side=side(exam))
    assert (mark.hit, mark.letter, mark.text) == (False, "", "This is S12, not S11.")


def test_beside_the_plane_the_way_back_is_told(exam):
    view = exam.view("S11")
    frame = taken(exam, "S11", placed(exam.body, view.pose, Offset(across_mm=4.0)))
    mark = mark_capture(PROTOCOL.plane("S11"), frame.truth, side=side(exam))
    assert not mark.hit
    assert "slide 4 mm" in mark.text


def test_following_the_way_leads_there(exam):
    view = exam.view("S5")
    off = placed(exam.body, view.pose, Offset(along_mm=6.0))
    assert way_to(exam, "S5", off, side=side(exam)).startswith("Slide 6 mm toward the elbow")
    assert way_to(exam, "S5", view.pose, side=side(exam)).startswith("You are there")


def test_from_the_other_side_of_the_hand_the_landmark_is_told(exam):
    told = way_to(exam, "S11", exam.view("S5").pose, side=side(exam))
    assert told == f"Go to the palmar side: {PROTOCOL.plane('S11').landmark}."


def test_of_a_plane_on_several_fingers_the_nearest_is_meant(exam):
    middle = exam.view("S8", digit=3)
    off = placed(exam.body, middle.pose, Offset(across_mm=1.5))
    assert "1 mm" in way_to(exam, "S8", off, side=side(exam)) or "2 mm" in way_to(
        exam, "S8", off, side=side(exam)
    )


def test_a_reversed_probe_is_told_to_turn_round(exam):
    view = exam.view("S11")
    told = way_to(exam, "S11", view.pose.turned(rotation_deg=180), side=side(exam))
    assert told == "Turn the probe round by half a turn."


@pytest.mark.parametrize(("letter", "worth"), [("A", 100), ("B", 75), ("C", 30), ("", 0)])
def test_the_letter_gives_the_points(letter, worth):
    lines = find_score(FIND, {"S11": letter}, hints=0, misses=0, seconds=20)
    assert [line.points for line in lines] == [worth]


def test_hints_misses_and_time_cost_and_each_is_told():
    lines = find_score(FIND, {"S11": "A"}, hints=2, misses=1, seconds=180)
    told = {line.text: line.points for line in lines}
    # Half way between 60 s and 300 s half of the 20 points are lost.
    assert told == {
        "S11, grade A": 100.0,
        "2 hints": -20.0,
        "1 capture of something else": -5.0,
        "180 s": pytest.approx(-10.0),
    }


def test_time_costs_no_more_than_its_share():
    lines = find_score(FIND, {"S11": "A"}, hints=0, misses=0, seconds=10_000)
    assert lines[-1].points == pytest.approx(-20.0)


def test_all_planes_count_the_same():
    letters = {"S1": "A", "S2": "A", "S3": "B", "S4": ""}
    lines = find_score(FIND, letters, hints=0, misses=0, seconds=0)
    assert lines[0].points == pytest.approx((100 + 100 + 75) / 4)
    assert lines[0].text == "4 planes: 2 of grade A, 1 of grade B and 1 missing"


def test_tasks_are_drawn_by_their_seed():
    one = draw_task(PROTOCOL, ExerciseKey.SYNOVITIS_PATIENT, "", 3)
    assert one == draw_task(PROTOCOL, ExerciseKey.SYNOVITIS_PATIENT, "", 3)
    assert one != draw_task(PROTOCOL, ExerciseKey.SYNOVITIS_PATIENT, "", 4)
    assert len(draw_task(PROTOCOL, ExerciseKey.FIND_ALL, "", 3).planes) == 15


def test_a_patient_has_what_the_truth_says(bodies):
    for seed in range(3, 40):
        task = draw_task(PROTOCOL, ExerciseKey.SYNOVITIS_PATIENT, "", seed)
        if sum(grade > 0 for grade in task.grades.values()) >= 2:
            break
    person = bodies.examination(task.patient, PROTOCOL).body.person
    has = {
        "radiocarpal": person.severity("radiocarpal_synovitis"),
        "midcarpal": person.severity("midcarpal_synovitis"),
        "mcp_2": person.severity("mcp_synovitis", "2"),
        "mcp_3": person.severity("mcp_synovitis", "3"),
    }
    assert has == task.grades


def test_spoken_hints_are_the_protocols_own():
    first, second = spoken_hints(PROTOCOL.plane("S11"))
    assert "pisiform (ulnar)" in first.text
    assert "median nerve" in second.text
    assert "radial is at the left" in second.text
