"""`sesamoid serve --public` as a clinic would start it: accounts, TLS, a refusal without them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from sesamoid.server.access.guard import SECURE_COOKIE

from .databases import free_port
from .helpers import PASSWORD

START_S = 180
SESAMOID = (sys.executable, "-c", "from sesamoid.cli.main import main; main()")


def command(*arguments: object, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SESAMOID, *map(str, arguments)],
        input=typed, capture_output=True, text=True, timeout=START_S,
    )  # fmt: skip


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Self-signed, for localhost."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, made = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", made, "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    return made, key


def test_public_needs_tls_and_an_account_and_says_so(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    serve = ("serve", "--public", "--no-assistant", "--data", tmp_path / "d", "--port", 0)
    without_tls = command(*serve)
    assert without_tls.returncode == 1
    assert "--tls-certificate" in without_tls.stderr
    without_account = command(*serve, "--tls-certificate", made, "--tls-key", key)
    assert without_account.returncode == 1
    assert "sesamoid account add" in without_account.stderr
    assert "Traceback" not in without_account.stderr


def test_with_both_people_log_in_through_tls(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    data, port = tmp_path / "d", free_port()
    added = command(
        "account", "add", "anna", "--role", "admin", "--data", data, typed=f"{PASSWORD}\n"
    )
    assert added.returncode == 0, added.stderr
    process = subprocess.Popen(
        [*SESAMOID, "serve", "--public", "--no-assistant",
         "--data", str(data), "--port", str(port), "--tls-certificate", str(made),
         "--tls-key", str(key)],
        env=os.environ | {"SESAMOID_DEBUG": ""},
    )  # fmt: skip
    try:
        with httpx.Client(base_url=f"https://localhost:{port}", verify=str(made)) as client:
            end = time.monotonic() + START_S
            while True:
                try:
                    assert client.get("/api/v1/health").status_code == 200
                    break
                except httpx.TransportError:
                    assert process.poll() is None, "the server ended"
                    assert time.monotonic() < end, "the server did not start"
                    time.sleep(0.3)
            page = client.get("/")
            assert page.status_code == 303
            assert page.headers["location"].startswith("/login")
            assert client.get("/login").status_code == 200
            answer = client.post("/api/v1/session", json={"name": "anna", "password": PASSWORD})
            assert answer.status_code == 200
            assert SECURE_COOKIE in client.cookies
            assert client.get("/").status_code == 200
            token = answer.json()["csrf_token"]
            assert client.post("/api/v1/people", json={"label": "P"}).status_code == 403
            made_person = client.post(
                "/api/v1/people", json={"label": "P"}, headers={"X-CSRF-Token": token}
            )
            assert made_person.status_code == 201
        secret = data / "pages.secret"
        assert secret.stat().st_mode & 0o777 == 0o600
        assert data.stat().st_mode & 0o777 == 0o700
    finally:
        process.terminate()
        assert process.wait(60) in (0, -15, 143)
