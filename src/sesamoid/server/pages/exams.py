"""All exams that one may see: searched, filtered, opened, deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request
from nicegui import ui

from sesamoid.server.access.visibility import sees_all
from sesamoid.server.exams import FoundExams
from sesamoid.server.pages.badges import exam_badge, virtual_badge
from sesamoid.server.pages.elements import Tag, box, button, link_button
from sesamoid.server.pages.exam_delete import delete_exam, may_delete
from sesamoid.server.pages.exam_filter import ExamFilter, filter_form
from sesamoid.server.pages.moments import count_text, moment_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import empty_state
from sesamoid.server.store import Exam

DECIDED = ("accepted", "modified", "rejected")


async def exams_page(request: Request) -> None:
    """A table of exams; what it shows is said by the address, so that it can be gone back to."""
    wanted = ExamFilter.of(request.query_params)
    with shell(request, "Exams", section="exams") as page:
        with box("page-head"):
            Tag("h1", "Exams")
            with box("actions row-line"):
                link_button("New scan", "/scan", kind="primary", sign="add")
        filter_form(wanted)
        found = await asyncio.to_thread(page.services.exams.search, page.actor, wanted.search())
        if not found.exams:
            _nothing(wanted)
            return
        with box("row-line").style("margin: 12px 0"):
            Tag("p", count_text(found.total, "exam"), "muted numbers grow", role="status")
        _table(page, found)
        _pages(wanted, found.total)


def _nothing(wanted: ExamFilter) -> None:
    if wanted.is_any:
        empty_state(
            "No exam yet",
            "Scan a virtual patient, or take up a recording: each picture that is kept becomes "
            "part of an exam.",
            sign="folder_open",
            action=("Scan a virtual patient", "/scan"),
        )
    else:
        empty_state(
            "No exam fits", "Search for less, or for something else.",
            sign="search_off", action=("Show all exams", "/exams"),
        )  # fmt: skip


def _table(page: Shell, found: FoundExams) -> None:
    everyone = sees_all(page.actor)
    titles = ["Person", "Begun", "Protocol", "State", "Decided"]
    if everyone:
        titles.insert(2, "Operator")
    with box("table-frame"), Tag("table", "", "table"):
        Tag("caption", "Exams, the newest first", "sr-only")
        with Tag("thead"), Tag("tr"):
            for title in titles:
                kind = {"Decided": "number", "Protocol": "spare"}.get(title, "")
                Tag("th", title, kind, scope="col")
            with Tag("th", "", scope="col"):
                Tag("span", "Delete", "sr-only")
        with Tag("tbody"):
            for exam in found.exams:
                _row(page, exam, found.counts.get(exam.id, {}), everyone=everyone)


def _row(page: Shell, exam: Exam, counts: Mapping[str, int], *, everyone: bool) -> None:
    with Tag("tr"):
        with Tag("td"), box("row-line tight").style("flex-wrap: nowrap"):
            Tag("a", exam.person.label, "clip", href=f"/exams/{exam.id}", title=exam.person.label)
            if exam.origin == "virtual":
                virtual_badge()
        Tag("td", moment_text(exam.started_at), "numbers").style("white-space: nowrap")
        if everyone:
            with Tag("td"):
                Tag("span", exam.account.name, "clip", title=exam.account.name)
        with Tag("td", "", "spare"):
            Tag("span", exam.protocol or exam.application, "clip")
        with Tag("td"):
            exam_badge(exam.status)
        Tag("td", decided_text(counts), "number")
        with Tag("td").style("text-align: right"):
            if may_delete(page.actor, exam):
                button(
                    "", lambda: _delete(page, exam), kind="quiet", sign="delete", small=True,
                    aria_label=f"Delete the exam of {exam.person.label}", title="Delete",
                )  # fmt: skip


async def _delete(page: Shell, exam: Exam) -> None:
    if await delete_exam(page, exam):
        ui.navigate.reload()


def _pages(wanted: ExamFilter, total: int) -> None:
    last = max(0, (total - 1) // wanted.size)
    if not last:
        return
    with Tag("nav", "", "row-line", aria_label="Pages").style("margin-top: 16px"):
        if wanted.page > 0:
            link_button("Newer", _address(wanted, wanted.page - 1), sign="chevron_left", small=True)
        Tag("span", f"Page {wanted.page + 1} of {last + 1}", "muted numbers")
        if wanted.page < last:
            link_button(
                "Older", _address(wanted, wanted.page + 1), sign="chevron_right", small=True
            )


def _address(wanted: ExamFilter, number: int) -> str:
    return f"/exams?{urlencode(wanted.query(page=number))}"


def decided_text(counts: Mapping[str, int]) -> str:
    """``"3 of 17"``; a dash where there is nothing to decide."""
    total = sum(counts.values())
    return f"{sum(counts.get(one, 0) for one in DECIDED)} of {total}" if total else "–"
