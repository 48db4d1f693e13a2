"""Accounts, for administrators: made, changed, disabled."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from fastapi import Request
from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.access import Role
from sesamoid.server.access.actor import LOCAL
from sesamoid.server.access.passwords import LONGEST, SHORTEST
from sesamoid.server.access.roles import ROLE_TEXTS
from sesamoid.server.pages.badges import badge
from sesamoid.server.pages.confirm import confirmed
from sesamoid.server.pages.elements import Tag, box, button
from sesamoid.server.pages.guarded import attempted, succeeded
from sesamoid.server.pages.moments import day_text
from sesamoid.server.pages.shell import Shell, shell
from sesamoid.server.pages.states import done, error_state
from sesamoid.server.store import Account


async def accounts_page(request: Request) -> None:
    """Everybody who may log in."""
    with shell(request, "Accounts", section="accounts") as page:
        with box("page-head"):
            Tag("h1", "Accounts")
            with box("actions"):
                add = button("New account", kind="primary", sign="person_add")
            Tag("p", "Accounts are disabled, never deleted: decisions keep their author.")
        listing = AccountTable(page)
        add.on("click", listing.add, [])
        await listing.show()


class AccountTable:
    """The table, and what its buttons do."""

    def __init__(self, page: Shell):
        self.page, self.place = page, box("")

    async def show(self) -> None:
        """Draw it anew."""
        try:
            found: Sequence[Account] = await asyncio.to_thread(
                self.page.services.access.accounts.list, self.page.actor
            )
        except SesamoidError as error:
            self.place.clear()
            with self.place:
                error_state(error)
            return
        self.place.clear()
        with self.place, box("table-frame"), Tag("table", "", "table"):
            with Tag("thead"), Tag("tr"):
                for title in ("Name", "Roles", "Since", "State", ""):
                    Tag("th", title, scope="col")
            with Tag("tbody"):
                for account in found:
                    if account.name != LOCAL:
                        self._row(account)

    def _row(self, account: Account) -> None:
        with Tag("tr"):
            with Tag("td"):
                Tag("span", account.name, "clip", title=account.name)
            with Tag("td"), box("row-line tight"):
                for role in account.roles:
                    badge(role)
            Tag("td", day_text(account.created_at), "numbers")
            with Tag("td"):
                badge("disabled", "bad") if account.disabled else badge("active", "good")
            with Tag("td"), box("row-line tight").style("justify-content: flex-end"):
                button("Change", lambda: self.change(account), small=True)
                text = "Enable" if account.disabled else "Disable"
                button(text, lambda: self.switch(account), small=True,
                       kind="" if account.disabled else "danger")  # fmt: skip

    async def add(self) -> None:
        """A new account."""
        form = AccountForm("New account", "", (Role.STUDENT.value,), password_needed=True)
        if not await form.asked():
            return
        made = await attempted(
            self.page.services.access.accounts.add, self.page.actor, form.name, form.password,
            form.roles,
        )  # fmt: skip
        if made is not None:
            done(f"{made.name} may log in now.")
            await self.show()

    async def change(self, account: Account) -> None:
        """Other roles, or a new password."""
        form = AccountForm(f"Change {account.name}", account.name, account.roles)
        if not await form.asked():
            return
        changed = await attempted(
            self.page.services.access.accounts.change, self.page.actor, account.name,
            roles=form.roles, password=form.password or None,
        )  # fmt: skip
        if changed is not None:
            done(f"{account.name} is changed.")
            await self.show()

    async def switch(self, account: Account) -> None:
        """Disable or enable."""
        if not account.disabled and not await confirmed(
            f"Disable {account.name}?",
            "The account is logged out everywhere and cannot log in until it is enabled again.",
            action="Disable",
        ):
            return
        if await succeeded(
            self.page.services.access.accounts.change, self.page.actor, account.name,
            disabled=not account.disabled,
        ):  # fmt: skip
            await self.show()


class AccountForm:
    """Name, roles and password of one account, in a dialog."""

    def __init__(
        self, title: str, name: str, roles: Iterable[str], *, password_needed: bool = False
    ):
        self.roles: set[Role] = {Role(role) for role in roles}
        with ui.dialog() as self.dialog, ui.card():
            Tag("h2", title, "wrap")
            self._name: ui.input | None = None
            self._fixed = name
            if not name:
                self._name = ui.input("Name").props("outlined dense autofocus autocomplete=off")
                self._name.style("width: 100%")
            with Tag("fieldset", "", "roles"):
                Tag("legend", "Roles", "small muted")
                for role, text in ROLE_TEXTS.items():
                    ui.checkbox(
                        f"{role.value}: {text}",
                        value=role in self.roles,
                        on_change=lambda event, role=role: self._set(role, bool(event.value)),
                    )
            label = "Password" if password_needed else "New password (empty: as before)"
            self._password = ui.input(label, password=True, password_toggle_button=True).props(
                "outlined dense autocomplete=new-password"
            )
            self._password.style("width: 100%")
            Tag("p", f"{SHORTEST} to {LONGEST} characters.", "muted small")
            with box("row-line").style("justify-content: flex-end"):
                button("Cancel", lambda: self.dialog.submit(False))
                button("Save", lambda: self.dialog.submit(True), kind="primary")

    async def asked(self) -> bool:
        """Wait for the answer; False where it was cancelled."""
        answer = await self.dialog
        return answer is True

    @property
    def name(self) -> str:
        """As typed."""
        return self._fixed or str(self._name.value or "" if self._name is not None else "")

    @property
    def password(self) -> str:
        """As typed; empty: none."""
        return str(self._password.value or "")

    def _set(self, role: Role, on: bool) -> None:
        (self.roles.add if on else self.roles.discard)(role)
