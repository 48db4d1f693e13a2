"""Made-up requests to every route of the API: none makes the server fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

schemathesis = pytest.importorskip("schemathesis")

from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sesamoid.server import api
from sesamoid.server.app import create_app
from sesamoid.server.scanning import room_table
from sesamoid.server.services import open_services
from sesamoid.server.settings import ServerSettings

from .helpers import store_nerve_exam

EXAMPLES = 8
EXISTING: list[str] = []
"""Exams that are there; made-up ids would never meet one."""
DESCRIPTION = "/api/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def routes() -> list[tuple[str, str]]:
    """Path and method of everything that the API describes."""
    app = FastAPI(openapi_url=DESCRIPTION, docs_url=None, swagger_ui_oauth2_redirect_url=None)
    api.register(app)
    return [(path, method) for path, methods in app.openapi()["paths"].items()
            for method in methods]  # fmt: skip


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Of local use: every role, so that nothing is refused before it is looked at."""
    folder: Path = tmp_path_factory.mktemp("api")
    services = open_services(ServerSettings(folder))
    local = services.access.local()
    EXISTING[:] = [store_nerve_exam(services, local, label=f"P-{n}").id for n in range(3)]
    app = create_app(services.settings, services=services, pages=False)

    async def without_lifespan(scope: Any, receive: Any, send: Any) -> None:
        """Each call would begin and end the application, and close its services."""
        if scope["type"] == "lifespan":
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
            return
        await app(scope, receive, send)

    with pytest.MonkeyPatch.context() as patch:
        # Rooms cost seconds each; that they open is tested elsewhere.
        patch.setattr(room_table, "MOST_ROOMS", 0)
        yield schemathesis.openapi.from_asgi(
            DESCRIPTION, without_lifespan, headers={"Host": "localhost"}
        )
    services.close()


@pytest.mark.parametrize(("path", "method"), routes())
def test_no_request_makes_the_server_fail(schema: Any, path: str, method: str) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[path][method.upper()].as_strategy(), existing=st.integers(0, 5))
    def ask(case: Any, existing: int) -> None:
        if "exam_id" in case.path_parameters and existing < len(EXISTING):
            case.path_parameters["exam_id"] = EXISTING[existing]
        case.call_and_validate(checks=CHECKS, headers={"Host": "localhost"})

    ask()
