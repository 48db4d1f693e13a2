"""The store on SQLite and on PostgreSQL: tables, transactions, times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, DBAPIError, IntegrityError

from sesamoid.errors import SesamoidError
from sesamoid.server.store import Account, Attempt, Base, Store, accounts, audit, open_store
from sesamoid.server.store.database import shown
from sesamoid.server.store.migrating import latest, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'a.sqlite'}"
    from .databases import fresh_database

    given = fresh_database(request.getfixturevalue("postgres_port"))
    return given.replace("postgresql://", "postgresql+pg8000://")


@pytest.fixture
def store(url: str) -> Store:
    return open_store(url)


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_opening_again_changes_nothing(store: Store, url: str) -> None:
    with store.write() as session:
        accounts.add(session, "anna", "x", ["admin"])
    store.close()
    again = open_store(url)
    with again.read() as session:
        assert accounts.by_name(session, "Anna ").roles == ["admin"]


def test_down_and_up_again(store: Store) -> None:
    from alembic import command

    from sesamoid.server.store.migrating import configuration

    config = configuration()
    writing = store.engine.execution_options(sesamoid_write=True)
    with writing.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    upgrade(store.engine)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert context.get_current_revision() == latest()


def test_a_newer_database_is_refused(store: Store, url: str) -> None:
    with store.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(SesamoidError, match="another version"):
        open_store(url)


def test_times_keep_their_instant(store: Store) -> None:
    at = datetime(2026, 3, 1, 12, 30, 15, 123456, timezone(timedelta(hours=5)))
    with store.write() as session:
        account = accounts.add(session, "anna", "x", ["admin"])
        session.add(Attempt(account_id=account.id, exercise="find", started_at=at))
    with store.read() as session:
        back = session.query(Attempt).one().started_at
    assert back == at
    assert back.tzinfo is UTC


def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.write() as session:
            accounts.add(session, "anna", "x", ["admin"])
            audit.append(session, "account.add")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.read() as session:
        assert accounts.by_name(session, "anna") is None
        assert audit.verify(session).entries == 0


def test_foreign_keys_are_checked(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), store.write() as session:
        session.add(Attempt(account_id=4711, exercise="find"))


def test_many_writers_at_once_lose_nothing(store: Store) -> None:
    with store.write() as session:
        account = accounts.add(session, "anna", "x", ["admin"]).id

    def write(number: int) -> None:
        with store.write() as session:
            session.add(Attempt(account_id=account, exercise="find", subject=str(number)))
            audit.append(session, f"attempt.{number}")

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(64)))
    with store.read() as session:
        assert {one.subject for one in session.query(Attempt)} == {str(n) for n in range(64)}
        report = audit.verify(session)
        assert report.intact
        assert report.entries == 64


@pytest.mark.parametrize("statement", ["UPDATE audit SET account='x'", "DELETE FROM audit"])
def test_the_audit_table_is_only_added_to(store: Store, statement: str) -> None:
    with store.write() as session:
        audit.append(session, "one")
    with pytest.raises(DatabaseError, match="only added"), store.write() as session:
        session.execute(text(statement))


def test_names_are_unique(store: Store) -> None:
    with store.write() as session:
        accounts.add(session, "anna", "x", ["admin"])
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(Account(name="anna", password_hash="y", roles=[]))


@pytest.mark.parametrize("given", ["no url", "oracle+nothing://x", "postgres"])
def test_what_is_no_url_is_refused_with_the_fix(given: str) -> None:
    with pytest.raises(SesamoidError) as caught:
        open_store(given)
    assert "postgresql://" in str(caught.value.fix)


def test_a_database_that_does_not_answer_says_so_without_its_password() -> None:
    pytest.importorskip("pg8000")
    url = "postgresql+pg8000://me:secret@127.0.0.1:1/none"
    with pytest.raises(SesamoidError) as caught:
        open_store(url)
    assert "secret" not in str(caught.value)
    assert "secret" not in shown(url)
