"""A server with pages and something on them: ``python -m tests.server.pages.run_pages JSON``.

Accounts ``stu``, ``sono``, ``rev`` and ``adm`` with one role each; all with `PASSWORD`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from sesamoid.server.access import Actor, Role
from sesamoid.server.app import create_app
from sesamoid.server.rate_limits import RateLimits
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings

from ..helpers import PASSWORD, store_nerve_exam
from ..scanning.truth import truth_assistant
from . import filling

ROLES = {
    "stu": Role.STUDENT, "sono": Role.SONOGRAPHER, "rev": Role.REVIEWER, "adm": Role.ADMIN,
}  # fmt: skip
EASY = RateLimits(login="1000/minute", anonymous="100000/minute", session="100000/minute")
"""Tests come from one address and log in more often than people; limits are tested elsewhere."""
LONG = "P-2026-0417, left hand, second visit of the follow-up after the operation of the spring"
SCANNED = ("S11", "S5", "S14", "S1", "S8")
ILL = ("carpal_tunnel_syndrome:2", "radiocarpal_synovitis:2")


def fill(services: Services) -> None:
    """What every test finds: accounts, two exams, a student's history."""
    actors = {name: _account(services, name) for name in ROLES}
    store_nerve_exam(services, actors["sono"], label=LONG)
    store_nerve_exam(services, actors["stu"], label="Ada (virtual)", origin="virtual")
    filling.history(services, actors["stu"].account_id)


def fill_more(services: Services) -> None:
    """What is worth looking at: a scanned exam and more learners."""
    actor = (
        services.access.accounts.login("rev", PASSWORD, "127.0.0.1").actor
        if services.settings.public
        else services.access.local("127.0.0.1")
    )
    filling.learners(services)
    filling.history(services, actor.account_id)
    filling.scanned_exam(services, actor, SCANNED, pathologies=ILL)
    print("filled", flush=True)


def _account(services: Services, name: str) -> Actor:
    services.access.accounts.add(None, name, PASSWORD, [ROLES[name]])
    return services.access.accounts.login(name, PASSWORD, "127.0.0.1").actor


def main() -> None:
    """Serve until killed."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    more = given.pop("more", False)
    for name in ("data", "tls_certificate", "tls_key"):
        if name in given:
            given[name] = Path(given[name])
    settings = ServerSettings(**given, rates=EASY)
    services = open_services(settings, assistant=truth_assistant)
    if settings.public:
        fill(services)
    if more:
        threading.Thread(target=_after_start, args=(services,), daemon=True).start()
    uvicorn.run(
        create_app(settings, services=services), host="127.0.0.1", port=settings.port,
        log_level="warning", proxy_headers=False,
        ssl_certfile=settings.tls_certificate, ssl_keyfile=settings.tls_key,
    )  # fmt: skip


def _after_start(services: Services) -> None:
    scheme = "https" if services.settings.public else "http"
    url = f"{scheme}://127.0.0.1:{services.settings.port}/api/v1/health"
    while True:
        try:
            httpx.get(url, verify=False, timeout=5)
            break
        except httpx.TransportError:
            time.sleep(0.2)
    fill_more(services)


if __name__ == "__main__":
    main()
