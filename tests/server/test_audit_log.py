"""The audit log: only added to, and any change shows."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from sesamoid.server.services import Services
from sesamoid.server.store import audit


def fill(services: Services, count: int = 5) -> None:
    for number in range(count):
        services.access.note(None, "test.entry", object=f"thing {number}", detail={"n": number})


def report(services: Services) -> audit.ChainReport:
    with services.store.read() as session:
        return audit.verify(session)


def tamper(services: Services, statement: str) -> None:
    """As somebody with the database file in hands could: the triggers are dropped first."""
    with services.store.write() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("DROP TRIGGER audit_no_delete"))
        session.execute(text(statement))


def test_a_fresh_log_is_intact(services: Services) -> None:
    fill(services)
    found = report(services)
    assert found.intact
    assert found.entries >= 5


@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET account = 'eve'", "DELETE FROM audit WHERE id = 2"]
)
def test_the_database_refuses_changes(services: Services, statement: str) -> None:
    fill(services)
    with pytest.raises(DatabaseError, match="only added"), services.store.write() as session:
        session.execute(text(statement))
    assert report(services).intact


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit SET account = 'eve' WHERE id = 3", 3),
        ("UPDATE audit SET detail = '{}' WHERE id = 4", 4),
        ("UPDATE audit SET at = '2001-01-01 00:00:00.000000' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 3),
    ],
)
def test_a_change_past_the_database_shows(services: Services, statement: str, bad: int) -> None:
    fill(services)
    tamper(services, statement)
    found = report(services)
    assert not found.intact
    assert found.first_bad == bad


def test_a_cut_end_shows_by_the_last_hash(services: Services) -> None:
    fill(services)
    before = report(services)
    tamper(services, f"DELETE FROM audit WHERE id = {before.entries}")
    after = report(services)
    assert after.intact
    assert after.last_hash != before.last_hash


def test_entries_of_many_threads_form_one_chain(services: Services) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: services.access.note(None, f"n{n}"), range(40)))
    found = report(services)
    assert found.intact
    assert found.entries >= 40
