"""A server without pages on a fresh data folder, accounts of every role, and a stored exam."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the extra 'server' is not installed")
pytest.importorskip("fastapi", reason="the extra 'server' is not installed")

from sesamoid.server.access import Actor, Role
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam

from .helpers import PASSWORD, Client, store_nerve_exam


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 with parameters for tests: what is tested here is not how long it takes."""
    from argon2 import PasswordHasher

    from sesamoid.server.access import passwords

    usual = passwords._hasher
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._decoy.cache_clear()
    yield
    passwords._hasher = usual
    passwords._decoy.cache_clear()


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    """Of local use."""
    return ServerSettings(tmp_path / "data")


@pytest.fixture
def services(settings: ServerSettings) -> Iterator[Services]:
    """Of local use, without a server."""
    opened = open_services(settings)
    yield opened
    opened.close()


@pytest.fixture
def local(services: Services) -> Actor:
    return services.access.local("127.0.0.1")


@pytest.fixture
def client(services: Services) -> Client:
    """Somebody at this machine."""
    return Client(services)


@pytest.fixture
def public_settings(tmp_path: Path) -> ServerSettings:
    """Of a public server behind a proxy."""
    return ServerSettings(tmp_path / "data", public=True, behind_proxy=True)


@pytest.fixture
def public(public_settings: ServerSettings) -> Iterator[Services]:
    """A public server with an account of each role: ``stu``, ``sono``, ``rev``, ``adm``."""
    opened = open_services(public_settings)
    for name, role in (
        ("stu", Role.STUDENT),
        ("sono", Role.SONOGRAPHER),
        ("rev", Role.REVIEWER),
        ("adm", Role.ADMIN),
    ):
        opened.access.accounts.add(None, name, PASSWORD, [role])
    yield opened
    opened.close()


@pytest.fixture
def exam(services: Services, local: Actor) -> Exam:
    """A nerve and a vessel on a calibrated picture, analysed and stored, undecided."""
    return store_nerve_exam(services, local)


@pytest.fixture(scope="session")
def postgres_port() -> Iterator[int]:
    """Port of a PostgreSQL cluster that lives as long as the tests."""
    from .databases import cluster

    with cluster() as port:
        yield port
