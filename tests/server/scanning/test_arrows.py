"""Words, arrow and controls agree: the control that an arrow stands for undoes the error."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.anatomy import Protocol
from sesamoid.live import Act, Instruction
from sesamoid.live.directions import compass
from sesamoid.live.instruction import explore, move
from sesamoid.server.scanning.arrows import Control, arrow_of, step_of
from sesamoid.server.scanning.hand import Step, moved, near
from sesamoid.virtual.acquisition import Examination, pose_error

PARTS = ("along_mm", "across_mm", "rotation_deg", "tilt_deg", "rock_deg")
PLANES = [f"S{number}" for number in range(1, 16)]
FLIP = np.array([-1.0, 1.0, 1.0])
UP = {"slide up", "tilt up"}


@pytest.fixture(params=["right", "left"])
def hand(request: pytest.FixtureRequest, exam: Examination, left_exam: Examination) -> Examination:
    return exam if request.param == "right" else left_exam


@pytest.mark.parametrize("plane", PLANES)
def test_the_control_of_an_arrow_undoes_the_error(
    hand: Examination, plane: str, rule: Protocol
) -> None:
    view, side = hand.view(plane), hand.body.person.side
    for part in PARTS:
        for sign in (1, -1):
            size = sign * 2.0 * getattr(view.plane.tolerance, part)
            grip = moved(hand.body, near(hand.body, view, size=0), Step(**{part: size}))
            before = getattr(pose_error(grip.pose, view.pose), part)
            said = move(part, before, view.plane, side=side)
            arrow = arrow_of(said, rule, side)
            assert arrow.control is not None
            assert arrow.amount is not None
            step = step_of(arrow.control, arrow.amount, side)
            assert step is not None
            after = getattr(pose_error(moved(hand.body, grip, step).pose, view.pose), part)
            assert abs(after) < 0.65 * abs(before), f"{said.text}: {arrow}"


@pytest.mark.parametrize("plane", PLANES)
def test_up_on_the_screen_is_where_the_words_point(
    hand: Examination, plane: str, rule: Protocol
) -> None:
    """The screen shows the hand from outside along the beam, the picture's right at the right."""
    view, side = hand.view(plane), hand.body.person.side
    flip = FLIP if side == "left" else np.ones(3)
    right, forward = view.pose.lateral * flip, view.pose.axial * flip
    up = np.cross(right, forward)
    for part, error in (("across_mm", 5.0), ("across_mm", -5.0), ("tilt_deg", 9.0)):
        said = move(part, error, view.plane, side=side)
        arrow = arrow_of(said, rule, side)
        assert said.toward is not None
        assert arrow.control is not None
        pointing = said.toward.vector * flip @ up
        assert (pointing > 0) == (arrow.control.value in UP), f"{said.text}: {arrow}"


@pytest.mark.parametrize("plane", PLANES)
def test_clockwise_is_clockwise_for_whoever_looks_at_the_screen(
    hand: Examination, plane: str, rule: Protocol
) -> None:
    view, side = hand.view(plane), hand.body.person.side
    for error in (12.0, -12.0):
        said = move("rotation_deg", error, view.plane, side=side)
        arrow = arrow_of(said, rule, side)
        assert arrow.control is not None
        assert said.text.endswith(arrow.control.value.removeprefix("rotate "))
        step = step_of(arrow.control, 10.0, side)
        assert step is not None
        flip = FLIP if side == "left" else np.ones(3)
        turned = view.pose.turned(rotation_deg=step.rotation_deg)
        up = np.cross(view.pose.lateral * flip, view.pose.axial * flip)
        goes_up = float((turned.lateral * flip) @ up) > 0
        assert goes_up == (arrow.control is Control.COUNTERCLOCKWISE)


def test_other_advice_has_its_controls(rule: Protocol) -> None:
    expected = {
        Instruction(Act.DEPTH, "increase depth", "S1", amount=1): Control.DEEPER,
        Instruction(Act.DEPTH, "reduce depth", "S1", amount=-1): Control.SHALLOWER,
        Instruction(Act.GAIN, "increase gain", "S1", amount=1): Control.BRIGHTER,
        Instruction(Act.GAIN, "reduce gain", "S1", amount=-1): Control.DARKER,
        Instruction(Act.CONTACT, "more gel", "S1"): Control.GEL,
        Instruction(Act.TURN_ROUND, "turn the probe round", "S1"): Control.TURN_ROUND,
        Instruction(Act.NEXT, "S1 is kept. find S2", "S2"): Control.GO,
        Instruction(Act.HOLD, "hold still", "S1"): Control.HOLD,
        Instruction(Act.WAIT, "no picture"): None,
    }
    for said, control in expected.items():
        assert arrow_of(said, rule, "right").control is control, said.text


@pytest.mark.parametrize("part", ["across_mm", "rotation_deg", "tilt_deg"])
def test_to_and_fro_begins_as_the_move_and_comes_back(rule: Protocol, part: str) -> None:
    for side in ("right", "left", None):
        for error in (4.0, -4.0):
            plane = rule.plane("S11")
            once = arrow_of(move(part, error, plane, side=side), rule, side)
            said = explore(part, error, plane, side=side, severity=1.0)
            arrow = arrow_of(said, rule, side)
            assert "to and fro" in said.text
            assert (arrow.control, arrow.amount) == (once.control, None)
            there = step_of(once.control, 1.0, side)
            back = step_of(arrow.back, 1.0, side)
            assert getattr(there, part) == -getattr(back, part) != 0


def test_a_slide_without_a_figure_has_an_arrow_too(rule: Protocol) -> None:
    here = compass(rule.plane("S11"))
    said = Instruction(Act.SLIDE, "slide a little", "S11", toward=here.right)
    assert arrow_of(said, rule, "right").control is Control.RIGHT
