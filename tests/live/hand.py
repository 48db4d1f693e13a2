"""A person who reads an instruction and moves a probe on a hand by its words alone.

Nothing of the code under test is used: directions are those of a hand in space (thumb, little
finger, back, palm, fingers, elbow), for the right hand in the body's own frame and for the left one
in its mirror image.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sesamoid.virtual.pose import ProbePose

HAND = {
    "toward the thumb side": (1, 0, 0), "toward the little-finger side": (-1, 0, 0),
    "toward the back of the hand": (0, 1, 0), "toward the palm": (0, -1, 0),
    "toward the fingers": (0, 0, 1), "toward the elbow": (0, 0, -1),
}  # fmt: skip
THUMB = {
    "away from the index finger": (1, 0, 0), "toward the index finger": (-1, 0, 0),
    "toward the back of the thumb": (0, 1, 0), "toward the pad of the thumb": (0, -1, 0),
    "toward the tip of the thumb": (0, 0, 1), "toward the wrist": (0, 0, -1),
}  # fmt: skip
ENDS = {
    "thumb-side": (1, 0, 0), "little-finger-side": (-1, 0, 0), "back-of-hand": (0, 1, 0),
    "palm-side": (0, -1, 0), "finger-side": (0, 0, 1), "elbow-side": (0, 0, -1),
    "outer": (1, 0, 0), "index-finger-side": (-1, 0, 0), "back-of-thumb": (0, 1, 0),
    "pad-side": (0, -1, 0), "tip-side": (0, 0, 1), "wrist-side": (0, 0, -1),
}  # fmt: skip
FLIP = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True)
class Held:
    """A probe in space: not made orthonormal by a rule of the code, and of either handedness."""

    origin: np.ndarray
    face: np.ndarray
    beam: np.ndarray

    @property
    def third(self) -> np.ndarray:
        return np.cross(self.beam, self.face)


def in_space(pose: ProbePose, side: str) -> Held:
    """The probe on a real right or left hand."""
    flip = FLIP if side == "left" else np.ones(3)
    return Held(pose.origin * flip, pose.lateral * flip, pose.axial * flip)


def in_the_model(held: Held, side: str) -> ProbePose:
    """The same in the frame of a right hand."""
    flip = FLIP if side == "left" else np.ones(3)
    return ProbePose.looking(held.origin * flip, axial=held.beam * flip, lateral=held.face * flip)


def obey(text: str, held: Held, side: str, thumb_axes: np.ndarray | None = None) -> Held:
    """Move the probe as told.

    `thumb_axes`, rows radial, dorsal, distal, are those of the thumb for a plane on it.
    """
    axes = np.eye(3) if thumb_axes is None else thumb_axes
    if side == "left":
        axes = axes * FLIP

    def direction(numbers) -> np.ndarray:
        return np.asarray(numbers, dtype=float) @ axes

    def way(words: str) -> np.ndarray:
        return direction((HAND if thumb_axes is None else THUMB)[words])

    found = re.fullmatch(r"slide (\d+) mm (.+)", text)
    if found:
        wish = way(found[2])
        axis = max((held.face, -held.face, held.third, -held.third), key=lambda v: v @ wish)
        return Held(held.origin + float(found[1]) * axis, held.face, held.beam)
    found = re.fullmatch(r"rotate (\d+)° (clockwise|counterclockwise)", text)
    if found:
        # Seen along the beam, from outside the body.
        return _turn(held, held.beam, float(found[1]) * (1 if found[2] == "clockwise" else -1))
    found = re.fullmatch(r"turn the (.+) end (\d+)° (.+)", text)
    if found:
        end, wish = direction(ENDS[found[1]]), way(found[3])
        tip = max((held.face, -held.face), key=lambda v: v @ end)
        return _better(held, held.beam, float(found[2]), tip, wish)
    found = re.fullmatch(r"tilt the handle (\d+)° (.+)", text)
    if found:
        return _better(held, held.face, float(found[1]), -held.beam, way(found[2]))
    found = re.fullmatch(r"press the (.+) end down by (\d+)°", text)
    if found:
        end = direction(ENDS[found[1]])
        tip = max((held.face, -held.face), key=lambda v: v @ end)
        return _better(held, held.third, float(found[2]), tip, held.beam)
    raise AssertionError(f"nobody could follow {text!r}")


def _better(held: Held, axis: np.ndarray, degrees: float, what: np.ndarray, wish: np.ndarray):
    """Of the two senses of a turn, the one that brings `what` nearer to `wish`."""
    sense = max((1, -1), key=lambda sign: float(_rotated(what, axis, sign * degrees) @ wish))
    return _turn(held, axis, sense * degrees)


def _turn(held: Held, axis: np.ndarray, degrees: float) -> Held:
    return Held(held.origin, _rotated(held.face, axis, degrees), _rotated(held.beam, axis, degrees))


def _rotated(vector: np.ndarray, axis: np.ndarray, degrees: float) -> np.ndarray:
    angle, axis = np.deg2rad(degrees), axis / np.linalg.norm(axis)
    return (
        vector * np.cos(angle)
        + np.cross(axis, vector) * np.sin(angle)
        + axis * (axis @ vector) * (1 - np.cos(angle))
    )
