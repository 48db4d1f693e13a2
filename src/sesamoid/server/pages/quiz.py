"""A quiz with pictures: one question after the other, each answered and explained."""

from __future__ import annotations

import asyncio
from typing import Any

from nicegui import background_tasks, ui

from sesamoid.server.pages.board import PictureBoard, Point, data_url
from sesamoid.server.pages.elements import Tag, box, button, go
from sesamoid.server.pages.guarded import attempted
from sesamoid.server.pages.learn import back_to_learn
from sesamoid.server.pages.legend import legend
from sesamoid.server.pages.quiz_answers import AnswerPanel, answer_panel
from sesamoid.server.pages.shell import Shell
from sesamoid.server.pages.states import notice
from sesamoid.server.pages.truth_shapes import on_board, on_picture, truth_shapes
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import Answer, exercise
from sesamoid.server.teaching.gallery import TeachingPicture
from sesamoid.server.teaching.marks import Mark
from sesamoid.server.teaching.quizzes import Question
from sesamoid.server.teaching.structure_quiz import StructureQuestion

FULL, HALF_WAY = 0.999, 0.001


class Quiz:
    """Runs an attempt in the browser of one learner.

    Parameters
    ----------
    page : Shell
    attempt : Attempt
    """

    def __init__(self, page: Shell, attempt: Attempt):
        self.page, self.attempt = page, attempt
        self.exercise = exercise(attempt.exercise)
        self.quizzes = page.services.teaching.quizzes
        self.answers: list[dict[str, Any]] = list(attempt.detail.get("answers", []))
        self.question: Question | None = None
        self.board: PictureBoard | None = None
        self.panel: AnswerPanel | None = None
        self.busy = False
        with box("row-line"):
            back_to_learn()
            Tag("span", "", "grow")
            button("Give up", self.give_up, kind="quiet", small=True, sign="close")
        with box("row-line").style("margin: 4px 0 16px"):
            Tag("h1", self.exercise.title, "grow")
            self.progress = Tag("ul", "", "progress")
        with box("quiz"):
            self.stage = box("stage")
            self.side = box("stack", aria_live="polite")

    async def show(self) -> None:
        """The first question without an answer, or the result."""
        number = len(self.answers)
        if number >= self.exercise.questions:
            go(f"/learn/attempts/{self.attempt.id}")
            return
        self._show_progress(number)
        self.stage.clear()
        self.side.clear()
        with self.stage:
            Tag("p", "The picture is being made …", "waiting", role="status")
        question: Question | None = await attempted(
            self.quizzes.question, self.page.actor, self.attempt.id, number
        )
        if question is None:
            return
        self.question = question
        content = await asyncio.to_thread(question.picture.jpeg)
        self.stage.clear()
        with self.stage:
            self.board = self._board(question, content)
        with self.side:
            Tag("p", f"Question {number + 1} of {self.exercise.questions}", "muted small")
            Tag("h2", question.text)
            self.panel = answer_panel(question, self.answer)
            with box("row-line"):
                self.hint_button = button("Hint", self.hint, sign="lightbulb", key="h", small=True)
            self.below = box("stack")
        if number in self.attempt.detail.get("hinted", []):
            await self.hint()
        self._prepare(number + 1)

    async def hint(self) -> None:
        """Help, at its price."""
        question, board = self.question, self.board
        if question is None or board is None or self.panel is None:
            return
        hint = await attempted(self.quizzes.hint, self.page.actor, self.attempt.id, question.number)
        if hint is None:
            return
        self.hint_button.put(disabled=True)
        self.panel.drop(hint.dropped)
        if hint.outline:
            board.show(truth_shapes(question.picture, only=hint.outline))
        with self.below:
            notice(hint.text, title="Hint")

    async def pick(self, at: Point) -> None:
        """A click on the picture is an answer where one is asked for."""
        question = self.question
        if isinstance(question, StructureQuestion) and question.kind == "click":
            await self.answer(Answer(place=on_picture(at)))

    async def answer(self, answer: Answer) -> None:
        """Mark, explain, and show the truth."""
        question, board = self.question, self.board
        if question is None or board is None or self.panel is None or self.busy:
            return
        self.busy = True
        mark: Mark | None = await attempted(
            self.quizzes.answer, self.page.actor, self.attempt.id, question.number, answer
        )
        self.busy = False
        if mark is None:
            return
        self.question = None
        self.answers.append({"points": mark.points, "right": mark.right})
        self._show_progress(question.number)
        self.panel.close(answer, mark)
        self.hint_button.delete()
        board.allow_picking(False)
        marker = on_board(*answer.place) if answer.place is not None else None
        board.show(
            truth_shapes(question.picture, key=target_key(question)),
            marker=marker,
            selected=target_key(question),
        )
        last = len(self.answers) == self.exercise.questions
        self.below.clear()
        with self.below:
            notice(mark.text, "good" if mark.right else "bad", title=worth_text(mark.points))
            text = "To the result" if last else "Next question"
            following = button(text, self.show, kind="primary", sign="arrow_forward", key="Enter")
            with Tag("details"):
                Tag("summary", "What is outlined", "small muted")
                _legend(question.picture)
        ui.run_javascript(f"getHtmlElement({following.id})?.focus()")

    async def give_up(self) -> None:
        """End without a score."""
        await attempted(self.page.services.teaching.give_up, self.page.actor, self.attempt.id)
        go(f"/learn/{self.exercise.key.value}")

    def _board(self, question: Question, content: bytes) -> PictureBoard:
        picture = question.picture
        rows, columns = picture.pixels.shape
        board = PictureBoard(
            data_url(content),
            (rows, columns),
            alt=f"Virtual ultrasound picture, {picture.plane.name}",
            spacing_mm=picture.spacing_mm,
        )
        board.on_pick(self.pick)
        if isinstance(question, StructureQuestion):
            if question.kind == "choose":
                board.show(marker=on_board(*question.target.point))
            else:
                board.allow_picking(True)
        return board

    def _show_progress(self, now: int) -> None:
        self.progress.clear()
        with self.progress:
            for number in range(self.exercise.questions):
                done = self.answers[number] if number < len(self.answers) else None
                classes, text = "", "not answered"
                if done is not None:
                    points = float(done["points"])
                    if points >= FULL:
                        classes, text = "right", "right"
                    elif points > HALF_WAY:
                        classes, text = "partly", "partly right"
                    else:
                        classes, text = "wrong", "wrong"
                if number == now:
                    classes = f"{classes} now".strip()
                Tag("li", "", classes, title=f"Question {number + 1}: {text}")

    def _prepare(self, number: int) -> None:
        """Make the next picture while this one is looked at."""
        if number < self.exercise.questions:
            background_tasks.create(
                asyncio.to_thread(self.quizzes.question, self.page.actor, self.attempt.id, number),
                name="next question",
            )


def target_key(question: Question) -> str:
    """Key of the part that the question is about."""
    if isinstance(question, StructureQuestion):
        return question.target.key
    label = question.picture.plane.label_of(question.joint.recess)
    return next(
        (
            part.key
            for group in question.picture.plane.labels.values()
            for part in group.parts
            if group.label == label and question.joint.recess in part.structures
        ),
        "",
    )


def worth_text(points: float) -> str:
    """What an answer was worth, in words."""
    if points >= FULL:
        return "Right: all points"
    if points <= HALF_WAY:
        return "No points"
    return f"{100 * points:.0f} % of the points"


def _legend(picture: TeachingPicture) -> None:
    shown = {key for index, key in enumerate(picture.structures) if (picture.labels == index).any()}
    legend(group for group in picture.plane.labels.values() if shown & set(group.structures)).style(
        "margin-top: 8px"
    )
