"""All pages and the files that they load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from nicegui import ui
from starlette.staticfiles import StaticFiles

from sesamoid.server.pages.account import account_page
from sesamoid.server.pages.accounts import accounts_page
from sesamoid.server.pages.attempt import attempt_page
from sesamoid.server.pages.audit import audit_page
from sesamoid.server.pages.exam import exam_page
from sesamoid.server.pages.exams import exams_page
from sesamoid.server.pages.learn import learn_page
from sesamoid.server.pages.learn_exercise import exercise_page
from sesamoid.server.pages.login import login_page
from sesamoid.server.pages.scan import quick_scan, scan_page
from sesamoid.server.pages.scan_new import new_scan_page
from sesamoid.server.pages.start import start_page
from sesamoid.server.pages.theme import STATIC as STATIC_PATH
from sesamoid.server.pages.tutor import learner_page, tutor_page

STATIC = Path(__file__).parents[1] / "static"
PATIENCE_S = 20.0
"""For a page to be built; one with virtual pictures may wait for its turn on a busy machine."""

PAGES: dict[str, Callable[..., Any]] = {
    "/": start_page,
    "/account": account_page,
    "/accounts": accounts_page,
    "/audit": audit_page,
    "/exams": exams_page,
    "/exams/{exam_id}": exam_page,
    "/learn": learn_page,
    "/learn/{key}": exercise_page,
    "/learn/attempts/{number}": attempt_page,
    "/scan": quick_scan,
    "/scan/new": new_scan_page,
    "/scan/{room_id}": scan_page,
    "/tutor": tutor_page,
    "/tutor/{account_id}": learner_page,
}


def register(app: FastAPI) -> None:
    """Add the pages, and what they load, to `app`."""
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC), name="static")
    app.get("/login", include_in_schema=False, response_class=HTMLResponse)(login_page)
    for path, build in PAGES.items():
        ui.page(path, response_timeout=PATIENCE_S)(build)
