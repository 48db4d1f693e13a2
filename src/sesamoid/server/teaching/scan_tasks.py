"""Exercises in which the learner holds the probe: who lies there, and what is to be found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.anatomy import Plane, Protocol
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.teaching.exercises import ExerciseKey, joints
from sesamoid.server.teaching.marks import Hint, in_words
from sesamoid.server.teaching.shots import draw_seed
from sesamoid.server.teaching.synovitis_quiz import draw_grades, pathologies_of


@dataclass(frozen=True)
class ScanTask:
    """What a learner is to scan.

    Parameters
    ----------
    exercise : ExerciseKey
    patient : Patient
        What is wrong with them is hidden from the learner.
    planes : tuple of str
        To be captured; of a patient with joints to grade none must be.
    grades : mapping of str to int
        True grades by joint, where they are asked for.
    """

    exercise: ExerciseKey
    patient: Patient
    planes: tuple[str, ...]
    grades: dict[str, int]


def draw_task(protocol: Protocol, exercise: ExerciseKey, subject: str, seed: int) -> ScanTask:
    """The task of a seed; always the same one.

    Parameters
    ----------
    protocol : Protocol
    exercise : ExerciseKey
        One that scans.
    subject : str
        The plane to find, in `ExerciseKey.FIND_PLANE`.
    seed : int

    Raises
    ------
    SesamoidError
        The protocol has no such plane.
    """
    rng = np.random.default_rng([seed, 2])
    person = draw_seed(rng)
    if exercise is ExerciseKey.SYNOVITIS_PATIENT:
        grades = draw_grades(rng)
        return ScanTask(exercise, Patient(person, pathologies_of(grades)), (), grades)
    if exercise is ExerciseKey.FIND_PLANE:
        return ScanTask(exercise, Patient(person), (protocol.plane(subject).id,), {})
    return ScanTask(exercise, Patient(person), tuple(p.id for p in protocol.planes), {})


def spoken_hints(plane: Plane) -> tuple[Hint, Hint]:
    """What is told of a plane before directions are: where it is, and what it shows."""
    critical = [plane.parts[key][0].title for key in plane.critical]
    needed = in_words(critical)
    return (
        Hint(f"{plane.position[:1].upper()}{plane.position[1:]}. Landmark: {plane.landmark}."),
        Hint(f"The picture must show {needed}; {plane.left} is at the left of the screen."),
    )


def synovitis_hint() -> Hint:
    """Where each joint is looked at."""
    places: dict[str, list[str]] = {}
    for joint in joints().values():
        places.setdefault(joint.plane, []).append(joint.title)
    told = [f"{plane} shows the {in_words(titles)}" for plane, titles in places.items()]
    return Hint(f"{'; '.join(told)}.")
