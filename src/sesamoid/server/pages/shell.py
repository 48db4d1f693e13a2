"""The frame of every page: header, navigation, who is logged in, disclaimer, help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from fastapi import Request
from nicegui import ui

from sesamoid.server.access import Actor, NotLoggedIn, Role, actor_of, services_of
from sesamoid.server.access.roles import ADMINISTERS, TUTORS
from sesamoid.server.pages.elements import Tag, box, icon
from sesamoid.server.pages.help_overlay import Shortcuts, help_overlay
from sesamoid.server.pages.theme import STATIC, Theme, dress
from sesamoid.server.services import Services

Section = Literal["start", "scan", "learn", "exams", "tutor", "people", "accounts", "audit"]
Width = Literal["", "broad", "wide"]
DISCLAIMER = "Not a medical device. For teaching and research."
_NAV: tuple[tuple[Section, str, str, str, frozenset[Role]], ...] = (
    ("scan", "Scan", "/scan", "sensors", frozenset(Role)),
    ("learn", "Learn", "/learn", "school", frozenset(Role)),
    ("exams", "Exams", "/exams", "folder_open", frozenset(Role)),
    ("tutor", "Tutor", "/tutor", "groups", TUTORS),
    ("accounts", "Accounts", "/accounts", "manage_accounts", ADMINISTERS),
    ("audit", "Audit", "/audit", "receipt_long", ADMINISTERS),
)


@dataclass(frozen=True)
class Shell:
    """What a page gets.

    Parameters
    ----------
    services : Services
    actor : Actor
        As of the request; services check it again with every call.
    footer : Tag
        The strip at the bottom; a page may add to it.
    """

    services: Services
    actor: Actor
    footer: Tag


@contextmanager
def shell(
    request: Request,
    title: str,
    *,
    section: Section,
    theme: Theme = "auto",
    width: Width = "",
    wide: bool = False,
    virtual: bool = False,
    shortcuts: Sequence[Shortcuts] = (),
) -> Iterator[Shell]:
    """A page's frame; what is made within the block is its content.

    Parameters
    ----------
    request : Request
    title : str
        Of the browser's tab.
    section : str
        What the navigation marks as the current place.
    theme : {"auto", "dark", "light"}
        Unless the visitor has chosen one.
    width : {"", "broad", "wide"}
        As wide as reading allows, as pictures need, or all of the window.
    wide : bool
        The same as the width ``"wide"``.
    virtual : bool
        Say that what is shown is virtual.
    shortcuts : sequence of Shortcuts
        Keys that the page handles itself; buttons with a ``key`` list themselves.

    Raises
    ------
    NotLoggedIn
    """
    services, actor = services_of(request), actor_of(request)
    dress(request, default=theme)
    ui.page_title(f"{title} · Sesamoid" if title != "Sesamoid" else title)
    # NiceGUI puts everything into a main element; the landmarks are those in here.
    ui.query(".q-page").props("role=none")
    with box("page"):
        Tag("a", "Skip to the content", "skip", href="#content")
        _header(actor, section, services)
        extra = "wide" if wide else width
        main = Tag("main", "", f"page-main {extra}".strip(), id="content")
        with box("page-footer", "footer", role="contentinfo") as footer:
            Tag("span", DISCLAIMER)
            if virtual:
                Tag("span", "VIRTUAL", "badge virtual", title="Simulated people; no patient")
    help_overlay(shortcuts)
    with main:
        yield Shell(services, actor, footer)


def _header(actor: Actor, section: Section, services: Services) -> None:
    with box("page-header", "header", role="banner"):
        with Tag("a", "", "brand", href="/", aria_label="Sesamoid, start page"):
            Tag("img", "", src=f"{STATIC}/sesamoid.svg", alt="")
            Tag("span", "Sesamoid")
        with Tag("nav", "", "page-nav", aria_label="Main"):
            for key, text, path, sign, roles in _NAV:
                local_only = key in ("accounts",) and not services.settings.public
                if not actor.has(*roles) or local_only:
                    continue
                current = "page" if key == section else None
                with Tag("a", "", href=path, aria_current=current):
                    icon(sign)
                    Tag("span", text)
        with box("header-tools"):
            if services.settings.public:
                Tag("a", actor.name, "who", href="/account", title=f"{actor.name}: your account")
                with Tag(
                    "button", "", "header-button", type="button",
                    data_log_out=actor.csrf_token, aria_label="Log out", title="Log out",
                ):  # fmt: skip
                    icon("logout")
            with Tag(
                "button", "", "header-button", type="button",
                data_theme_button=True, aria_label="Dark theme",
            ):  # fmt: skip
                icon("dark_mode")
            with Tag(
                "button", "", "header-button", type="button", data_help_button=True,
                aria_label="Help and keyboard shortcuts", title="Help (?)",
            ):  # fmt: skip
                icon("help_outline")


def maybe_actor(request: Request) -> Actor | None:
    """Who makes the request, where somebody is logged in."""
    try:
        return actor_of(request)
    except NotLoggedIn:
        return None
