"""What the commands about the server share: where its data are, and how they are opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sesamoid.errors import MissingExtra

if TYPE_CHECKING:
    from sesamoid.server.access import Access

DATA_VARIABLE = "SESAMOID_SERVER_DATA"

DATA_OPTION = typer.Option(
    None, "--data", help=f"The server's folder; ${DATA_VARIABLE} or ~/sesamoid-server by default."
)
DATABASE_OPTION = typer.Option(
    None, "--database", help="SQLAlchemy URL, e.g. postgresql://…; SQLite in --data by default."
)


def data_folder(given: Path | None) -> Path:
    """The folder of the server's data, given or usual."""
    if given is not None:
        return given
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else Path.home() / "sesamoid-server"


@contextmanager
def opened_access(data: Path | None, database: str | None) -> Iterator[Access]:
    """Accounts and audit log, without a server; whether one runs meanwhile does not matter.

    Raises
    ------
    MissingExtra
        The extra ``server`` is not installed.
    """
    require_server()
    from sesamoid.server.access import Access
    from sesamoid.server.services import prepare_folder
    from sesamoid.server.settings import ServerSettings
    from sesamoid.server.store import open_store

    settings = ServerSettings(data_folder(data), database=database, public=True)
    prepare_folder(settings)
    store = open_store(settings.database_url)
    try:
        yield Access(settings, store)
    finally:
        store.close()


def require_server() -> None:
    """Refuse, with the fix, where what the server needs is not installed.

    Raises
    ------
    MissingExtra
    """
    try:
        import alembic  # noqa: F401
        import argon2  # noqa: F401
        import limits  # noqa: F401
        import nicegui  # noqa: F401
        import sqlalchemy  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the server needs {error.name!r}, which is not installed",
            fix="pip install 'sesamoid[server]'.",
        ) from error
