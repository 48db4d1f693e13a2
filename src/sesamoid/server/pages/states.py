"""Nothing there, something wrong, and what to do about it."""

from __future__ import annotations

from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.access import NotLoggedIn
from sesamoid.server.pages.badges import Tone
from sesamoid.server.pages.elements import Tag, box, go, icon, link_button

_SIGNS: dict[Tone, str] = {
    "": "info",
    "quiet": "info",
    "good": "check_circle",
    "warn": "warning",
    "bad": "error",
}


def empty_state(
    title: str, text: str = "", *, sign: str = "inbox", action: tuple[str, str] | None = None
) -> Tag:
    """In place of a list without entries.

    Parameters
    ----------
    title, text : str
    sign : str
        Name of an icon.
    action : (text, path), optional
        What to do next.
    """
    made = box("state")
    with made:
        icon(sign)
        Tag("h2", title)
        if text:
            Tag("p", text)
        if action is not None:
            link_button(action[0], action[1], kind="primary")
    return made


def error_state(error: SesamoidError) -> Tag:
    """In place of what could not be shown."""
    made = box("state", role="alert")
    with made:
        icon("report_problem")
        Tag("h2", sentence(error.problem))
        if error.fix:
            Tag("p", sentence(error.fix))
        link_button("To the start page", "/", kind="primary")
    return made


def notice(text: str, tone: Tone = "", *, title: str = "") -> Tag:
    """Something to be read before going on."""
    made = box(f"notice {tone}".strip(), role="status")
    with made:
        icon(_SIGNS[tone])
        with box("stack tight grow wrap"):
            if title:
                Tag("strong", title)
            Tag("p", text)
    return made


def tell(error: SesamoidError) -> None:
    """Say that something was refused, and why; who is logged out goes to log in."""
    if isinstance(error, NotLoggedIn):
        go("/login")
        return
    text = sentence(error.problem)
    if error.fix:
        text = f"{text} {sentence(error.fix)}"
    ui.notify(
        text,
        position="top",
        multi_line=True,
        close_button="Close",
        classes="told bad",
        icon="error",
    )


def done(text: str) -> None:
    """Say that something was done."""
    ui.notify(text, position="top", classes="told good", icon="check_circle")


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = " ".join(text.split())
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
