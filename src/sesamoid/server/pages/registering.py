"""All pages and the files that they load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from nicegui import ui
from starlette.staticfiles import StaticFiles

from sesamoid.server.pages.start import start_page
from sesamoid.server.pages.theme import STATIC as STATIC_PATH

STATIC = Path(__file__).parents[1] / "static"
PATIENCE_S = 20.0
"""For a page to be built; one with virtual pictures may wait for its turn on a busy machine."""

PAGES: dict[str, Callable[..., Any]] = {
    "/": start_page,
}


def register(app: FastAPI) -> None:
    """Add the pages, and what they load, to `app`."""
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC), name="static")
    for path, build in PAGES.items():
        ui.page(path, response_timeout=PATIENCE_S)(build)
