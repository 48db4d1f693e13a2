"""One's own account: roles and password."""

from __future__ import annotations

from fastapi import Request
from nicegui import ui

from sesamoid.server.access.passwords import LONGEST, SHORTEST
from sesamoid.server.access.roles import ROLE_TEXTS
from sesamoid.server.pages.elements import Tag, box, button
from sesamoid.server.pages.guarded import succeeded
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import done


async def account_page(request: Request) -> None:
    """Who one is here."""
    with shell(request, "Your account", section="start") as page:
        with box("page-head"):
            Tag("h1", page.actor.name, "wrap")
            Tag("p", "Your account on this server.")
        with box("two-columns"):
            with Tag("section", "", "panel stack tight"):
                Tag("h2", "Roles")
                with Tag("dl", "", "facts"):
                    for role in sorted(page.actor.roles):
                        Tag("dt", role.value.capitalize())
                        Tag("dd", ROLE_TEXTS[role])
                Tag("p", "An administrator changes roles.", "muted small")
            if page.services.settings.public:
                _password(page)


def _password(page: Shell) -> None:
    with Tag("section", "", "panel stack"):
        Tag("h2", "Change the password")
        old = ui.input("Old password", password=True).props(
            "outlined dense autocomplete=current-password"
        )
        new = ui.input("New password", password=True, password_toggle_button=True).props(
            "outlined dense autocomplete=new-password"
        )
        Tag("p", f"{SHORTEST} to {LONGEST} characters; a sentence is a good one.", "muted small")

        async def change() -> None:
            if await succeeded(
                page.services.access.accounts.change_own_password, page.actor,
                str(old.value or ""), str(new.value or ""),
            ):  # fmt: skip
                old.value = new.value = ""
                done("The password is changed; other sessions of yours have ended.")

        with box("row-line"):
            button("Change it", change, kind="primary")
