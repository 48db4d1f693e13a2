"""What a browser may ask of a room, checked: one table for the web socket and for the API."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.annotations import checked
from sesamoid.server.scanning.arrows import Control
from sesamoid.server.scanning.probe_control import FIRST_ERROR, ProbeControl
from sesamoid.server.scanning.room import ScanRoom

Message = Mapping[str, Any]
MOST_STEPS = 16
"""Of one message."""


def obey(room: ScanRoom, message: Message) -> None:
    """Do what a message asks for.

    Parameters
    ----------
    room : ScanRoom
    message : mapping
        With ``"do"``, one of `COMMANDS`, and what it needs.

    Raises
    ------
    SesamoidError
        It is none of them, something is missing or out of bounds, or it cannot be done.
    """
    what = message.get("do")
    if what not in COMMANDS:
        raise SesamoidError(f"no command {what!r}", fix=f"use one of {', '.join(COMMANDS)}.")
    COMMANDS[what](room, message)


def _steps(room: ScanRoom, message: Message) -> None:
    """``{"steps": [["slide right", 1.0], …]}``: keys, buttons and drags."""
    steps = message.get("steps")
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise SesamoidError("no list of steps", fix=f"give up to {MOST_STEPS}.")
    probe = _probe(room)
    for step in steps:
        if not isinstance(step, list) or len(step) != 2:
            raise SesamoidError(f"{step!r} is no step", fix="give [control, amount].")
        control = _control(step[0])
        probe.do(control, _number(step[1]))
        probe.machine.do(control)


def _point(room: ScanRoom, message: Message) -> None:
    """``{"place": [x, y, z], "outward": [x, y, z]}`` on the person's own hand, in mm."""
    place, outward = (_vector(message.get(key)) for key in ("place", "outward"))
    if not np.linalg.norm(outward) > 0.5:
        raise SesamoidError("the direction off the skin is missing", fix="give a unit vector.")
    _probe(room).point(place, outward)


def _go(room: ScanRoom, message: Message) -> None:
    """``{"plane": "S2"}``: put the probe down near it; ``"exact"`` on it, where no quiz runs."""
    plane = _plane(room, message.get("plane"))
    if plane is None:
        raise SesamoidError("no plane is named", fix="name one of the protocol's.")
    exact = message.get("exact") is True
    if exact and room.request.quiz:
        raise SesamoidError("in a quiz nobody puts the probe onto the plane")
    _probe(room).go(plane, size=0.0 if exact else FIRST_ERROR)


def _machine(room: ScanRoom, message: Message) -> None:
    """``{"set": {"depth_mm": 24, …}}``."""
    values = message.get("set")
    if room.machine is None:
        raise SesamoidError("the scanner is set at its own console")
    if not isinstance(values, dict):
        raise SesamoidError("no knob is named", fix='give {"set": {"depth_mm": 24}}.')
    for value in values.values():
        if not isinstance(value, int | float | str) or isinstance(value, bool):
            raise SesamoidError(f"{value!r} is no setting", fix="give a number or a name.")
    room.machine.set(**values)


def _capture(room: ScanRoom, message: Message) -> None:
    """``{"plane": null, "drawn": [...]}``; drawings belong to a frozen picture."""
    update = room.broadcast.newest
    drawn = message.get("drawn") or []
    if not isinstance(drawn, list):
        raise SesamoidError("what is drawn must be a list")
    if drawn and (update is None or update.picture is None or update.frame is None):
        raise SesamoidError("there is no picture to draw on")
    items = []
    if drawn and update is not None and update.picture is not None and update.frame is not None:
        shape = (update.picture.shape[0], update.picture.shape[1])
        items = checked(drawn, shape, update.frame.spacing_mm)
    room.capture(_plane(room, message.get("plane")), items)


def _retake(room: ScanRoom, message: Message) -> None:
    plane = _plane(room, message.get("plane"))
    if plane is None:
        raise SesamoidError("no plane is named", fix="name one of the protocol's.")
    room.retake(plane)


def _assistant(room: ScanRoom, message: Message) -> None:
    room.set_assistant(message.get("on") is True)


COMMANDS: dict[str, Callable[[ScanRoom, Message], None]] = {
    "steps": _steps,
    "point": _point,
    "go": _go,
    "machine": _machine,
    "capture": _capture,
    "retake": _retake,
    "freeze": lambda room, message: room.freeze(),
    "thaw": lambda room, message: room.thaw(),
    "assistant": _assistant,
}
"""By the word in ``"do"``."""


def _probe(room: ScanRoom) -> ProbeControl:
    if room.probe is None:
        raise SesamoidError("the probe is in somebody's real hand", fix="move it there.")
    if room.frozen:
        raise SesamoidError("the picture is frozen", fix="let it go on first.")
    return room.probe


def _control(given: Any) -> Control:
    try:
        return Control(given)
    except ValueError:
        raise SesamoidError(f"no control {given!r}", fix="see the keys under ?.") from None


def _plane(room: ScanRoom, given: Any) -> str | None:
    if given is None or given == "":
        return None
    return room.protocol.plane(str(given)).id


def _number(given: Any) -> float:
    if not isinstance(given, int | float) or not math.isfinite(given):
        raise SesamoidError(f"{given!r} is no number")
    return float(given)


def _vector(given: Any) -> Any:
    if not isinstance(given, list) or len(given) != 3:
        raise SesamoidError(f"{given!r} is no place", fix="give [x, y, z] in mm.")
    return np.array([_number(one) for one in given])
