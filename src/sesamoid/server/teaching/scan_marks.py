"""Marking what a learner captured, against where the probe really was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesamoid.anatomy import Plane, PoseTolerance
from sesamoid.live.instruction import Side, move
from sesamoid.server.teaching.marks import in_words, time_lost
from sesamoid.virtual.acquisition import (
    NO_PLANE,
    Examination,
    FrameTruth,
    PoseError,
    StandardView,
    pose_error,
)
from sesamoid.virtual.pose import ProbePose

FAR_MM = 45.0
"""Farther from a plane than this its landmark says more than a distance (P)."""
TURNED_DEG = 60.0
"""Between beams: beyond, the probe stands on another side of the hand (P)."""


@dataclass(frozen=True)
class CaptureMark:
    """One capture, marked.

    Parameters
    ----------
    plane : str
        What was wanted.
    hit : bool
        The probe was within the tolerance of that plane.
    letter : str
        Grade of the picture where it was hit, else empty.
    text : str
        For the learner.
    """

    plane: str
    hit: bool
    letter: str
    text: str


@dataclass(frozen=True)
class ScoreLine:
    """A part of a score, in points of 100; negative where points were lost."""

    text: str
    points: float


def mark_capture(wanted: Plane, truth: FrameTruth, *, side: Side | None) -> CaptureMark:
    """Whether a picture is of the wanted plane, how good it is, and what was off.

    Parameters
    ----------
    wanted : Plane
    truth : FrameTruth
        Of the captured frame.
    side : {"left", "right"} or None
    """
    if truth.plane == wanted.id:
        grade = truth.grade
        letter = grade.letter.value
        if truth.reversed:
            # Either way round a plane is found; the picture of a reversed probe grades as C.
            why = "the probe is held the wrong way round"
        else:
            why = "; ".join(grade.reasons)
        text = f"{wanted.id} found, grade {letter}" + (f": {why}." if why else ", exemplary.")
        return CaptureMark(wanted.id, True, letter, text)
    if truth.plane != NO_PLANE:
        return CaptureMark(wanted.id, False, "", f"This is {truth.plane}, not {wanted.id}.")
    if truth.nearest == wanted.id:
        moves = corrections(truth.error, wanted, side=side)
        text = f"Close to {wanted.id}, but not within its tolerance: {in_words(moves)}."
        return CaptureMark(wanted.id, False, "", text)
    text = f"No standard plane; {truth.nearest} is nearer than {wanted.id}."
    return CaptureMark(wanted.id, False, "", text)


def corrections(
    error: PoseError, plane: Plane, *, side: Side | None, beyond: float = 1.0
) -> list[str]:
    """Moves that undo the errors of more than `beyond` tolerances, the worst first."""
    sizes = {part: abs(getattr(error, part)) / limit for part, limit in _limits(plane.tolerance)}
    parts = sorted((p for p, size in sizes.items() if size > beyond), key=lambda p: -sizes[p])
    return [move(part, getattr(error, part), plane, side=side).text for part in parts]


def way_to(exam: Examination, plane: str, pose: ProbePose, *, side: Side | None) -> str:
    """One thing to do to get from a pose to a plane; of several fingers' the nearest.

    Parameters
    ----------
    exam : Examination
        Of the body that is scanned.
    plane : str
    pose : ProbePose
        Where the probe is.
    side : {"left", "right"} or None
    """
    first = exam.protocol.plane(plane)
    digits = [one.digit for one in (first, *first.on_other_digits)]
    views = [exam.view(plane, digit=digit) for digit in digits]
    view = min(views, key=lambda one: float(np.linalg.norm(pose.origin - one.pose.origin)))
    away = float(np.linalg.norm(pose.origin - view.pose.origin))
    turned = float(np.rad2deg(np.arccos(np.clip(pose.axial @ view.pose.axial, -1, 1))))
    if turned > TURNED_DEG or away > FAR_MM:
        return f"Go to the {view.plane.side} side: {view.plane.landmark}."
    return _nearby(view, pose, side)


def _nearby(view: StandardView, pose: ProbePose, side: Side | None) -> str:
    error = pose_error(pose, view.pose)
    if abs(error.rotation_deg) > 90:
        return "Turn the probe round by half a turn."
    moves = corrections(error, view.plane, side=side, beyond=0.5)
    if not moves:
        return "You are there: check depth, gain and contact, then capture."
    text = moves[0]
    return f"{text[:1].upper()}{text[1:]}."


def find_score(
    rules: Mapping[str, Any],
    letters: Mapping[str, str],
    *,
    hints: int,
    misses: int,
    seconds: float,
) -> list[ScoreLine]:
    """How the score of a search comes about.

    Parameters
    ----------
    rules : mapping
        ``letters``, ``hint_cost``, ``miss_cost`` and ``time`` of ``exercises.yaml``.
    letters : mapping of str to str
        Best grade by wanted plane; empty where it was not found.
    hints, misses : int
    seconds : float

    Returns
    -------
    list of ScoreLine
        Their sum, not below 0, is the score.
    """
    worth = {"": 0.0, **rules["letters"]}
    if len(letters) == 1:
        plane, letter = next(iter(letters.items()))
        found = f"{plane}, grade {letter}" if letter else f"{plane} not found"
    else:
        found = _counted(list(letters.values()))
    share = sum(worth[letter] for letter in letters.values()) / len(letters)
    lines = [ScoreLine(found, 100 * share)]
    for text, count, cost in (
        ("hint", hints, float(rules["hint_cost"])),
        ("capture of something else", misses, float(rules["miss_cost"])),
    ):
        if count:
            plural = (
                text if count == 1 else text.replace("capture", "captures").replace("hint", "hints")
            )
            lines.append(ScoreLine(f"{count} {plural}", -100 * cost * count))
    lost = time_lost(seconds, rules["time"])
    if lost:
        lines.append(ScoreLine(f"{seconds:.0f} s", -100 * lost))
    return lines


def _counted(letters: Sequence[str]) -> str:
    parts = [
        f"{letters.count(letter)} {text}"
        for letter, text in (("A", "of grade A"), ("B", "of grade B"), ("C", "of grade C"))
        if letters.count(letter)
    ]
    missing = letters.count("")
    if missing:
        parts.append(f"{missing} missing")
    return f"{len(letters)} planes: {in_words(parts)}"


def _limits(tolerance: PoseTolerance) -> list[tuple[str, float]]:
    return [
        ("along_mm", tolerance.along_mm),
        ("across_mm", tolerance.across_mm),
        ("rotation_deg", tolerance.rotation_deg),
        ("tilt_deg", tolerance.tilt_deg),
        ("rock_deg", tolerance.rock_deg),
    ]
