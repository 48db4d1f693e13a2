"""Fifty people review at the same time: no error, nothing lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx

from sesamoid.server.access import Role
from sesamoid.server.services import open_services
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import audit

from .helpers import PASSWORD, PROXIED, store_nerve_exam
from .processes import ServerProcess

USERS, EXAMS, ROUNDS = 50, 10, 2


async def review(url: str, token: str, number: int, exams: list[str]) -> list[float]:
    """What a reviewer does: list, open, look, decide. Seconds of each request."""
    headers = {**PROXIED, "authorization": f"Bearer {token}"}
    taken = []
    async with httpx.AsyncClient(headers=headers, timeout=120) as client:

        async def call(method: str, path: str, **more: object) -> httpx.Response:
            began = time.monotonic()
            answer = await client.request(method, f"{url}{path}", **more)  # type: ignore[arg-type]
            taken.append(time.monotonic() - began)
            assert answer.is_success, (method, path, answer.status_code, answer.text[:200])
            return answer

        for turn in range(ROUNDS):
            await call("GET", "/exams?undecided=true")
            exam = exams[(number + turn) % len(exams)]
            opened = (await call("GET", f"/exams/{exam}")).json()
            picture = opened["pictures"][0]
            await call("GET", picture["url"].removeprefix("/api/v1"))
            finding = picture["findings"][number % len(picture["findings"])]["id"]
            await call(
                "POST", f"/findings/{finding}/decisions",
                json={"verdict": "accept", "comment": f"{number}-{turn}"},
            )  # fmt: skip
    return taken


def test_fifty_reviewers_at_once(tmp_path: Path) -> None:
    public = {"public": True, "behind_proxy": True}
    services = open_services(ServerSettings(tmp_path, **public))  # type: ignore[arg-type]
    names = [f"reviewer{n:02d}" for n in range(USERS)]
    for name in names:
        services.access.accounts.add(None, name, PASSWORD, [Role.REVIEWER])
    logins = [services.access.accounts.login(name, PASSWORD, "192.0.2.7") for name in names]
    exams = [store_nerve_exam(services, logins[0].actor, label=f"P-{n}").id for n in range(EXAMS)]

    async def everyone(url: str) -> list[list[float]]:
        work = [review(url, one.token, n, exams) for n, one in enumerate(logins)]
        return await asyncio.gather(*work)

    with ServerProcess(tmp_path, **public) as server:
        taken = sorted(one for each in asyncio.run(everyone(server.url)) for one in each)
    print(f"{len(taken)} requests, p95 {taken[int(0.95 * len(taken))]:.2f} s")
    assert len(taken) == USERS * ROUNDS * 4
    made = {
        decision.comment
        for exam in exams
        for row in services.exams.get(logins[0].actor, exam).pictures[0].findings
        for decision in row.decisions
    }
    assert made == {f"{n}-{turn}" for n in range(USERS) for turn in range(ROUNDS)}
    with services.store.read() as session:
        assert audit.verify(session).intact
    services.close()
