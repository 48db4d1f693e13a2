"""A tutor's overview: everybody's progress, and the table of all attempts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.charts import spark_svg
from sesamoid.server.pages.elements import Tag, box, button
from sesamoid.server.pages.guarded import attempted
from sesamoid.server.pages.learn import back_link, curve_figure
from sesamoid.server.pages.moments import (
    count_text,
    duration_text,
    moment_text,
    score_text,
)
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import empty_state, error_state
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import Curve, Exercise, Learner, exercise, learning_curves

FILE = "sesamoid-attempts.csv"
MOST_ATTEMPTS = 100


async def tutor_page(request: Request) -> None:
    """One row a learner."""
    with shell(request, "Tutor", section="tutor", virtual=True) as page:
        teaching = page.services.teaching
        try:
            learners = await asyncio.to_thread(teaching.overview, page.actor)
        except SesamoidError as error:
            error_state(error)
            return
        with box("page-head"):
            Tag("h1", "Tutor")
            with box("actions"):
                if learners:
                    button("Export as CSV", lambda: _export(page), sign="download", key="x")
            Tag("p", "Everybody's exercises. Scores are of 100, on virtual patients; a line shows "
                "the means of the sessions.")  # fmt: skip
        if not learners:
            empty_state(
                "Nobody has tried an exercise yet",
                "As soon as somebody has, their progress stands here.",
                sign="groups",
                action=("To the exercises", "/learn"),
            )
            return
        _table(learners, teaching.exercises())


def _table(learners: Sequence[Learner], exercises: Sequence[Exercise]) -> None:
    with box("table-frame"), Tag("table", "", "table"):
        Tag("caption", "Learners, the most recent first", "sr-only")
        with Tag("thead"), Tag("tr"):
            Tag("th", "Learner", scope="col")
            Tag("th", "Attempts", "number", scope="col")
            for one in exercises:
                Tag("th", one.short, scope="col", title=one.title)
            Tag("th", "Last", scope="col")
        with Tag("tbody"):
            for learner in learners:
                with Tag("tr"):
                    with Tag("td"):
                        Tag("a", learner.name, "clip", href=f"/tutor/{learner.account_id}",
                            title=learner.name)  # fmt: skip
                    unfinished = learner.begun - learner.finished
                    title = (
                        f"{count_text(unfinished, 'attempt')} not finished" if unfinished else ""
                    )
                    Tag("td", str(learner.finished), "number", title=title or None)
                    for one in exercises:
                        with Tag("td"):
                            _cell(learner.curves.get(one.key.value))
                    Tag("td", moment_text(learner.last_at), "numbers").style("white-space: nowrap")


def _cell(curve: Curve | None) -> None:
    if curve is None:
        Tag("span", "–", "none")
        return
    last = curve.points[-1]
    with box("row-line tight").style("flex-wrap: nowrap"):
        title = f"Last session {score_text(last.mean)}, best {score_text(curve.best)}"
        Tag("strong", score_text(last.mean), "numbers", title=title)
        ui.html(spark_svg(curve), sanitize=False)


async def _export(page: Shell) -> None:
    text = await attempted(page.services.teaching.export, page.actor)
    if text is not None:
        ui.download.content(text, FILE, media_type="text/csv")


async def learner_page(request: Request, account_id: int) -> None:
    """One learner's curves and attempts."""
    with shell(request, "Tutor", section="tutor", virtual=True) as page:
        with box("row-line"):
            back_link("Overview", "/tutor")
        try:
            history = await asyncio.to_thread(
                page.services.teaching.history, page.actor, account_id=account_id
            )
        except SesamoidError as error:
            error_state(error)
            return
        if not history:
            empty_state("No attempt", "This account has not tried an exercise.", sign="school",
                        action=("To the overview", "/tutor"))  # fmt: skip
            return
        with box("page-head").style("margin-top: 4px"):
            Tag("h1", history[0].account.name, "wrap")
        curves = learning_curves(history)
        with box("curves"):
            for key, curve in curves.items():
                with Tag("figure", "", "panel stack tight"):
                    Tag("h3", exercise(key).title)
                    curve_figure(curve)
        _attempts(history)


def _attempts(history: Sequence[Attempt]) -> None:
    with Tag("section", "", "stack tight").style("margin-top: 24px"):
        Tag("h2", count_text(len(history), "attempt"))
        with box("table-frame"), Tag("table", "", "table"):
            with Tag("thead"), Tag("tr"):
                for title in ("When", "Exercise", "Score", "Hints", "Time", ""):
                    number = "number" if title in ("Score", "Hints", "Time") else ""
                    Tag("th", title, number, scope="col")
            with Tag("tbody"):
                for one in list(reversed(history))[:MOST_ATTEMPTS]:
                    with Tag("tr"):
                        Tag("td", moment_text(one.started_at), "numbers")
                        subject = f", {one.subject}" if one.subject else ""
                        Tag("td", f"{exercise(one.exercise).title}{subject}")
                        Tag("td", score_text(one.score), "number")
                        Tag("td", str(one.hints), "number")
                        Tag("td", duration_text(one.seconds), "number")
                        with Tag("td"):
                            if one.ended_at is None:
                                Tag("span", "not finished", "none")
                            else:
                                Tag("a", "Look", href=f"/learn/attempts/{one.id}")
