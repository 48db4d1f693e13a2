"""A server with pages in a process of its own, and Chromium to look at it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import httpx
import pytest

from ..databases import free_port
from ..processes import ROOT

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
START_S = 240.0
ARGUMENTS = ["--no-sandbox", "--use-gl=swiftshader", "--enable-unsafe-swiftshader"]


def need_browser() -> Any:
    """Playwright's API; the test is skipped, saying why, where something is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    pytest.importorskip("nicegui", reason="the extra 'server' is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    return api


class PagesProcess:
    """See `run_pages`; ended with the block.

    Parameters
    ----------
    folder : Path
        For data and certificate.
    public : bool
        With accounts and TLS; else local use.
    more : bool
        With a scanned exam, which takes a while; `wait_filled` waits for it.
    """

    def __init__(self, folder: Path, *, public: bool = True, more: bool = False):
        self.port = free_port()
        given: dict[str, Any] = {"data": str(folder / "data"), "port": self.port, "more": more}
        if public:
            given |= {"public": True, **certificate(folder)}
        self.log = (folder / "server.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.server.pages.run_pages", json.dumps(given)],
            cwd=ROOT, stdout=self.log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.url = f"{'https' if public else 'http'}://localhost:{self.port}"

    def __enter__(self) -> Self:
        end = time.monotonic() + START_S
        while time.monotonic() < end and self.process.poll() is None:
            try:
                answer = httpx.get(f"{self.url}/api/v1/health", verify=False, timeout=5)
                if answer.is_success:
                    return self
            except httpx.TransportError:
                time.sleep(0.2)
        self.kill()
        raise RuntimeError(f"the server did not start:\n{self.told()}")

    def __exit__(self, *error: object) -> None:
        self.kill()

    def wait_filled(self, seconds: float = 600.0) -> None:
        """Until everything is there."""
        end = time.monotonic() + seconds
        while "filled" not in self.told():
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(self.told())
            time.sleep(0.5)

    def told(self) -> str:
        """What it wrote."""
        return Path(self.log.name).read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        self.log.close()


def certificate(folder: Path) -> dict[str, str]:
    """A certificate for this machine, signed by itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", str(key), "-out", str(cert), "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return {"tls_certificate": str(cert), "tls_key": str(key)}
