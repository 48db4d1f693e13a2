"""A server process for tests: ``python -m tests.server.run_server SETTINGS_AS_JSON``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn

from sesamoid.server.app import create_app
from sesamoid.server.services import open_services
from sesamoid.server.settings import ServerSettings

from .scanning.truth import truth_assistant


def main() -> None:
    """Serve until killed."""
    given = json.loads(sys.argv[1])
    truth, pages = given.pop("truth", False), given.pop("pages", False)
    settings = ServerSettings(Path(given.pop("data")), **given)
    services = open_services(settings, assistant=truth_assistant if truth else None)
    uvicorn.run(
        create_app(settings, services=services, pages=pages), host="127.0.0.1", port=settings.port,
        log_level="warning", proxy_headers=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
