"""`sesamoid serve` on one's own machine, and `sesamoid bench serve`, as typed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

pytest.importorskip("nicegui", reason="the extra 'server' is not installed")

from sesamoid.cli.serve import address_of
from sesamoid.errors import SesamoidError
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import ExamStatus, exams, open_store

SESAMOID = (sys.executable, "-c", "from sesamoid.cli.main import main; main()")
PATIENCE_S = 180


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server as a person starts it, and the address that it tells."""
    process = subprocess.Popen(
        [*SESAMOID, "serve", "--no-browser", "--no-assistant", "--port", "0",
         "--data", str(tmp_path / "data")],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        told = ""
        assert process.stdout is not None
        while "http" not in told:
            told = process.stdout.readline()
            assert told or process.poll() is None, "the server ended"
        yield process, re.search(r"http://[^\s/]+", told)[0]  # type: ignore[index]
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=60)


def test_ctrl_c_ends_it_and_the_exam_that_ran_is_kept(
    serving: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = serving
    assert httpx.get(f"{address}/", timeout=PATIENCE_S).status_code == 200
    begun = httpx.post(f"{address}/api/v1/scan", json={"assistant": False}, timeout=PATIENCE_S)
    assert begun.status_code == 201, begun.text
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) in (0, 130)
    store = open_store(ServerSettings(tmp_path / "data").database_url)
    with store.read() as session:
        kept = exams.get(session, begun.json()["room"])
    store.close()
    assert kept is not None
    assert kept.status == ExamStatus.ENDED


def test_it_answers_to_this_machine_only(serving: tuple[subprocess.Popen[str], str]) -> None:
    _, address = serving
    port = int(address.rpartition(":")[2])
    assert address.startswith("http://127.0.0.1:")
    answer = httpx.get(f"{address}/", headers={"host": f"evil.example:{port}"}, timeout=60)
    assert answer.status_code == 403


def test_a_port_that_is_taken_is_told_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = subprocess.run(
            [*SESAMOID, "serve", "--no-browser", "--no-assistant", "--data", str(tmp_path),
             "--port", str(other.getsockname()[1])],
            capture_output=True, text=True, timeout=PATIENCE_S,
        )  # fmt: skip
    assert ran.returncode == 1
    assert "cannot be used" in ran.stderr
    assert "--port" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("listening", "certificate", "address"),
    [
        (("127.0.0.1", 8642), None, "http://127.0.0.1:8642/"),
        (("0.0.0.0", 443), Path("cert.pem"), "https://localhost:443/"),
        (("::", 80, 0, 0), None, "http://localhost:80/"),
        (("::1", 81, 0, 0), None, "http://[::1]:81/"),
    ],
)
def test_the_address_is_one_that_a_browser_opens(
    listening: tuple[object, ...], certificate: Path | None, address: str
) -> None:
    settings = ServerSettings(Path("data"), tls_certificate=certificate)
    assert address_of(settings, listening) == address


def test_the_bench_says_what_is_missing(sesamoid, monkeypatch: pytest.MonkeyPatch) -> None:
    from sesamoid.server.scanning import speed

    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    ran = sesamoid("bench", "serve")
    assert ran.code == 1
    assert "Playwright" in ran.err
    monkeypatch.undo()
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    monkeypatch.setattr(speed, "BROWSERS", ("no-such-browser",))
    ran = sesamoid("bench", "serve")
    assert ran.code == 1
    assert "install the package chromium" in ran.err


def test_the_bench_counts_in_a_browser_alone_and_with_a_slow_viewer(sesamoid) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        pytest.skip("there is no Chromium")
    from sesamoid.server.scanning.speed import measure

    figures = json.loads(json.dumps(measure(seconds=5, viewers=3, assistant=None)))
    for part in ("alone", "together"):
        assert figures[part]["shown_per_second"] > 0
        assert figures[part]["glass_to_glass_p95_ms"] >= figures[part]["glass_to_glass_p50_ms"] > 0
    quick = figures["quick"][0]
    assert figures["slow"]["shown"] < quick["shown"]
    assert figures["slow"]["missed"] > quick["missed"]


def test_the_bench_says_so_where_viewers_are_shown_nothing() -> None:
    from sesamoid.server.scanning.speed_viewers import other_viewers

    nobody = "http://127.0.0.1:1"
    with pytest.raises(SesamoidError, match="not all viewers"), other_viewers(nobody, "none", 2):
        raise AssertionError("it began without them")
