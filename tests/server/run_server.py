"""A server process for tests: ``python -m tests.server.run_server SETTINGS_AS_JSON``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uvicorn

from sesamoid.server.app import create_app
from sesamoid.server.settings import ServerSettings


def main() -> None:
    """Serve until killed."""
    given = json.loads(sys.argv[1])
    settings = ServerSettings(Path(given.pop("data")), **given)
    uvicorn.run(
        create_app(settings, pages=False), host="127.0.0.1", port=settings.port,
        log_level="warning", proxy_headers=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
