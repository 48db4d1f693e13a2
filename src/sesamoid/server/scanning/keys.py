"""Keys of the scan page: one table for the page, its help and the tests."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.server.scanning.arrows import Control


@dataclass(frozen=True)
class Key:
    """A key and what it does.

    Parameters
    ----------
    code : str
        ``KeyboardEvent.code``: the place on the keyboard, whatever is printed there.
    cap : str
        As it is shown.
    words : str
    tap : float
        Of a move: mm or degrees of one tap; of a knob: one step.
    rate : float
        A second, while it is held; 0: it does not repeat.
    unit : str
        ``"mm"`` or ``"°"``; empty for what is no move.
    """

    code: str
    cap: str
    words: str
    tap: float = 1.0
    rate: float = 0.0
    unit: str = ""


def _slide(code: str, cap: str, words: str) -> Key:
    return Key(code, cap, words, tap=1.0, rate=9.0, unit="mm")


def _turn(code: str, cap: str, words: str) -> Key:
    return Key(code, cap, words, tap=2.5, rate=18.0, unit="°")


CONTROL_KEYS: dict[Control, Key] = {
    Control.LEFT: _slide("ArrowLeft", "←", "slide left along the picture"),
    Control.RIGHT: _slide("ArrowRight", "→", "slide right along the picture"),
    Control.UP: _slide("ArrowUp", "↑", "slide up, across the picture"),
    Control.DOWN: _slide("ArrowDown", "↓", "slide down, across the picture"),
    Control.COUNTERCLOCKWISE: _turn("KeyQ", "Q", "rotate counterclockwise"),
    Control.CLOCKWISE: _turn("KeyE", "E", "rotate clockwise"),
    Control.TILT_UP: _turn("KeyW", "W", "tilt the handle up"),
    Control.TILT_DOWN: _turn("KeyS", "S", "tilt the handle down"),
    Control.ROCK_LEFT: _turn("KeyA", "A", "rock: press the left end down"),
    Control.ROCK_RIGHT: _turn("KeyD", "D", "rock: press the right end down"),
    Control.PRESS: Key("KeyR", "R", "press harder", tap=0.3, rate=2.0, unit="mm"),
    Control.LIFT: Key("KeyF", "F", "press less, lift off", tap=0.3, rate=2.0, unit="mm"),
    Control.TURN_ROUND: Key("KeyT", "T", "turn the probe round"),
    Control.GEL: Key("KeyG", "G", "more gel"),
    Control.SHALLOWER: Key("BracketLeft", "[", "shallower picture"),
    Control.DEEPER: Key("BracketRight", "]", "deeper picture"),
    Control.DARKER: Key("Minus", "−", "less gain"),
    Control.BRIGHTER: Key("Equal", "+", "more gain"),
}
"""Held with Shift, a move is four times finer."""

PAGE_KEYS: dict[str, Key] = {
    "capture": Key("Enter", "Enter", "keep this picture"),
    "freeze": Key("Space", "Space", "freeze, go on"),
    "retake": Key("Backspace", "⌫", "take this plane again"),
    "go": Key("KeyP", "P", "put the probe down near the next plane"),
    "labels": Key("KeyL", "L", "labels on or off"),
    "assistant": Key("KeyH", "H", "show or hide the assistant"),
    "caliper": Key("KeyM", "M", "measure with a caliper"),
    "note": Key("KeyN", "N", "write a note on the picture"),
    "centre": Key("KeyC", "C", "bring the 3-D view back to the probe"),
    "stop": Key("Escape", "Esc", "put the tool away, back to the live picture"),
}
"""By what the page does."""
