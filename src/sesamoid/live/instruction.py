"""One short instruction to whoever holds the probe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from sesamoid.anatomy import Plane
from sesamoid.live.directions import Heading, compass

Side = Literal["left", "right"]


class Act(StrEnum):
    """What is to be done."""

    SLIDE = "slide"
    ROTATE = "rotate"
    TILT = "tilt"
    ROCK = "rock"
    TURN_ROUND = "turn round"
    CONTACT = "contact"
    DEPTH = "depth"
    GAIN = "gain"
    SWEEP = "sweep"
    FAN = "fan"
    TWIST = "twist"
    HOLD = "hold"
    FIND = "find"
    NEXT = "next"
    WAIT = "wait"


@dataclass(frozen=True)
class Instruction:
    """What to do next.

    Parameters
    ----------
    act : Act
    text : str
        For people, one line.
    plane : str
        Id of the plane that it leads to; empty where it is about none.
    severity : float
        How far off things are, in tolerances; 0 where nothing is wrong.
    toward : Heading, optional
        Where the probe, its handle (tilt) or its `end` (rotation) goes; the side that needs gel.
        What goes to and fro (`EXPLORING`) begins that way.
    end : Heading, optional
        Of a rotation: the end of the probe that goes `toward`; of a rock: the end pressed down.
    amount : float, optional
        In mm or degrees; positive. Of depth and gain: +1 more, -1 less.
    """

    act: Act
    text: str
    plane: str = ""
    severity: float = 0.0
    toward: Heading | None = None
    end: Heading | None = None
    amount: float | None = None


EXPLORING = {Act.SLIDE: Act.SWEEP, Act.TILT: Act.FAN, Act.ROTATE: Act.TWIST}
"""Slow motions to and fro, which find out what one picture does not tell; by the move."""


def explore(
    part: str, error: float, plane: Plane, *, side: Side | None, severity: float
) -> Instruction:
    """Go slowly to and fro, first the way that would undo a doubtful error.

    Parameters
    ----------
    part : str
        ``"across_mm"``, ``"rotation_deg"`` or ``"tilt_deg"``.
    error, plane, side, severity
        As of `move`.
    """
    first = move(part, error, plane, side=side, severity=severity)
    here = compass(plane)
    if first.act is Act.ROTATE:
        clockwise = "" if side is None else f", {first.text.split()[-1]} first"
        text = f"rotate slowly to and fro{clockwise}"
    else:
        assert first.toward is not None
        what = "slide" if first.act is Act.SLIDE else "tilt"
        text = f"{what} slowly to and fro, {here.words(first.toward).toward} first"
    return replace(first, act=EXPLORING[first.act], text=text, amount=None)


def move(
    part: str, error: float, plane: Plane, *, side: Side | None, severity: float = 0.0,
    step_mm: float = 1.0, step_deg: float = 5.0,
) -> Instruction:  # fmt: skip
    """The move that undoes an error of the probe's pose.

    Parameters
    ----------
    part : str
        ``"along_mm"``, ``"across_mm"``, ``"rotation_deg"``, ``"tilt_deg"`` or ``"rock_deg"``.
    error : float
        Where the probe is, from where it should be; see `PoseOffset` for the signs.
    plane : Plane
    side : {"left", "right"} or None
        The hand; without it a rotation is told by the ends of the probe instead of the clock.
    severity : float
    step_mm, step_deg : float
        To which the figure is rounded; never to 0.

    Notes
    -----
    With the beam b, the face f and e = b x f, a positive turn moves the right end of the face
    towards e (rotation), the handle, at -b, towards e (tilt), and the right end off the skin
    (rock); `ProbePose.turned` and its tests hold this.
    """
    here = compass(plane)
    step = step_mm if part.endswith("_mm") else step_deg
    amount = max(step, step * round(abs(error) / step))
    ahead = error < 0
    right = here.right if ahead else here.right.opposite
    across = here.across if ahead else here.across.opposite
    if part == "along_mm":
        text = f"slide {amount:g} mm {here.words(right).toward}"
        return Instruction(Act.SLIDE, text, plane.id, severity, right, amount=amount)
    if part == "across_mm":
        text = f"slide {amount:g} mm {here.words(across).toward}"
        return Instruction(Act.SLIDE, text, plane.id, severity, across, amount=amount)
    if part == "tilt_deg":
        text = f"tilt the handle {amount:g}° {here.words(across).toward}"
        return Instruction(Act.TILT, text, plane.id, severity, across, amount=amount)
    if part == "rock_deg":
        end = right.opposite
        text = f"press the {here.words(end).end} down by {amount:g}°"
        return Instruction(Act.ROCK, text, plane.id, severity, end=end, amount=amount)
    if side is None:
        text = f"turn the {here.words(here.right).end} {amount:g}° {here.words(across).toward}"
    else:
        # Looked at along the beam, the frame's positive turns are clockwise on a right hand; a
        # left hand is its mirror image.
        clockwise = ahead == (side == "right")
        text = f"rotate {amount:g}° {'clockwise' if clockwise else 'counterclockwise'}"
    return Instruction(Act.ROTATE, text, plane.id, severity, across, end=here.right, amount=amount)
