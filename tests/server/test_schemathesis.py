"""Made-up requests to every route of the API: none makes the server fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

schemathesis = pytest.importorskip("schemathesis")

from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sesamoid.server.app import create_app
from sesamoid.server.services import open_services
from sesamoid.server.settings import ServerSettings

from .helpers import store_nerve_exam

EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Of local use: every role, so that nothing is refused before it is looked at."""
    folder: Path = tmp_path_factory.mktemp("api")
    services = open_services(ServerSettings(folder))
    for number in range(3):
        store_nerve_exam(services, services.access.local(), label=f"P-{number}")
    app = create_app(services.settings, services=services, pages=False)
    yield schemathesis.openapi.from_asgi("/api/openapi.json", app, headers={"Host": "localhost"})
    services.close()


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_makes_the_server_fail(case: schemathesis.Case) -> None:
    case.call_and_validate(checks=CHECKS, headers={"Host": "localhost"})
