from __future__ import annotations

import numpy as np
import pytest

from sesamoid.anatomy import Protocol
from sesamoid.errors import SesamoidError
from sesamoid.server.scanning.choices import ailments, drawn_ailment
from sesamoid.server.scanning.patients import NAMES, Bodies, Patient, known_patients
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.body import Pathology, draw_person

FEMALE = {"Clara", "Dora", "Greta", "Ines", "Jana", "Mina", "Olga", "Paula"}


def test_names_fit_the_people() -> None:
    for name, patient in zip(NAMES, known_patients(), strict=True):
        assert patient.label == f"{name} (virtual)"
        assert (draw_person(patient.seed).sex == "female") == (name in FEMALE), name


def test_what_ails_somebody_is_not_in_the_name() -> None:
    assert Patient(5, ("ganglion:2",)).label == Patient(5).label


def test_a_body_is_made_once(rule: Protocol) -> None:
    bodies = Bodies()
    first = bodies.examination(Patient(3), rule)
    assert bodies.examination(Patient(3), rule) is first
    assert bodies.examination(Patient(3, side="left"), rule).body.person.side == "left"
    with pytest.raises(SesamoidError, match="no pathology"):
        bodies.examination(Patient(3, ("gout",)), rule)
    with pytest.raises(SesamoidError, match="draws nobody"):
        bodies.examination(Patient(-1), rule)


def test_everything_that_can_be_chosen_exists() -> None:
    for text, words in ailments():
        one = Pathology.parse(text)
        assert one.severity > 0
        assert words.startswith(one.kind.replace("_", " "))


def test_a_quiz_draws_healthy_people_and_all_kinds_of_ailments() -> None:
    drawn = [drawn_ailment(np.random.default_rng(seed)) for seed in range(400)]
    healthy = sum(not one for one in drawn)
    assert 90 < healthy < 190
    kinds = {Pathology.parse(one).kind for found in drawn for one in found}
    assert len(kinds) == len({text.split(":")[0] for text, _ in ailments()})


def test_both_hands_of_a_person_are_one_anatomy(exam: Examination, left_exam: Examination) -> None:
    assert exam.body.person.values == left_exam.body.person.values
    right, left = (one.view("S11").pose.origin for one in (exam, left_exam))
    assert np.allclose(right, left)
