"""From an instruction to the arrow on the screen and the control that carries it out.

One table for both, so that words, arrow and controls cannot disagree. Directions are those of the
screen on which the hand is seen from outside, along the beam, with the right of the picture at the
right: up and down are across the picture's plane.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from sesamoid.anatomy import Protocol
from sesamoid.live import Act, Instruction
from sesamoid.live.directions import compass
from sesamoid.live.instruction import EXPLORING, Side
from sesamoid.server.scanning.hand import Step


class Control(StrEnum):
    """What can be done with a probe and a machine; the values are those of the web socket."""

    RIGHT = "slide right"
    LEFT = "slide left"
    UP = "slide up"
    DOWN = "slide down"
    CLOCKWISE = "rotate clockwise"
    COUNTERCLOCKWISE = "rotate counterclockwise"
    TILT_UP = "tilt up"
    TILT_DOWN = "tilt down"
    ROCK_RIGHT = "press right end"
    ROCK_LEFT = "press left end"
    TURN_ROUND = "turn round"
    PRESS = "press"
    LIFT = "lift"
    GEL = "gel"
    DEEPER = "deeper"
    SHALLOWER = "shallower"
    BRIGHTER = "more gain"
    DARKER = "less gain"
    GO = "go there"
    HOLD = "hold"


@dataclass(frozen=True)
class Arrow:
    """What an instruction looks like on the screen.

    Parameters
    ----------
    control : Control or None
        That carries it out; None: words alone.
    amount : float or None
        In mm or degrees, where the instruction has a figure.
    back : Control or None
        Of a motion to and fro: what undoes `control`, with which it begins.
    """

    control: Control | None
    amount: float | None = None
    back: Control | None = None


def arrow_of(said: Instruction, protocol: Protocol, side: Side | None) -> Arrow:
    """The arrow of an instruction.

    Parameters
    ----------
    said : Instruction
    protocol : Protocol
    side : {"left", "right"} or None
        The hand: on a left one, a mirror image, what lies across the picture is seen the other
        way up.
    """
    if said.act in _ONE_WAY:
        first = arrow_of(replace(said, act=_ONE_WAY[said.act]), protocol, side).control
        return Arrow(first, back=None if first is None else _BACK[first])
    act = said.act
    if act in (Act.DEPTH, Act.GAIN) and said.amount is not None:
        more, less = _MACHINE[act]
        return Arrow(more if said.amount > 0 else less)
    if act in _PLAIN:
        return Arrow(_PLAIN[act])
    if not said.plane:
        return Arrow(None)
    here = compass(protocol.plane(said.plane))
    up = here.across.opposite if side != "left" else here.across
    if act is Act.ROCK:
        at_right = said.end is here.right
        return Arrow(Control.ROCK_RIGHT if at_right else Control.ROCK_LEFT, said.amount)
    if act is Act.ROTATE:
        # The right end of the face goes down on the screen in a clockwise turn.
        end_down = (said.toward is not up) == (said.end is here.right)
        return Arrow(Control.CLOCKWISE if end_down else Control.COUNTERCLOCKWISE, said.amount)
    if act is Act.TILT:
        return Arrow(Control.TILT_UP if said.toward is up else Control.TILT_DOWN, said.amount)
    if act is Act.SLIDE and said.toward is not None:
        ways = {
            here.right: Control.RIGHT, here.right.opposite: Control.LEFT,
            up: Control.UP, up.opposite: Control.DOWN,
        }  # fmt: skip
        return Arrow(ways.get(said.toward), said.amount)
    return Arrow(None)


def step_of(control: Control, amount: float, side: Side | None) -> Step | None:
    """The move that a control stands for, by an amount in mm or degrees; None: it is no move."""
    up = -1.0 if side != "left" else 1.0
    # On a right hand a positive turn of the model is clockwise, seen from outside.
    clockwise = 1.0 if side != "left" else -1.0
    match control:
        case Control.RIGHT | Control.LEFT:
            return Step(along_mm=amount if control is Control.RIGHT else -amount)
        case Control.UP | Control.DOWN:
            return Step(across_mm=up * (amount if control is Control.UP else -amount))
        case Control.CLOCKWISE | Control.COUNTERCLOCKWISE:
            turn = amount if control is Control.CLOCKWISE else -amount
            return Step(rotation_deg=clockwise * turn)
        case Control.TILT_UP | Control.TILT_DOWN:
            return Step(tilt_deg=up * (amount if control is Control.TILT_UP else -amount))
        case Control.ROCK_RIGHT | Control.ROCK_LEFT:
            return Step(rock_deg=-amount if control is Control.ROCK_RIGHT else amount)
        case Control.PRESS | Control.LIFT:
            return Step(press_mm=amount if control is Control.PRESS else -amount)
        case Control.TURN_ROUND:
            return Step(rotation_deg=180.0)
    return None


_ONE_WAY = {there: move for move, there in EXPLORING.items()}
_PAIRS = (
    (Control.RIGHT, Control.LEFT), (Control.UP, Control.DOWN),
    (Control.TILT_UP, Control.TILT_DOWN), (Control.CLOCKWISE, Control.COUNTERCLOCKWISE),
)  # fmt: skip
_BACK = {one: other for a, b in _PAIRS for one, other in ((a, b), (b, a))}
_PLAIN = {
    Act.TURN_ROUND: Control.TURN_ROUND, Act.CONTACT: Control.GEL, Act.FIND: Control.GO,
    Act.NEXT: Control.GO, Act.HOLD: Control.HOLD,
}  # fmt: skip
_MACHINE = {
    Act.DEPTH: (Control.DEEPER, Control.SHALLOWER), Act.GAIN: (Control.BRIGHTER, Control.DARKER),
}  # fmt: skip
