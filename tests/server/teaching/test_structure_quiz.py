"""Which structure is this: the truth is the simulator's, whatever the learner says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.server.access import BadRequest
from sesamoid.server.scanning.patients import Bodies, Patient
from sesamoid.server.teaching.exercises import ExerciseKey, exercise
from sesamoid.server.teaching.gallery import Gallery, TeachingPicture
from sesamoid.server.teaching.parts import distance_mm, inner_point, shown_parts
from sesamoid.server.teaching.structure_quiz import StructureQuestion, draw_question, where

QUESTIONS = exercise(ExerciseKey.STRUCTURES).questions


@pytest.fixture(scope="module")
def gallery(bodies: Bodies) -> Gallery:
    return Gallery(bodies)


@pytest.fixture(scope="module")
def questions(gallery: Gallery) -> list[StructureQuestion]:
    return [draw_question(gallery, 5, number) for number in range(QUESTIONS)]


def tunnel(size: tuple[int, int] = (40, 60)) -> TeachingPicture:
    """A made-up S11: the median nerve a square of 10 x 10 at 0.1 mm, the pisiform at the right."""
    labels = np.zeros(size, np.uint8)
    labels[10:20, 20:30] = 1
    labels[5:25, 50:58] = 2
    plane = protocol("wrist-hand-15").plane("S11")
    keys = ("", "median_nerve", "pisiform")
    return TeachingPicture(np.zeros(size, np.uint8), labels, keys, (0.1, 0.1), plane)


def made_up(kind: str = "click") -> StructureQuestion:
    picture = tunnel()
    shown = {one.key: one for one in shown_parts(picture, smallest_mm2=0.5)}
    choices = ("MN", "Pis", "Sca", "UA") if kind == "choose" else ()
    return StructureQuestion(0, kind, None, picture, shown["MN"], choices)


def test_every_question_is_about_something_that_is_on_its_picture(questions):
    for question in questions:
        row, column = question.target.point
        key = question.picture.structures[question.picture.labels[round(row), round(column)]]
        assert key in question.target.part.structures


def test_a_quiz_asks_of_several_planes_people_and_kinds(questions):
    assert len({q.shot.plane for q in questions}) >= 7
    assert len({q.shot.patient.seed for q in questions}) == 3
    share = exercise(ExerciseKey.STRUCTURES).rules["click_share"]
    assert sum(q.kind == "click" for q in questions) == round(share * QUESTIONS)


def test_choices_are_different_parts_of_the_same_plane_with_the_right_one_among_them(questions):
    for question in questions:
        if question.kind == "choose":
            assert question.target.key in question.choices
            titles = [question.title(key) for key in question.choices]
            assert len(set(titles)) == len(titles) == 4


def test_the_same_seed_asks_the_same(gallery, questions):
    again = draw_question(Gallery(gallery.bodies), 5, 3)
    assert again.target.key == questions[3].target.key
    assert again.choices == questions[3].choices
    assert np.array_equal(again.picture.pixels, questions[3].picture.pixels)


def test_another_seed_asks_something_else(gallery, questions):
    others = [draw_question(gallery, 6, number) for number in range(3)]
    pairs = zip(others, questions, strict=False)
    assert any(a.target.key != b.target.key for a, b in pairs)


def test_a_click_inside_is_right_and_says_where_the_structure_lies():
    mark = made_up().mark_click(15, 25, hinted=False)
    assert (mark.points, mark.right) == (1.0, True)
    assert mark.text.startswith("Yes. Median nerve: in the middle, about 1 mm deep")
    assert "honeycomb" in mark.text


@pytest.mark.parametrize(("column", "right"), [(30 + 7, True), (30 + 9, False)])
def test_a_click_beside_counts_up_to_the_tolerance(column, right):
    # The nerve's last column is 29, its edge at 29.5: 0.75 mm and 0.95 mm; the tolerance is 0.8.
    assert made_up().mark_click(15, column, hinted=False).right is right


def test_a_wrong_click_says_what_was_hit_and_how_far_off():
    mark = made_up().mark_click(15, 54, hinted=False)
    assert (mark.points, mark.right) == (0.0, False)
    assert "on the pisiform, 2.5 mm off" in mark.text.lower()


def test_a_hint_halves_a_right_answer_and_a_wrong_one_stays_worth_nothing():
    question = made_up("choose")
    assert question.mark_choice("MN", hinted=True).points == 0.5
    assert question.mark_choice("Pis", hinted=True).points == 0.0


def test_a_hint_leaves_the_right_choice_and_one_other():
    question = made_up("choose")
    dropped = question.hint().dropped
    assert len(dropped) == 2
    assert "MN" not in dropped


def test_the_hint_to_a_click_names_side_and_depth():
    assert made_up().hint().text == "In the middle, about 1 mm deep."


def test_sides_are_those_of_the_protocol():
    picture = tunnel()
    pisiform = next(s for s in shown_parts(picture, smallest_mm2=0.5) if s.key == "Pis")
    assert where(picture, pisiform).startswith(f"on the {picture.plane.right} side")
    turned = replace(picture, labels=np.ascontiguousarray(picture.labels[:, ::-1]))
    pisiform = next(s for s in shown_parts(turned, smallest_mm2=0.5) if s.key == "Pis")
    assert where(turned, pisiform).startswith(f"on the {picture.plane.left} side")


def test_what_was_not_offered_is_refused():
    with pytest.raises(BadRequest, match="no answer"):
        made_up("choose").mark_choice("FCR", hinted=False)
    with pytest.raises(BadRequest, match="no place"):
        made_up().mark_click(15, 600, hinted=False)


def test_too_little_of_a_structure_is_not_asked_for():
    shown = shown_parts(tunnel(), smallest_mm2=1.2)
    assert [one.key for one in shown] == ["Pis"]  # the nerve is 1.0 mm2, the bone 1.6


def test_the_inner_point_of_a_ring_is_on_the_ring():
    rows, columns = np.mgrid[:41, :41]
    radius = np.hypot(rows - 20, columns - 20)
    ring = (radius > 10) & (radius < 18)
    row, column = inner_point(ring)
    assert abs(np.hypot(row - 20, column - 20) - 14) < 1.5


def test_a_structure_at_the_edge_has_its_inner_point_inside_of_the_picture():
    mask = np.zeros((20, 30), bool)
    mask[:6, :8] = True
    row, column = inner_point(mask)
    assert 1 <= row <= 4
    assert 1 <= column <= 6


def test_distance_is_in_mm_in_both_directions():
    picture = replace(tunnel(), spacing_mm=(0.1, 0.2))
    part = picture.plane.parts["MN"][0]
    # 5 rows below the last row, then 5 columns beside the last column; less half a pixel.
    assert distance_mm(picture, part, 24, 25) == pytest.approx(0.5 - 0.1)
    assert distance_mm(picture, part, 15, 34) == pytest.approx(1.0 - 0.1)
    assert distance_mm(picture, picture.plane.parts["Sca"][0], 15, 34) is None


def test_people_are_beyond_those_that_networks_were_trained_on(questions):
    assert all(q.shot.patient.seed >= Patient().seed for q in questions)
