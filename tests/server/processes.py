"""Real server processes for tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx

from .databases import free_port

ROOT = Path(__file__).parents[2]
START_S = 180


class ServerProcess:
    """A server on a free port of this machine; ended with the block.

    Parameters
    ----------
    data : Path
    **settings
        Of `ServerSettings`, as JSON takes them.
    """

    def __init__(self, data: Path, **settings: Any):
        self.port = free_port()
        given = {"data": str(data), "port": self.port, **settings}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.run_server", json.dumps(given)], cwd=ROOT
        )
        self.url = f"http://127.0.0.1:{self.port}/api/v1"
        self.headers = {"x-forwarded-proto": "https"} if settings.get("behind_proxy") else {}

    def __enter__(self) -> Self:
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/health", headers=self.headers, timeout=5).is_success:
                    return self
            except httpx.TransportError:
                time.sleep(0.2)
        self.kill()
        raise RuntimeError("the server did not start")

    def __exit__(self, *error: object) -> None:
        self.kill()

    def kill(self) -> None:
        """As a loss of power would end it."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
