"""One exam: its pictures, what was found on them, what was decided, its reports."""

from __future__ import annotations

import asyncio

from fastapi import Request

from sesamoid.errors import SesamoidError
from sesamoid.server.access import Role, actor_of
from sesamoid.server.pages.badges import exam_badge, virtual_badge
from sesamoid.server.pages.elements import Tag, box, button, go, icon, link_button
from sesamoid.server.pages.exam_delete import delete_exam, may_delete
from sesamoid.server.pages.exam_review import ExamReview
from sesamoid.server.pages.help_overlay import Shortcuts
from sesamoid.server.pages.moments import moment_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import empty_state, error_state, notice
from sesamoid.server.store import Exam, ExamStatus

DECIDING = (
    Shortcuts("With a finding chosen", (("A", "Accept"), ("E", "Change"), ("R", "Reject"))),
)
DOWNLOADS = (
    ("Report to read (HTML)", "report.html", "description", True),
    ("Table of the findings (CSV)", "report/results.csv", "table_view", False),
    (
        "Everything (ZIP): HTML, DICOM SR, SEG and key objects, key images, CSV, JSON",
        "exam.zip", "folder_zip", False,
    ),
)  # fmt: skip


async def exam_page(request: Request, exam_id: str, picture: int = 0) -> None:
    """Look at an exam, and decide on its findings."""
    keys = DECIDING if actor_of(request).has(Role.REVIEWER) else ()
    with shell(request, "Exam", section="exams", width="broad", shortcuts=keys) as page:
        try:
            exam = await asyncio.to_thread(page.services.exams.get, page.actor, exam_id)
        except SesamoidError as error:
            error_state(error)
            return
        _head(page, exam)
        if page.actor.has(Role.REVIEWER) is False:
            notice("You may look at this exam; deciding on findings needs the role reviewer.")
        if not exam.pictures:
            empty_state("No picture was kept", "Go on scanning to keep one.", sign="image")
            return
        ExamReview(page, exam, picture)


def _head(page: Shell, exam: Exam) -> None:
    with box("page-head").style("margin-bottom: 12px"):
        with box("row-line tight grow"):
            link_button(
                "", "/exams", kind="quiet", sign="arrow_back", small=True, aria_label="All exams",
                title="All exams",
            ).classes("back")  # fmt: skip
            Tag("h1", exam.person.label, "wrap")
            if exam.origin == "virtual":
                virtual_badge()
            exam_badge(exam.status)
        with box("row-line tight"):
            own = exam.account_id == page.actor.account_id
            if own and exam.status in (ExamStatus.RUNNING, ExamStatus.INTERRUPTED):
                link_button("Go on scanning", f"/scan/{exam.id}", kind="primary", sign="sensors")
            _downloads(exam)
            if may_delete(page.actor, exam):
                button("Delete", lambda: _delete(page, exam), kind="danger", sign="delete")
        Tag("p", about(exam), "wrap")


def about(exam: Exam) -> str:
    """Who, when, with what: one line."""
    parts = [moment_text(exam.started_at), f"by {exam.account.name}"]
    if exam.side:
        parts.append(f"{exam.side} hand")
    if exam.protocol:
        parts.append(f"{exam.protocol} {exam.protocol_version}".strip())
    if exam.source:
        parts.append(exam.source)
    if exam.model_name:
        parts.append(f"model {exam.model_name} {exam.model_version}".strip())
    parts.append("with the assistant" if exam.assistant_on else "without the assistant")
    return " · ".join(parts)


def _downloads(exam: Exam) -> None:
    with Tag("details", "", "menu"):
        with Tag("summary", "", "button"):
            icon("download")
            Tag("span", "Download")
        with box("menu-panel"):
            for text, name, sign, shown in DOWNLOADS:
                with Tag(
                    "a", "", "menu-item", href=f"/api/v1/exams/{exam.id}/{name}",
                    target="_blank" if shown else None, download=None if shown else True,
                ):  # fmt: skip
                    icon(sign)
                    Tag("span", text)


async def _delete(page: Shell, exam: Exam) -> None:
    if await delete_exam(page, exam):
        go("/exams")
