"""``kill -9`` of a real server: every acknowledged decision is there afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam, audit

from .helpers import store_nerve_exam
from .processes import ServerProcess

ENOUGH = 25
"""Acknowledged decisions before the kill."""


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    if request.param == "sqlite":
        return None
    from .databases import fresh_database

    return fresh_database(request.getfixturevalue("postgres_port"))


@pytest.fixture
def exams(tmp_path: Path, database: str | None) -> Iterator[list[Exam]]:
    services = open_services(ServerSettings(tmp_path / "data", database=database))
    local = services.access.local()
    yield [store_nerve_exam(services, local, label=f"P-{n}") for n in range(4)]
    services.close()


def stored_verdicts(services: Services, exams: list[Exam]) -> dict[int, list[tuple[str, str]]]:
    local = services.access.local()
    return {
        row.id: [(one.verdict, one.comment) for one in row.decisions]
        for exam in exams
        for row in services.exams.get(local, exam.id).pictures[0].findings
    }


def test_no_acknowledged_decision_is_lost(
    tmp_path: Path, database: str | None, exams: list[Exam]
) -> None:
    acknowledged: list[tuple[int, str]] = []
    enough = threading.Event()
    findings = [exam.pictures[0].findings[1].id for exam in exams]

    def decide(url: str, finding: int) -> None:
        for number in range(200):
            comment = f"{finding}-{number}"
            body = {"verdict": "accept", "comment": comment}
            try:
                answer = httpx.post(f"{url}/findings/{finding}/decisions", json=body, timeout=60)
            except httpx.TransportError:
                return  # killed: this one was not acknowledged
            if answer.status_code == 201:
                acknowledged.append((finding, comment))
            if len(acknowledged) >= ENOUGH:
                enough.set()

    data = tmp_path / "data"
    with (
        ThreadPoolExecutor(len(findings)) as pool,
        ServerProcess(data, database=database) as server,
    ):
        for finding in findings:
            pool.submit(decide, server.url, finding)
        assert enough.wait(240)
        server.kill()
    with ServerProcess(data, database=database) as again:
        answer = httpx.get(f"{again.url}/exams", timeout=60).json()
        assert answer["total"] == len(exams)
    services = open_services(ServerSettings(data, database=database))
    try:
        kept = stored_verdicts(services, exams)
        for finding, comment in acknowledged:
            assert ("accept", comment) in kept[finding]
        with services.store.read() as session:
            assert audit.verify(session).intact
    finally:
        services.close()
