"""The engine, its transactions and its migrations."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from sesamoid.errors import MissingExtra, SesamoidError

MIGRATIONS = Path(__file__).parent / "migrations"
POOL = 20
"""Connections that are kept open, and as many more at a rush; a request needs one."""
BUSY_S = 30
"""How long a SQLite writer waits for another process, e.g. `sesamoid account add`."""


class Store:
    """Opens transactions on one database.

    Parameters
    ----------
    engine : Engine
        From `open_store`.
    """

    def __init__(self, engine: Engine):
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer; a queue within the process is fairer than its polling.
        self._writing: Any = threading.RLock() if self.is_sqlite else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session to look things up with; what it loaded stays usable afterwards."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: all of it is on the disk when the block has ended, or nothing."""
        with self._writing, self.engine.connect() as connection:
            connection = connection.execution_options(sesamoid_write=True)
            with Session(connection, expire_on_commit=False) as session, session.begin():
                yield session

    def close(self) -> None:
        """Let all connections go."""
        self.engine.dispose()


def open_store(url: str, *, migrate: bool = True) -> Store:
    """Open a database and bring its tables up to date.

    Parameters
    ----------
    url : str
        SQLAlchemy URL.
    migrate : bool
        Create and change tables as this version needs them.

    Raises
    ------
    SesamoidError
        It cannot be opened, or was written by a newer version.
    MissingExtra
        The driver is not installed.
    """
    store = Store(_engine(url))
    if migrate:
        from sesamoid.server.store.migrating import upgrade

        try:
            upgrade(store.engine)
        except DBAPIError as error:
            store.close()
            raise SesamoidError(
                f"the database {shown(url)} cannot be opened ({_short(error)})",
                fix="check the URL, that the server runs, and that this account may create tables.",
            ) from error
    return store


def shown(url: str) -> str:
    """A URL without its password."""
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "given"


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _sqlite(url)
        return create_engine(url, pool_size=POOL, max_overflow=POOL, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise SesamoidError(
            f"{shown(url)!r} is no database URL",
            fix="use sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE.",
        ) from error
    except ModuleNotFoundError as error:
        raise MissingExtra(
            f"the database driver {error.name!r} is not installed",
            fix="pip install 'sesamoid[server,postgres]'.",
        ) from error


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=POOL,
        max_overflow=POOL,
        connect_args={"timeout": BUSY_S, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: Any, record: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` says which kind.
        raw.isolation_level = None
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        # FULL: with NORMAL a loss of power may undo what was acknowledged (sqlite.org/wal.html).
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A reader that turns into a writer can be refused at once; a writer says so from the start.
        write = connection.get_execution_options().get("sesamoid_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _short(error: DBAPIError) -> str:
    return " ".join(str(error.orig or error).split())[:200]
