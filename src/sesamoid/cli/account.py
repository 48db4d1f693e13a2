"""`sesamoid account`: who may log in to a public server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from sesamoid.cli.console import output, plain
from sesamoid.cli.server_options import DATA_OPTION, DATABASE_OPTION, opened_access
from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    from sesamoid.server.access import Role

ROLES = ("student", "sonographer", "reviewer", "admin")

app = typer.Typer(
    help="Accounts of a public server: add, list, change.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

ROLE_OPTION = typer.Option(..., "--role", help=f"Of {', '.join(ROLES)}. May be repeated.")


@app.command("add")
def add(
    name: str = typer.Argument(..., help="Small letters, digits, dots, dashes, @."),
    role: list[str] = ROLE_OPTION,
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
) -> None:
    """Make an account; the password is asked for, or read from standard input.

    Example: sesamoid account add anna --role admin --role reviewer
    """
    roles = _roles(role)
    password = read_password(confirm=True)
    with opened_access(data, database) as access:
        account = access.accounts.add(None, name, password, roles)
        typer.echo(f"{account.name} may log in as {', '.join(account.roles)}.")


@app.command("password")
def password(
    name: str = typer.Argument(...),
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
) -> None:
    """Set a new password; the account is logged out everywhere.

    Example: sesamoid account password anna
    """
    new = read_password(confirm=True)
    with opened_access(data, database) as access:
        access.accounts.change(None, name, password=new)
        typer.echo(f"{name} has a new password and was logged out everywhere.")


@app.command("change")
def change(
    name: str = typer.Argument(...),
    role: list[str] = typer.Option([], "--role", help="The roles from now on. May be repeated."),
    disable: bool | None = typer.Option(
        None, "--disable/--enable", help="Lock the account out, or let it in again."
    ),
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
) -> None:
    """Change roles, lock out, let in again.

    Example: sesamoid account change anna --disable
    """
    if not role and disable is None:
        raise SesamoidError("nothing is to be changed", fix="give --role, --disable or --enable.")
    roles = _roles(role) if role else None
    with opened_access(data, database) as access:
        account = access.accounts.change(None, name, roles=roles, disabled=disable)
        state = "is locked out" if account.disabled else "may log in"
        typer.echo(f"{account.name} {state}, as {', '.join(account.roles)}.")


@app.command("list")
def list_accounts(data: Path | None = DATA_OPTION, database: str | None = DATABASE_OPTION) -> None:
    """All accounts.

    Example: sesamoid account list
    """
    with opened_access(data, database) as access:
        found = access.accounts.all_of_them()
    if not found:
        typer.echo("There is no account. Make one: sesamoid account add NAME --role admin")
        return
    table = Table("name", "roles", "made", "state", box=None)
    for one in found:
        state = "locked out" if one.disabled else ""
        table.add_row(plain(one.name), ", ".join(one.roles), f"{one.created_at:%Y-%m-%d}", state)
    output.print(table)


def read_password(*, confirm: bool) -> str:
    """Asked for twice at a terminal; else the first line of standard input."""
    if sys.stdin.isatty():
        asked: str = typer.prompt("Password", hide_input=True, confirmation_prompt=confirm)
        return asked
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise SesamoidError(
            "no password came through standard input", fix="pipe it in, or run at a terminal."
        )
    return line


def _roles(given: list[str]) -> list[Role]:
    unknown = [name for name in given if name not in ROLES]
    if unknown:
        raise SesamoidError(f"no role {unknown[0]!r}", fix=f"use of {', '.join(ROLES)}.")
    from sesamoid.server.access import Role

    return [Role(name) for name in given]
