"""Tables brought up to date by Alembic when the server starts."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine, text

from sesamoid.errors import SesamoidError

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK = 0x5E5A
"""PostgreSQL advisory lock: two servers that start at once migrate one after the other."""


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def latest() -> str:
    """The revision that this version of the program needs."""
    head: str | None = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None
    return head


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to `revision`, in one transaction.

    Raises
    ------
    SesamoidError
        The database was written by a newer version.
    """
    config = configuration()
    with engine.connect().execution_options(sesamoid_write=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, revision)
        except CommandError as error:
            raise SesamoidError(
                f"the database was written by another version ({error})",
                fix="install the version of sesamoid that wrote it, or a newer one.",
            ) from error
