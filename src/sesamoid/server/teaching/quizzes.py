"""Exercises with pictures: questions are asked, answered, marked and kept one by one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sesamoid.server.access import Access, Actor
from sesamoid.server.access.errors import BadRequest, Conflict
from sesamoid.server.store import Attempt, Store
from sesamoid.server.store.columns import now
from sesamoid.server.teaching.attempt_log import (
    changed_attempt,
    end_attempt,
    read_attempt,
    touched,
)
from sesamoid.server.teaching.exercises import ExerciseKey, exercise
from sesamoid.server.teaching.gallery import Gallery, Remembered
from sesamoid.server.teaching.marks import Hint, Mark
from sesamoid.server.teaching.structure_quiz import StructureQuestion, draw_question
from sesamoid.server.teaching.synovitis_quiz import SynovitisCase, draw_case

Question = StructureQuestion | SynovitisCase
REMEMBERED = 64


@dataclass(frozen=True)
class Answer:
    """What a learner says: a choice, a place on the picture, or a grade; one of them.

    Parameters
    ----------
    choice : str, optional
        Part key.
    place : (row, column), optional
        In pixels of the picture.
    grade : int, optional
    """

    choice: str | None = None
    place: tuple[float, float] | None = None
    grade: int | None = None


class Quizzes:
    """Asks and marks.

    Parameters
    ----------
    store : Store
    access : Access
    gallery : Gallery
    """

    def __init__(self, store: Store, access: Access, gallery: Gallery):
        self.store, self.access, self.gallery = store, access, gallery
        self._questions: Remembered[tuple[str, int, int], Question] = Remembered(REMEMBERED)

    def question(self, actor: Actor, attempt_id: int, number: int) -> Question:
        """Question `number` of an attempt, from 0; it may take a second to be drawn.

        Raises
        ------
        NotFound, BadRequest
        """
        return self._question(read_attempt(self.store, self.access, actor, attempt_id), number)

    def next_number(self, attempt: Attempt) -> int | None:
        """The first question without an answer; None where all have one."""
        answered = len(attempt.detail.get("answers", []))
        count = exercise(attempt.exercise).questions
        return answered if answered < count else None

    def hint(self, actor: Actor, attempt_id: int, number: int) -> Hint:
        """Help with a question that is not answered yet; asked for again it costs no more.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        hint = self.question(actor, attempt_id, number).hint()
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            self._is_next(attempt, number)
            hinted = attempt.detail.get("hinted", [])
            if number not in hinted:
                detail, _ = touched(attempt.detail, now())
                attempt.detail = {**detail, "hinted": [*hinted, number]}
                attempt.hints += 1
        return hint

    def answer(self, actor: Actor, attempt_id: int, number: int, answer: Answer) -> Mark:
        """Mark an answer and keep it; the last one ends the attempt.

        Raises
        ------
        NotFound, Conflict, BadRequest
        """
        question = self.question(actor, attempt_id, number)
        with changed_attempt(self.store, self.access, actor, attempt_id) as (_, attempt):
            self._is_next(attempt, number)
            hinted = number in attempt.detail.get("hinted", [])
            mark = _marked(question, answer, hinted=hinted)
            detail, seconds = touched(attempt.detail, now())
            kept = {
                "number": number,
                "answer": {k: v for k, v in asdict(answer).items() if v is not None},
                "asked": question.text,
                "about": question.about,
                "hinted": hinted,
                "seconds": seconds,
                **asdict(mark),
            }
            if isinstance(question, SynovitisCase):
                kept["grade"] = question.truth
            detail["answers"] = [*detail.get("answers", []), kept]
            count = exercise(attempt.exercise).questions
            if len(detail["answers"]) < count:
                attempt.detail = detail
            else:
                total = sum(float(one["points"]) for one in detail["answers"])
                end_attempt(attempt, detail, total / count)
        return mark

    def _is_next(self, attempt: Attempt, number: int) -> None:
        wanted = self.next_number(attempt)
        if number != wanted:
            raise Conflict(
                f"question {number + 1} is already answered", fix="reload the page to go on."
            )

    def _question(self, attempt: Attempt, number: int) -> Question:
        wanted = exercise(attempt.exercise)
        if wanted.scans or not 0 <= number < wanted.questions or attempt.seed is None:
            raise BadRequest(f"there is no question {number + 1} in {wanted.title!r}")
        draw = draw_case if wanted.key is ExerciseKey.SYNOVITIS_PICTURES else draw_question
        seed = attempt.seed
        return self._questions.get(
            (wanted.key.value, seed, number), lambda: draw(self.gallery, seed, number)
        )


def _marked(question: Question, answer: Answer, *, hinted: bool) -> Mark:
    if isinstance(question, SynovitisCase):
        if answer.grade is None:
            raise BadRequest("no grade is given", fix="give 0, 1, 2 or 3.")
        return question.mark(answer.grade, hinted=hinted)
    if question.kind == "click" and answer.place is not None:
        return question.mark_click(*answer.place, hinted=hinted)
    if question.kind == "choose" and answer.choice is not None:
        return question.mark_choice(answer.choice, hinted=hinted)
    raise BadRequest("the answer is not of the question's kind", fix="reload the page.")


def answers_of(attempt: Attempt) -> list[dict[str, Any]]:
    """The marked answers of an attempt, in order."""
    return list(attempt.detail.get("answers", []))
