"""`sesamoid audit`: the server's audit log, read and checked where it lies."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from sesamoid.cli.console import errors
from sesamoid.cli.server_options import DATA_OPTION, DATABASE_OPTION, opened_access

app = typer.Typer(
    help="The audit log of a server: verify, show.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.command("verify")
def verify(
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Check that no entry was changed or removed; exit code 1 where one was.

    Keep the last hash elsewhere: entries cut off at the end show by it alone.

    Example: sesamoid audit verify
    """
    with opened_access(data, database) as access:
        report = access.verify_audit()
    if as_json:
        typer.echo(json.dumps(vars(report)))
    elif report.intact:
        typer.echo(f"{report.entries} entries, none changed. Last hash: {report.last_hash}")
    else:
        errors.print(f"[bold red]not intact[/]: {report.reason}", highlight=False)
    if not report.intact:
        raise typer.Exit(1)


@app.command("show")
def show(
    data: Path | None = DATA_OPTION,
    database: str | None = DATABASE_OPTION,
    limit: int = typer.Option(50, "--limit", min=1, help="How many, the newest."),
) -> None:
    """The newest entries, one JSON object a line, the oldest of them first.

    Example: sesamoid audit show --limit 1000 > audit.jsonl
    """
    with opened_access(data, database) as access:
        for entry in reversed(access.newest_audit(limit)):
            content = {
                name: getattr(entry, name)
                for name in ("id", "account", "action", "object", "detail", "address", "hash")
            }
            typer.echo(json.dumps({"at": entry.at.isoformat(), **content}, ensure_ascii=False))
