"""Synovitis: cases are of known grade, and an answer is marked for presence and for grade."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from sesamoid.server.access import BadRequest
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.teaching.exercises import (
    ExerciseKey,
    exercise,
    joints,
    synovitis_grades,
)
from sesamoid.server.teaching.gallery import Gallery
from sesamoid.server.teaching.synovitis_marks import agreement, mark_grade
from sesamoid.server.teaching.synovitis_quiz import SynovitisCase, draw_case

RULES = exercise(ExerciseKey.SYNOVITIS_PICTURES).rules
COUNT = exercise(ExerciseKey.SYNOVITIS_PICTURES).questions


@pytest.fixture(scope="module")
def cases(bodies: Bodies) -> list[SynovitisCase]:
    gallery = Gallery(bodies)
    return [draw_case(gallery, 11, number) for number in range(COUNT)]


def points(answer: int, truth: int) -> float:
    return mark_grade(joints()["radiocarpal"], answer, truth, RULES, height_mm=None).points


def test_every_grade_comes_equally_often_and_every_joint(cases):
    assert Counter(case.truth for case in cases) == {0: 2, 1: 2, 2: 2, 3: 2}
    assert {case.joint.key for case in cases} == set(joints())


def test_the_truth_is_the_persons_and_the_recess_is_as_thick_as_that(cases):
    # Facts 5 and pathology.yaml: what a grade adds to the healthy recess grows with the grade.
    by_grade = {grade: [c.height_mm for c in cases if c.truth == grade] for grade in range(4)}
    assert max(by_grade[0]) < 1.5
    assert min(by_grade[3]) > 2.0
    assert np.mean(by_grade[1]) < np.mean(by_grade[2]) < np.mean(by_grade[3])


def test_the_joint_asked_about_is_on_the_picture(cases):
    for case in cases:
        assert case.picture.mask((case.joint.recess,)).sum() > 50
        assert case.picture.plane.id == case.joint.plane
        assert case.picture.plane.digit == case.joint.digit


@pytest.mark.parametrize(
    ("answer", "truth", "worth"),
    [(0, 0, 1.0), (3, 3, 1.0), (2, 3, 0.75), (1, 3, 0.5), (0, 1, 0.0), (1, 0, 0.0), (0, 3, 0.0)],
)
def test_presence_is_half_and_the_grade_the_other_half(answer, truth, worth):
    assert points(answer, truth) == worth


def test_every_grade_says_what_it_looks_like():
    texts = [one.text for one in synovitis_grades()]
    assert len(set(texts)) == 4
    assert "capsule not fully distended" in texts[2]
    assert "convex" in texts[3]


def test_a_hint_costs_a_fifth(cases):
    case = cases[0]
    assert case.mark(case.truth, hinted=True).points == pytest.approx(0.8)


def test_a_missed_synovitis_is_told_as_missed_and_a_false_one_as_healthy():
    joint = joints()["mcp_2"]
    assert "Missed" in mark_grade(joint, 0, 2, RULES, height_mm=2.1).text
    assert "is healthy" in mark_grade(joint, 2, 0, RULES, height_mm=0.7).text
    assert "2.1 mm" in mark_grade(joint, 0, 2, RULES, height_mm=2.1).text


def test_there_is_no_grade_four(cases):
    with pytest.raises(BadRequest):
        cases[0].mark(4, hinted=False)


def test_kappa_is_that_of_the_definition():
    assert agreement([(0, 0), (1, 1), (2, 2), (3, 3)]) == pytest.approx(1.0)
    # By hand: observed (0+1+1+0)/4 = 0.5; expected: answers 0,2,1,3 against truths 0,1,2,3, the
    # mean of all 16 squares = 40/16 = 2.5.
    assert agreement([(0, 0), (2, 1), (1, 2), (3, 3)]) == pytest.approx(1 - 0.5 / 2.5)
    assert agreement([]) is None
    assert agreement([(1, 1), (1, 1)]) is None
