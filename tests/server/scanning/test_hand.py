"""A probe held on the skin stays there, goes where it is moved, and leaves other errors alone."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.server.scanning.hand import (
    LEAN_DEG,
    PRESS_MM,
    Grip,
    Step,
    moved,
    near,
    put_down,
)
from sesamoid.virtual.acquisition import Examination, pose_error


def above_skin_mm(exam: Examination, grip: Grip) -> float:
    """How far the foot of an upright probe is from the skin, along its beam."""
    upright = grip.upright
    outside = upright.origin - 20 * upright.axial
    return float(exam.body.skin_distance(outside, upright.axial)) - 20


@pytest.mark.parametrize("plane", ["S1", "S5", "S9:3", "S11", "S13"])
def test_on_a_plane_with_no_error_it_is_on_the_plane(exam: Examination, plane: str) -> None:
    name, _, digit = plane.partition(":")
    view = exam.view(name, digit=int(digit) if digit else None)
    error = pose_error(near(exam.body, view, size=0).pose, view.pose)
    assert error.excess(view.plane.tolerance) < 0.35


@pytest.mark.parametrize("plane", ["S1", "S3", "S8", "S11", "S14"])
def test_near_a_plane_is_off_it_by_as_much_as_was_asked_for(exam: Examination, plane: str) -> None:
    view, rng = exam.view(plane), np.random.default_rng(4)
    sizes = []
    for _ in range(5):
        grip = near(exam.body, view, size=2.2, rng=rng)
        assert abs(above_skin_mm(exam, grip)) < 0.2
        sizes.append(pose_error(grip.pose, view.pose).excess(view.plane.tolerance))
    assert 1.3 < np.median(sizes) < 3.2


@pytest.mark.parametrize("plane", ["S2", "S11", "S12"])
def test_small_slides_change_the_place_and_nothing_else(exam: Examination, plane: str) -> None:
    view = exam.view(plane)
    grip = near(exam.body, view, size=0)
    for step in (Step(along_mm=3), Step(across_mm=-3)):
        after = moved(exam.body, grip, step)
        assert abs(above_skin_mm(exam, after)) < 0.1
        error, before = (pose_error(one.pose, view.pose) for one in (after, grip))
        assert error.along_mm - before.along_mm == pytest.approx(step.along_mm, abs=0.3)
        assert error.across_mm - before.across_mm == pytest.approx(step.across_mm, abs=0.3)
        for turn in ("rotation_deg", "tilt_deg", "rock_deg"):
            assert getattr(error, turn) == pytest.approx(getattr(before, turn), abs=0.5)


def test_turns_are_turns_about_the_probe_s_own_axes(exam: Examination) -> None:
    view = exam.view("S11")
    grip = near(exam.body, view, size=0)
    before = pose_error(grip.pose, view.pose)
    for name in ("rotation_deg", "tilt_deg", "rock_deg"):
        error = pose_error(moved(exam.body, grip, Step(**{name: 5.0})).pose, view.pose)
        assert getattr(error, name) - getattr(before, name) == pytest.approx(5.0, abs=0.3)


def test_the_probe_goes_round_the_limb_on_the_skin(exam: Examination) -> None:
    grip = near(exam.body, exam.view("S11"), size=0)
    first = grip.upright.axial
    for _ in range(60):
        grip = moved(exam.body, grip, Step(along_mm=1.0))
        assert abs(above_skin_mm(exam, grip)) < 0.1
    turned = np.rad2deg(np.arccos(np.clip(first @ grip.upright.axial, -1, 1)))
    assert turned > 60


def test_there_and_back_again(exam: Examination) -> None:
    start = near(exam.body, exam.view("S3"), size=0)
    grip = start
    for step in (Step(along_mm=4), Step(across_mm=4), Step(along_mm=-4), Step(across_mm=-4)):
        grip = moved(exam.body, grip, step)
    assert np.linalg.norm(grip.upright.origin - start.upright.origin) < 0.8


def test_it_does_not_fall_off_the_fingertip(exam: Examination) -> None:
    grip = near(exam.body, exam.view("S9"), size=0)
    for _ in range(120):
        grip = moved(exam.body, grip, Step(along_mm=2.0))
        assert abs(above_skin_mm(exam, grip)) < 0.3


def test_pressing_and_leaning_have_ends(exam: Examination) -> None:
    grip = near(exam.body, exam.view("S11"), size=0)
    for _ in range(20):
        grip = moved(exam.body, grip, Step(press_mm=1, tilt_deg=10, rock_deg=-10))
    assert (grip.press_mm, grip.tilt_deg, grip.rock_deg) == (PRESS_MM[1], LEAN_DEG, -LEAN_DEG)
    for _ in range(20):
        grip = moved(exam.body, grip, Step(press_mm=-1))
    assert grip.press_mm == PRESS_MM[0]


def test_put_down_where_somebody_points_it_stands_square(exam: Examination) -> None:
    grip = near(exam.body, exam.view("S1"), size=0)
    aim = exam.view("S11").pose
    skin = aim.origin - aim.axial * 0.8
    for outward in (-aim.axial, -aim.turned(tilt_deg=15, rock_deg=-12).axial):
        there = put_down(exam.body, grip, skin, outward)
        assert np.linalg.norm(there.upright.origin - skin) < 2.0
        assert abs(above_skin_mm(exam, there)) < 0.1
        lean = np.rad2deg(np.arccos(np.clip(there.upright.axial @ aim.axial, -1, 1)))
        assert lean < 20
    nowhere = put_down(exam.body, grip, skin + np.array([300.0, 0, 0]), -aim.axial)
    assert nowhere == grip
