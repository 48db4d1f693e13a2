"""Which structure is this: questions about virtual pictures of standard planes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from sesamoid.anatomy import LabelPart
from sesamoid.server.access.errors import BadRequest
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.teaching.exercises import ExerciseKey, exercise
from sesamoid.server.teaching.gallery import Gallery, TeachingPicture
from sesamoid.server.teaching.marks import Hint, Mark
from sesamoid.server.teaching.parts import (
    ShownPart,
    capitalised,
    distance_mm,
    part_of,
    shown_parts,
)
from sesamoid.server.teaching.shots import Shot, draw_seed, draw_shot

PEOPLE = 3
"""Bodies in one quiz: more variety would cost half a second a question."""

Kind = Literal["choose", "click"]


@dataclass(frozen=True)
class StructureQuestion:
    """One question.

    Parameters
    ----------
    number : int
        From 0.
    kind : {"choose", "click"}
        A marked structure is to be named, or a named one to be clicked on.
    shot : Shot
    picture : TeachingPicture
    target : ShownPart
    choices : tuple of str
        Part keys in the order in which they are offered; of a click none.
    """

    number: int
    kind: Kind
    shot: Shot
    picture: TeachingPicture
    target: ShownPart
    choices: tuple[str, ...]

    @property
    def text(self) -> str:
        """What is asked."""
        if self.kind == "choose":
            return "Which structure is marked?"
        return f"Click on the {self.target.part.title}."

    @property
    def about(self) -> str:
        """What it is about, once it is answered."""
        return self.title(self.target.key)

    def title(self, key: str) -> str:
        """A choice, as it is shown."""
        return capitalised(part_of(self.picture.plane, key)[1].title)

    @cached_property
    def _rules(self) -> dict[str, Any]:
        return exercise(ExerciseKey.STRUCTURES).rules

    def hint(self) -> Hint:
        """Half of the wrong choices, or where to look."""
        if self.kind == "choose":
            wrong = [key for key in self.choices if key != self.target.key]
            dropped = tuple(wrong[: (len(wrong) + 1) // 2])
            return Hint("Two answers are out.", dropped=dropped)
        return Hint(f"{capitalised(where(self.picture, self.target))}.")

    def mark_choice(self, answer: str, *, hinted: bool) -> Mark:
        """Mark a chosen part key; BadRequest where it was not offered."""
        if self.kind != "choose" or answer not in self.choices:
            raise BadRequest(f"{answer!r} is no answer to this question", fix="choose one of four.")
        right = answer == self.target.key
        told = self._told()
        text = f"Yes. {told}" if right else f"No, not the {self._name(answer)}. {told}"
        return Mark(self._worth(right, hinted), right, text, self.title(self.target.key))

    def mark_click(self, row: float, column: float, *, hinted: bool) -> Mark:
        """Mark a place in picture pixels; BadRequest where it lies outside."""
        rows, columns = self.picture.labels.shape
        if self.kind != "click" or not (0 <= row < rows and 0 <= column < columns):
            raise BadRequest("that is no place on the picture", fix="click on the picture.")
        away = distance_mm(self.picture, self.target.part, row, column)
        right = away is not None and away <= self._rules["click_tolerance_mm"]
        hit = self.picture.group_at(row, column)
        if right:
            text = f"Yes. {self._told()}"
        else:
            place = f"on the {hit.name}" if hit is not None else "beside everything that is named"
            text = f"No, that is {place}, {away:.1f} mm off. {self._told()}"
        return Mark(self._worth(right, hinted), right, text, self.title(self.target.key))

    def _worth(self, right: bool, hinted: bool) -> float:
        return (float(self._rules["with_hint"]) if hinted else 1.0) if right else 0.0

    def _name(self, key: str) -> str:
        return part_of(self.picture.plane, key)[1].title

    def _told(self) -> str:
        """Where the target lies and how it looks."""
        part, plane = self.target.part, self.picture.plane
        text = f"{capitalised(part.title)}: {where(self.picture, self.target)}"
        if part.key in plane.parts:
            text += f", {ECHO_TEXTS[plane.parts[part.key][1].echo]}"
        return f"{text}."


ECHO_TEXTS = {
    "bone": "a bright line with shadow behind it",
    "hyper": "bright, with dots or lines of fibres",
    "hypo": "darker than what is around",
    "anechoic": "black",
    "mixed": "a honeycomb of dark bundles in bright tissue",
}
"""How a structure looks, by the protocol's word for its echo (clinical facts 1.2, [R:ECR])."""


