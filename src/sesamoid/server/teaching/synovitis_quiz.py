"""Is there synovitis, and how severe: cases of virtual people whose grades are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.server.access.errors import BadRequest
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.teaching.exercises import (
    ExerciseKey,
    Joint,
    exercise,
    joints,
    synovitis_grades,
)
from sesamoid.server.teaching.gallery import Gallery, TeachingPicture
from sesamoid.server.teaching.marks import Hint, Mark
from sesamoid.server.teaching.parts import capitalised
from sesamoid.server.teaching.shots import Shot, draw_seed, draw_shot
from sesamoid.server.teaching.synovitis_marks import mark_grade
from sesamoid.virtual.body import Person

HEALTHY_SHARE = 0.5
"""Of the joints that are not asked about in a picture, and of a patient's."""


@dataclass(frozen=True)
class SynovitisCase:
    """One picture of one joint.

    Parameters
    ----------
    number : int
        From 0.
    joint : Joint
    truth : int
        Grade 0..3 of this person.
    height_mm : float
        Bone-to-capsule distance of the joint's recess in this person.
    shot : Shot
    picture : TeachingPicture
    """

    number: int
    joint: Joint
    truth: int
    height_mm: float
    shot: Shot
    picture: TeachingPicture

    @property
    def text(self) -> str:
        """What is asked."""
        return f"Which grade of synovitis does the {self.joint.title} have?"

    @property
    def about(self) -> str:
        """What it is about, once it is answered."""
        return f"{capitalised(self.joint.title)}, grade {self.truth}"

    def hint(self) -> Hint:
        """The recess is outlined."""
        return Hint(
            f"The recess {self.joint.between} is outlined now.", outline=(self.joint.recess,)
        )

    def mark(self, answer: int, *, hinted: bool) -> Mark:
        """Mark a grade; BadRequest where it is none."""
        checked_grade(answer)
        rules = exercise(ExerciseKey.SYNOVITIS_PICTURES).rules
        mark = mark_grade(self.joint, answer, self.truth, rules, height_mm=self.height_mm)
        cost = float(rules["hint_cost"]) if hinted else 0.0
        return Mark(max(0.0, mark.points - cost), mark.right, mark.text, mark.truth)


def checked_grade(answer: int) -> int:
    """A grade 0..3; BadRequest where it is none."""
    if answer not in range(len(synovitis_grades())):
        raise BadRequest(f"there is no grade {answer}", fix="give 0, 1, 2 or 3.")
    return answer


def draw_case(gallery: Gallery, seed: int, number: int) -> SynovitisCase:
    """Case `number` of the series of a seed; always the same one.

    Each grade comes equally often in a series, each joint nearly so.

    Parameters
    ----------
    gallery : Gallery
    seed : int
    number : int
        From 0.
    """
    count = exercise(ExerciseKey.SYNOVITIS_PICTURES).questions
    whole = np.random.default_rng([seed, 0])
    grades = whole.permutation(np.arange(count) % len(synovitis_grades()))
    known = list(joints().values())
    turns = whole.permutation(np.arange(count) % len(known))
    rng = np.random.default_rng([seed, 1, number])
    joint = known[int(turns[number % count])]
    seed_of_person = draw_seed(rng)
    pathologies = _pathologies(rng, joint, int(grades[number % count]))
    patient = Patient(seed_of_person, pathologies)
    body = gallery.body(patient)
    plane = gallery.protocol.plane(joint.plane, digit=joint.digit)
    shot = draw_shot(rng, body, patient, plane)
    return SynovitisCase(
        number=number,
        joint=joint,
        truth=true_grade(body.person, joint),
        height_mm=recess_mm(body.person, joint),
        shot=shot,
        picture=gallery.picture(shot),
    )


def _pathologies(rng: np.random.Generator, joint: Joint, grade: int) -> tuple[str, ...]:
    """Of a person whose joint has a grade; its neighbour on the same picture has any."""
    wanted = {joint.key: grade}
    for other in joints().values():
        same_picture = (other.plane, other.digit) == (joint.plane, joint.digit)
        if other.key != joint.key and same_picture:
            wanted[other.key] = _any_grade(rng)
    return pathologies_of(wanted)


def pathologies_of(grades: dict[str, int]) -> tuple[str, ...]:
    """What makes joints ill, by their keys.

    Grade 0 is named too: a list that is shorter for a healthy patient would give that away.
    """
    known = joints()
    return tuple(known[key].pathology_of(grade) for key, grade in grades.items())


def draw_grades(rng: np.random.Generator) -> dict[str, int]:
    """A patient's grades, by joint."""
    return {key: _any_grade(rng) for key in joints()}


def _any_grade(rng: np.random.Generator) -> int:
    return 0 if rng.random() < HEALTHY_SHARE else int(rng.integers(1, len(synovitis_grades())))


def true_grade(person: Person, joint: Joint) -> int:
    """The grade that a person's joint has."""
    kind, _, site = joint.pathology.partition(":")
    return person.severity(kind, site)


def recess_mm(person: Person, joint: Joint) -> float:
    """Bone-to-capsule distance of the joint's recess."""
    return float(person.values[f"{joint.recess}_mm"])
