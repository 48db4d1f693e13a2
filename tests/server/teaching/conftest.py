"""A store, accounts and virtual people for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra 'server' is not installed")

from sesamoid.server.access import Access, Actor, Role
from sesamoid.server.scanning.patients import Bodies
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Store, open_store
from sesamoid.server.teaching import Teaching

PASSWORD = "a long enough sentence"


@pytest.fixture(scope="session")
def bodies() -> Bodies:
    return Bodies()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture
def access(tmp_path: Path, store: Store) -> Access:
    return Access(ServerSettings(data=tmp_path, public=True, behind_proxy=True), store)


@pytest.fixture
def teaching(store: Store, access: Access, bodies: Bodies) -> Teaching:
    return Teaching(store, access, bodies)


@pytest.fixture
def log_in(access: Access) -> Callable[..., Actor]:
    """Makes an account with some roles and logs it in."""

    def made(name: str, *roles: Role) -> Actor:
        access.accounts.add(None, name, PASSWORD, roles or (Role.STUDENT,))
        return access.accounts.login(name, PASSWORD, "203.0.113.7").actor

    return made


@pytest.fixture
def student(log_in: Callable[..., Actor]) -> Actor:
    return log_in("mina")
