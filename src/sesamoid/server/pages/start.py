"""The start page: three things to do."""

from __future__ import annotations

import asyncio

from fastapi import Request

from sesamoid.server.pages.badges import exam_badge
from sesamoid.server.pages.elements import Tag, box, link_button
from sesamoid.server.pages.moments import moment_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.theme import STATIC
from sesamoid.server.store.exams import ExamSearch

CHOICES = (
    (
        "/scan", "scan", "Scan a virtual patient",
        "Hold the probe over a virtual wrist and hand. The assistant names what you see, grades "
        "the picture and says how to move.",
        "Start scanning",
    ),
    (
        "/learn", "learn", "Learn",
        "Short exercises with the truth at the end: find planes, name structures, grade synovitis. "
        "Your scores make a learning curve.",
        "Choose an exercise",
    ),
    (
        "/exams", "exams", "Exams",
        "Everything that was acquired, with its findings: look, decide, correct, download the "
        "report.",
        "Open the exams",
    ),
)  # fmt: skip
RECENT = 4


async def start_page(request: Request) -> None:
    """Scan, learn, or look at exams; and what was done last."""
    with shell(request, "Sesamoid", section="start") as page:
        with box("page-head"):
            Tag("h1", "Scan and learn")
            Tag(
                "p",
                "Musculoskeletal ultrasound of the wrist and hand, on virtual patients or on your "
                "own scanner's pictures.",
            )
        with box("choices"):
            for path, picture, title, text, action in CHOICES:
                with Tag("a", "", "choice panel", href=path):
                    with box("preview"):
                        Tag("img", "", src=f"{STATIC}/pages/start-{picture}.webp", alt="",
                            width="640", height="360")  # fmt: skip
                        Tag("span", "VIRTUAL", "badge virtual")
                    with box("choice-text"):
                        Tag("h2", title)
                        Tag("p", text)
                        with Tag("span", "", "button primary"):
                            Tag("span", action)
        await _recent(page)


async def _recent(page: Shell) -> None:
    search = ExamSearch(limit=RECENT)
    found = await asyncio.to_thread(page.services.exams.search, page.actor, search)
    if not found.exams:
        return
    with Tag("section", "", "stack tight", aria_labelledby="recent").style("margin-top: 32px"):
        with box("row-line"):
            Tag("h2", "Last exams", id="recent").classes("grow")
            link_button("All exams", "/exams", kind="quiet", small=True)
        with box("panel flush"):
            for exam in found.exams:
                with Tag("a", "", "recent", href=f"/exams/{exam.id}"):
                    Tag("strong", exam.person.label, "clip grow")
                    Tag("span", moment_text(exam.started_at), "muted numbers")
                    exam_badge(exam.status)
