"""Learn: the exercises, and how one gets better at them."""

from __future__ import annotations

import asyncio

from fastapi import Request
from nicegui import ui

from sesamoid.server.pages.badges import badge
from sesamoid.server.pages.charts import curve_svg, curve_text, spark_svg
from sesamoid.server.pages.elements import Tag, box, icon, link_button
from sesamoid.server.pages.moments import count_text
from sesamoid.server.pages.shell import shell
from sesamoid.server.pages.states import empty_state
from sesamoid.server.teaching import Curve, Exercise, ExerciseKey

SIGNS = {
    ExerciseKey.STRUCTURES: "category",
    ExerciseKey.SYNOVITIS_PICTURES: "biotech",
    ExerciseKey.FIND_PLANE: "my_location",
    ExerciseKey.FIND_ALL: "checklist",
    ExerciseKey.SYNOVITIS_PATIENT: "personal_injury",
}


async def learn_page(request: Request) -> None:
    """All exercises with one's own progress."""
    with shell(request, "Learn", section="learn", virtual=True) as page:
        curves = await asyncio.to_thread(page.services.teaching.curves, page.actor)
        with box("page-head"):
            Tag("h1", "Learn")
            Tag(
                "p",
                "Exercises on virtual patients. The simulator knows the truth: after each answer "
                "you see what was right, and where everything lies.",
            )
        with box("exercises"):
            for exercise in page.services.teaching.exercises():
                _card(exercise, curves.get(exercise.key.value))
        _curves(page.services.teaching.exercises(), curves)


def _card(exercise: Exercise, curve: Curve | None) -> None:
    with Tag("a", "", "choice panel exercise-card", href=f"/learn/{exercise.key.value}"):
        with box("row-line tight").style("width: 100%"):
            icon(SIGNS[exercise.key])
            Tag("span", "", "grow")
            if curve is not None:
                ui.html(spark_svg(curve), sanitize=False)
        Tag("h2", exercise.title)
        Tag("p", exercise.question)
        with box("row-line tight"):
            badge(f"about {exercise.minutes} min", sign="schedule")
            badge(
                "with the probe" if exercise.scans else "with pictures",
                sign="sensors" if exercise.scans else "image",
            )
        if curve is None:
            Tag("span", "Not tried yet", "small muted")
        else:
            done = count_text(curve.attempts, "attempt")
            Tag("span", f"{done}, best {curve.best:.0f} of 100", "small muted numbers")


def _curves(exercises: tuple[Exercise, ...], curves: dict[str, Curve]) -> None:
    with Tag("section", "", "stack", aria_labelledby="curves").style("margin-top: 32px"):
        Tag("h2", "Your learning curves", id="curves")
        tried = [one for one in exercises if one.key.value in curves]
        if not tried:
            empty_state(
                "No curve yet",
                "Each finished exercise becomes a dot; the line joins the means of your sessions.",
                sign="show_chart",
            )
            return
        with box("curves"):
            for exercise in tried:
                with Tag("figure", "", "panel stack tight"):
                    Tag("h3", exercise.title)
                    curve_figure(curves[exercise.key.value])


def curve_figure(curve: Curve) -> None:
    """The plot and the same in words."""
    ui.html(curve_svg(curve), sanitize=False)
    Tag("figcaption", f"{curve_text(curve)}.", "small muted numbers")


def back_to_learn() -> Tag:
    """To the list of exercises."""
    return back_link("All exercises", "/learn")


def back_link(text: str, href: str) -> Tag:
    """One level up, in line with the text below it."""
    made = link_button(text, href, kind="quiet", sign="arrow_back", small=True)
    return made.classes("back")