def where(picture: TeachingPicture, shown: ShownPart) -> str:
    """Where a part lies on its picture: side and depth, as a hint gives them."""
    columns = picture.labels.shape[1]
    along = shown.centre[1] / columns
    depth = shown.centre[0] * picture.spacing_mm[0]
    plane = picture.plane
    if along < 0.38:
        side = f"on the {plane.left} side"
    elif along > 0.62:
        side = f"on the {plane.right} side"
    else:
        side = "in the middle"
    return f"{side}, about {max(1, round(depth))} mm deep"


def draw_question(gallery: Gallery, seed: int, number: int) -> StructureQuestion:
    """Question `number` of the quiz of a seed; always the same one.

    Parameters
    ----------
    gallery : Gallery
    seed : int
    number : int
        From 0.
    """
    rules = exercise(ExerciseKey.STRUCTURES).rules
    whole = np.random.default_rng([seed, 0])
    planes = [
        plane for first in gallery.protocol.planes for plane in (first, *first.on_other_digits)
    ]
    order = whole.permutation(len(planes))
    people = [Patient(draw_seed(whole)) for _ in range(PEOPLE)]
    clicks = _clicks(whole, rules)
    # A plane that happens to show nothing to ask about gives way to the next one.
    for turn in range(len(planes)):
        rng = np.random.default_rng([seed, 1, number, turn])
        plane = planes[order[(number + turn * 7) % len(planes)]]
        patient = people[number % PEOPLE]
        shot = draw_shot(rng, gallery.body(patient), patient, plane)
        picture = gallery.picture(shot)
        shown = shown_parts(picture, smallest_mm2=rules["smallest_mm2"])
        click = bool(clicks[number % len(clicks)])
        targets = shown if not click else [s for s in shown if s.key in plane.parts]
        if len(shown) < 2 or not targets:
            continue
        target = targets[int(rng.integers(len(targets)))]
        choices = () if click else _choices(rng, target, shown, plane.labels.values(), rules)
        return StructureQuestion(
            number, "click" if click else "choose", shot, picture, target, choices
        )
    raise BadRequest(f"nothing can be asked with seed {seed}", fix="start again.")


def _clicks(rng: np.random.Generator, rules: dict[str, Any]) -> np.ndarray[Any, Any]:
    count = exercise(ExerciseKey.STRUCTURES).questions
    clicks = np.arange(count) < round(float(rules["click_share"]) * count)
    return np.asarray(rng.permutation(clicks))


def _choices(
    rng: np.random.Generator,
    target: ShownPart,
    shown: tuple[ShownPart, ...],
    groups: Any,
    rules: dict[str, Any],
) -> tuple[str, ...]:
    """The target among others of the plane; those of its kind and on the picture before others."""
    visible = {one.key for one in shown}
    others: list[tuple[tuple[bool, bool, float], LabelPart]] = []
    for group in groups:
        for part in group.parts:
            if part.key != target.key and part.title != target.part.title:
                alike = group.category != target.group.category
                others.append(((part.key not in visible, alike, rng.random()), part))
    others.sort(key=lambda entry: entry[0])
    keys = [target.key, *(part.key for _, part in others[: int(rules["choices"]) - 1])]
    return tuple(str(key) for key in rng.permutation(keys))
