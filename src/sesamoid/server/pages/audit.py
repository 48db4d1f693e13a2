"""The audit log, for administrators: who did what, when and from where."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi import Request

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.elements import Tag, box, button, icon, link_button
from sesamoid.server.pages.guarded import attempted
from sesamoid.server.pages.moments import moment_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import empty_state, error_state, notice
from sesamoid.server.store import AuditEntry

SIZE = 50
LONGEST = 64
KINDS = {
    "": "Everything",
    "session.": "Logging in and out",
    "account.": "Accounts",
    "exam.": "Exams",
    "finding.": "Decisions",
    "person.": "People",
    "attempts.": "Exports of attempts",
    "access.": "Refused: missing role",
    "request.": "Refused: request",
}


async def audit_page(request: Request, kind: str = "", account: str = "", before: int = 0) -> None:
    """Entries, the newest first; the address says which."""
    kind = kind if kind in KINDS else ""
    account = account[:LONGEST].strip()
    with shell(request, "Audit", section="audit") as page:
        with box("page-head"):
            Tag("h1", "Audit log")
            Tag("p", "Every entry is sealed by a hash over the one before: a changed or missing "
                "entry breaks the chain.")  # fmt: skip
        checked = box("stack")
        _form(page, kind, account, checked)
        try:
            found = await asyncio.to_thread(
                page.services.audit.list, page.actor, action=kind, account=account,
                before=before or None, limit=SIZE,
            )  # fmt: skip
        except SesamoidError as error:
            error_state(error)
            return
        if not found:
            empty_state("No entry fits", "Choose something else.", sign="receipt_long",
                        action=("Show everything", "/audit"))  # fmt: skip
            return
        _table(found)
        with box("row-line").style("margin-top: 16px"):
            if before:
                link_button("Newest", f"/audit?{_query(kind, account)}", small=True)
            if len(found) == SIZE:
                older = f"/audit?{_query(kind, account, before=found[-1].id)}"
                link_button("Older", older, sign="chevron_right", small=True)


def _form(page: Shell, kind: str, account: str, checked: Tag) -> None:
    async def verify() -> None:
        report = await attempted(page.services.audit.verify, page.actor)
        if report is None:
            return
        checked.clear()
        with checked:
            if report.intact:
                text = f"The chain of {report.entries} entries is intact; it ends with"
                notice(f"{text} {report.last_hash[:16]}….", "good")
            else:
                where = f"From entry {report.first_bad} on it does not fit: {report.reason}."
                notice(where, "bad", title="The chain is broken")

    with Tag("form", "", "panel filter", method="get", action="/audit").style("margin: 12px 0"):
        with Tag("label", "", "field"):
            Tag("span", "What")
            with Tag("select", "", name="kind"):
                for value, text in KINDS.items():
                    Tag("option", text, value=value, selected=value == kind)
        with Tag("label", "", "field grow"):
            Tag("span", "Account")
            Tag("input", type="search", name="account", value=account, maxlength=LONGEST)
        with Tag("button", "", "button", type="submit"):
            icon("search")
            Tag("span", "Search")
        button("Check the chain", verify, sign="verified")


def _table(found: Sequence[AuditEntry]) -> None:
    with box("table-frame"), Tag("table", "", "table"):
        with Tag("thead"), Tag("tr"):
            for title in ("When", "Account", "What", "On what", "From", "Details"):
                Tag("th", title, scope="col")
        with Tag("tbody"):
            for entry in found:
                with Tag("tr"):
                    Tag("td", moment_text(entry.at), "numbers").style("white-space: nowrap")
                    for text in (entry.account, entry.action, entry.object, entry.address):
                        with Tag("td"):
                            cell = Tag("span", text or "–", "clip" if text else "none", title=text)
                            if text == entry.object:
                                cell.classes("long")
                    with Tag("td"):
                        _detail(entry)


def _detail(entry: AuditEntry) -> None:
    if not entry.detail:
        Tag("span", "–", "none")
        return
    text = ", ".join(f"{key}: {_short(value)}" for key, value in entry.detail.items())
    Tag("span", text, "clip small", title=text)


def _short(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _query(kind: str, account: str, *, before: int = 0) -> str:
    values = {"kind": kind, "account": account, "before": str(before) if before else ""}
    return urlencode({key: value for key, value in values.items() if value})
