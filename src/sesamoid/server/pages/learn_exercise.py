"""One exercise before it begins: what is asked, how it is scored, what was done before."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.elements import Tag, box, button, go, link_button
from sesamoid.server.pages.guarded import attempted
from sesamoid.server.pages.learn import back_to_learn, curve_figure
from sesamoid.server.pages.moments import count_text, duration_text, moment_text, score_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import error_state
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import Exercise, ExerciseKey, exercise, learning_curves

MOST_ATTEMPTS = 12
FIRST_PLANE = "S11"
"""The plane that is offered first: the one that everybody knows."""


async def exercise_page(request: Request, key: str) -> None:
    """Start an exercise, or go on with it."""
    with shell(request, "Learn", section="learn", virtual=True) as page:
        try:
            wanted = exercise(key)
        except SesamoidError as error:
            error_state(error)
            return
        teaching = page.services.teaching
        history = await asyncio.to_thread(teaching.history, page.actor)
        open_one = await asyncio.to_thread(teaching.unfinished, page.actor, key)
        own = [one for one in history if one.exercise == key]
        with box("row-line"):
            back_to_learn()
        with box("page-head").style("margin-top: 4px"):
            Tag("h1", wanted.title)
            Tag("p", wanted.question)
        with box("two-columns"):
            with box("stack"):
                _begin(page, wanted, open_one)
                _attempts([one for one in own if one.ended_at is not None])
            with box("stack"):
                curve = learning_curves(own).get(key)
                if curve is not None:
                    with Tag("figure", "", "panel stack tight"):
                        Tag("h2", "Your learning curve")
                        curve_figure(curve)
                with Tag("section", "", "panel stack tight"):
                    Tag("h2", "How it is scored")
                    Tag("p", wanted.scoring)
                    Tag(
                        "p",
                        "The truth comes from the simulator: from the virtual person and from "
                        "where the probe was, never from the assistant's network.",
                        "muted small",
                    )


def _begin(page: Shell, wanted: Exercise, open_one: Attempt | None) -> None:
    plane: ui.select | None = None

    async def begin() -> None:
        subject = str(plane.value) if plane is not None else ""
        attempt = await attempted(
            page.services.teaching.begin, page.actor, wanted.key.value, subject=subject
        )
        if attempt is not None:
            go(attempt_path(attempt))

    with box("panel stack"):
        Tag("p", extent_text(wanted))
        if wanted.key is ExerciseKey.FIND_PLANE:
            planes = page.services.teaching.gallery.protocol.planes
            plane = ui.select(
                {one.id: f"{one.id}  {one.name}" for one in planes},
                value=FIRST_PLANE,
                label="Plane to find",
            ).props("outlined dense options-dense")
        with box("row-line"):
            if open_one is not None:
                link_button(
                    "Go on", attempt_path(open_one), kind="primary", sign="play_arrow", key="s"
                )
                button("Start anew", begin, sign="restart_alt")
            else:
                button("Start", begin, kind="primary", sign="play_arrow", key="s")
        if open_one is not None:
            Tag(
                "p", f"You began {moment_text(open_one.started_at)} and have not finished.", "muted"
            )


def extent_text(wanted: Exercise) -> str:
    """How much there is to do: ``"10 questions, about 5 minutes."``."""
    what = count_text(wanted.questions, "question") if wanted.questions else "One scan"
    return f"{what}, about {wanted.minutes} minutes. You can stop, and go on later."


def _attempts(finished: Sequence[Attempt]) -> None:
    if not finished:
        return
    with Tag("section", "", "stack tight"):
        Tag("h2", "Your attempts")
        with box("table-frame"), Tag("table", "", "table"):
            with Tag("thead"), Tag("tr"):
                for title, classes in (
                    ("When", ""), ("Score", "number"), ("Hints", "number"), ("Time", "number"),
                    ("", ""),
                ):  # fmt: skip
                    Tag("th", title, classes, scope="col")
            with Tag("tbody"):
                for one in list(reversed(finished))[:MOST_ATTEMPTS]:
                    with Tag("tr"):
                        subject = f", {one.subject}" if one.subject else ""
                        Tag("td", f"{moment_text(one.started_at)}{subject}", "numbers")
                        Tag("td", score_text(one.score), "number")
                        Tag("td", str(one.hints), "number")
                        Tag("td", duration_text(one.seconds), "number")
                        with Tag("td"):
                            Tag("a", "Look", href=attempt_path(one))


def attempt_path(attempt: Attempt) -> str:
    """The page of an attempt: the exercise itself, or its result once it is finished."""
    return f"/learn/attempts/{attempt.id}"
