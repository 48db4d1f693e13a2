"""The result of an attempt: the score, how it came about, and every picture with its truth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from sesamoid.server.pages.board import PictureBoard, Point, data_url
from sesamoid.server.pages.elements import Tag, box, icon, link_button
from sesamoid.server.pages.learn import back_link, back_to_learn
from sesamoid.server.pages.moments import count_text, duration_text, moment_text, score_text
from sesamoid.server.pages.quiz import target_key, worth_text
from sesamoid.server.pages.shell import Shell
from sesamoid.server.pages.states import empty_state
from sesamoid.server.pages.truth_shapes import on_board, truth_shapes
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import Exercise, exercise, joints
from sesamoid.server.teaching.gallery import TeachingPicture
from sesamoid.server.teaching.quizzes import answers_of
from sesamoid.server.teaching.shots import Shot
from sesamoid.server.teaching.synovitis_marks import agreement


@dataclass(frozen=True)
class Marked:
    """One answer or capture, as the result lists it.

    Parameters
    ----------
    title, text : str
    right : bool
    worth : str
    number : int, optional
        Of the question.
    shot : dict, optional
        Of a capture.
    place : (row, column), optional
        Where the learner clicked.
    """

    title: str
    text: str
    right: bool
    worth: str = ""
    number: int | None = None
    shot: dict[str, Any] | None = None
    place: tuple[float, float] | None = None


async def show_result(page: Shell, attempt: Attempt) -> None:
    """Everything about a finished attempt."""
    wanted = exercise(attempt.exercise)
    own = attempt.account_id == page.actor.account_id
    with box("row-line"):
        if own:
            back_to_learn()
        else:
            back_link("Overview", "/tutor")
    with box("page-head").style("margin-top: 4px"):
        Tag("h1", wanted.title)
        who = "" if own else f"{attempt.account.name}, "
        subject = f"{attempt.subject}, " if attempt.subject else ""
        Tag("p", f"{who}{subject}{moment_text(attempt.started_at)}")
    if attempt.score is None:
        empty_state(
            "Given up",
            "There is no score; it does not count in the learning curve.",
            sign="flag",
            action=("Try again", f"/learn/{wanted.key.value}") if own else None,
        )
        return
    marked = marked_of(attempt)
    with box("quiz"):
        view = ResultView(page, attempt, marked)
        with box("stack"):
            _score(attempt, wanted, own=own)
            view.list()
    await ui.context.client.connected()
    await view.choose(next((i for i, one in enumerate(marked) if not one.right), 0))


def marked_of(attempt: Attempt) -> list[Marked]:
    """What is listed of an attempt, in order."""
    answers = [
        Marked(
            title=one["about"],
            text=one["text"],
            right=bool(one["right"]),
            worth=worth_text(float(one["points"])),
            number=int(one["number"]),
            place=_place(one["answer"].get("place")),
        )
        for one in answers_of(attempt)
    ]
    captures = [
        Marked(title=f"{one['plane']} captured", text=one["text"], right=one["letter"] == "A",
               worth=f"Grade {one['letter']}" if one["letter"] else "", shot=one["shot"])
        for one in attempt.detail.get("captures", [])
    ]  # fmt: skip
    known = joints()
    grades = [
        Marked(title=known[key].title, text=one["text"], right=bool(one["right"]),
               worth=worth_text(float(one["points"])))
        for key, one in attempt.detail.get("grades", {}).items()
    ]  # fmt: skip
    return [*answers, *captures, *grades]


class ResultView:
    """A list of what was marked beside the picture of the chosen one."""

    def __init__(self, page: Shell, attempt: Attempt, marked: Sequence[Marked]):
        self.page, self.attempt, self.marked = page, attempt, marked
        self.buttons: list[Tag] = []
        with box("stack"):
            self.stage = box("stage")
            self.told = box("stack tight", aria_live="polite")

    def list(self) -> None:
        """The list, in the element that is being built."""
        with Tag("section", "", "stack tight"):
            Tag("h2", "One by one")
            with Tag("ol", "", "marked"):
                for index, one in enumerate(self.marked):
                    with Tag("li"):
                        self.buttons.append(self._entry(index, one))

    def _entry(self, index: int, one: Marked) -> Tag:
        made = Tag("button", "", type="button")
        with made:
            sign = icon("check_circle" if one.right else "cancel")
            sign.classes("right" if one.right else "wrong")
            with Tag("span"):
                Tag("span", "right: " if one.right else "not right: ", "sr-only")
                Tag("span", one.title)
            Tag("span", one.worth, "small muted")
        made.on("click", lambda: self.choose(index), [])
        return made

    async def choose(self, index: int) -> None:
        """Show one of them with the truth."""
        if not self.marked:
            return
        one = self.marked[index]
        for number, made in enumerate(self.buttons):
            made.put(aria_pressed="true" if number == index else "false")
        shown = await asyncio.to_thread(self._picture, one)
        self.stage.clear()
        with self.stage:
            if shown is None:
                Tag("p", "No picture belongs to this answer.", "waiting")
            else:
                self._board(one, *shown)
        self.told.clear()
        with self.told:
            Tag("h2", one.title)
            Tag("p", one.text)

    def _picture(self, one: Marked) -> tuple[TeachingPicture, str, Point | None, bytes] | None:
        """The picture, the part that stands out, where the marker is, and the JPEG."""
        teaching, actor = self.page.services.teaching, self.page.actor
        if one.number is not None:
            question = teaching.quizzes.question(actor, self.attempt.id, one.number)
            picture, key = question.picture, target_key(question)
        elif one.shot is not None:
            picture, key = teaching.gallery.picture(Shot.from_json(one.shot)), ""
        else:
            return None
        marker = on_board(*one.place) if one.place is not None else None
        return picture, key, marker, picture.jpeg()

    def _board(
        self, one: Marked, picture: TeachingPicture, key: str, marker: Point | None, content: bytes
    ) -> None:
        rows, columns = picture.pixels.shape
        board = PictureBoard(
            data_url(content),
            (rows, columns),
            alt=f"Virtual ultrasound picture, {picture.plane.name}, with the truth outlined",
            spacing_mm=picture.spacing_mm,
        )
        board.show(truth_shapes(picture, key=key), marker=marker, selected=key)


def _score(attempt: Attempt, wanted: Exercise, *, own: bool) -> None:
    with Tag("section", "", "panel stack", aria_label="Score"):
        with box("score"):
            Tag("strong", score_text(attempt.score), "numbers")
            Tag("span", "of 100", "muted")
        with Tag("dl", "", "lines"):
            for text, points in _lines(attempt):
                Tag("dt", text)
                Tag("dd", points)
        hints = count_text(attempt.hints, "hint")
        Tag("p", f"{hints}, {duration_text(attempt.seconds)} at work", "muted small numbers")
        kappa = _kappa(attempt)
        if kappa:
            Tag("p", kappa, "small")
        if own:
            with box("row-line"):
                link_button("Again", f"/learn/{wanted.key.value}", kind="primary", sign="replay")
        with Tag("details"):
            Tag("summary", "How it is scored", "small muted")
            Tag("p", wanted.scoring, "small").style("margin-top: 6px")


def _lines(attempt: Attempt) -> list[tuple[str, str]]:
    lines = attempt.detail.get("lines", [])
    if lines:
        return [(one["text"], f"{one['points']:+.0f}") for one in lines]
    answers = answers_of(attempt)
    right = sum(bool(one["right"]) for one in answers)
    return [("Right", f"{right} of {len(answers)}")]


def _kappa(attempt: Attempt) -> str:
    pairs = [
        (int(one["answer"]["grade"]), int(one["grade"]))
        for one in answers_of(attempt)
        if "grade" in one
    ]
    value = agreement(pairs)
    if value is None:
        return ""
    return f"Agreement with the truth (quadratic kappa): {value:.2f}, of {len(pairs)} cases."


def _place(given: Any) -> tuple[float, float] | None:
    return None if given is None else (float(given[0]), float(given[1]))
