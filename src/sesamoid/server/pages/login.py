"""Logging in: a plain page, so that nothing else is loaded before somebody is known."""

from __future__ import annotations

from functools import cache
from importlib import resources

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from sesamoid.server.access import services_of
from sesamoid.server.pages.shell import DISCLAIMER, maybe_actor
from sesamoid.server.pages.theme import head_html


def login_page(request: Request) -> Response:
    """The form; whoever is logged in already goes on."""
    if not services_of(request).settings.public or maybe_actor(request) is not None:
        return RedirectResponse("/", 303)
    return HTMLResponse(_page())


@cache
def _page() -> str:
    text = resources.files("sesamoid.server.pages").joinpath("login.html").read_text("utf-8")
    return text.replace("{head}", head_html("auto")).replace("{disclaimer}", DISCLAIMER)
