"""How fast the scan page is: pictures a second in a real browser, from the probe to the screen."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

from sesamoid.cores import usable_cores
from sesamoid.errors import MissingExtra, SesamoidError
from sesamoid.server.scanning import processor_time
from sesamoid.server.scanning.speed_viewers import other_viewers

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
START_S = 300.0
"""The first start on a machine compiles the scanner."""
SETTLE_S = 4.0
KEYS = ("ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "KeyQ", "KeyE")
WIDTH_PX, HEIGHT_PX = 1440, 900


def measure(
    *, seconds: float = 20.0, viewers: int = 5, assistant: str | None = "wrist_hand"
) -> dict[str, Any]:
    """Start a server and scan a virtual patient in a headless browser, the probe in motion.

    Parameters
    ----------
    seconds : float
        Of each part that is measured.
    viewers : int
        In the second part; one is the browser, one is slow, the rest show every frame at once.
    assistant : str or None
        The model; None: without.

    Returns
    -------
    dict
        ``browser``: frames a second and glass-to-glass milliseconds, alone and with the others;
        ``server``: frames assessed a second; ``slow``: what the slow viewer showed and missed.
        Processor time a frame, of server and browser, is None where the system does not tell.

    Raises
    ------
    MissingExtra
        Playwright or a Chromium is not installed.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise MissingExtra(
            "measuring in a browser needs Playwright, which is not installed",
            fix="pip install playwright.",
        ) from error
    program = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if program is None:
        raise MissingExtra(
            "there is no Chromium on this machine", fix="install the package chromium."
        )
    with _server(assistant) as (address, server), sync_playwright() as play:
        room = _begin(address, assistant=assistant is not None)
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}).new_page()
        page.goto(f"{address}/scan/{room}")
        page.wait_for_function("window.sesamoidScan?.stream?.total > 30", timeout=120_000)
        alone = _watched(page, address, room, seconds, server)
        with other_viewers(address, room, viewers - 1) as others:
            together = _watched(page, address, room, seconds, server)
        browser.close()
    return {
        "what": "scan page in headless Chromium, virtual patient, probe in motion",
        "assistant": assistant,
        "window": [WIDTH_PX, HEIGHT_PX],
        "cores": usable_cores(),
        "load": os.getloadavg()[0],
        "seconds": seconds,
        "viewers": viewers,
        "alone": alone,
        "together": together,
        "slow": others.get("slow"),
        "quick": others.get("quick", []),
    }


def _watched(page: Any, address: str, room: str, seconds: float, server: int) -> dict[str, Any]:
    """Frames shown and assessed while the probe is moved to and fro, and what they cost."""
    time.sleep(SETTLE_S)
    shown, before = page.evaluate("sesamoidScan.stream.total"), _state(address, room)
    spent = _spent(server)
    began, turn = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        key = KEYS[turn % len(KEYS)]
        page.keyboard.down(key)
        time.sleep(0.4)
        page.keyboard.up(key)
        turn += 1
    passed = time.monotonic() - began
    after = _state(address, room)
    server_s, browser_s = (_less(b, a) for a, b in zip(spent, _spent(server), strict=True))
    speed = page.evaluate(f"sesamoidScan.stream.speed({passed})")
    shown = page.evaluate("sesamoidScan.stream.total") - shown
    assessed = after["assessed"] - before["assessed"]
    return {
        "shown_per_second": shown / passed,
        "assessed_per_second": assessed / passed,
        "server_processor_ms_per_frame": _each_ms(server_s, assessed),
        "browser_processor_ms_per_frame": _each_ms(browser_s, shown),
        "glass_to_glass_p50_ms": speed["p50"],
        "glass_to_glass_p95_ms": speed["p95"],
        "assistant_p50_ms": after["assist_p50_ms"],
        "assistant_p95_ms": after["assist_p95_ms"],
    }


def _spent(server: int) -> tuple[float | None, float | None]:
    """Processor time so far of the server, and of the browser: of all else that was started."""
    mine = os.getpid()
    everything = processor_time.seconds(mine, without=frozenset({server}))
    return processor_time.seconds(server), everything


def _less(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b


def _each_ms(seconds: float | None, count: int) -> float | None:
    return None if seconds is None or not count else 1000 * seconds / count


@contextlib.contextmanager
def _server(assistant: str | None) -> Iterator[tuple[str, int]]:
    """Address and process of a server on a folder that is thrown away."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    model = ["--no-assistant"] if assistant is None else ["--assistant", assistant]
    with tempfile.TemporaryDirectory() as data:
        process = subprocess.Popen(
            [
                sys.executable, "-c", "from sesamoid.cli.main import main; main()", "serve",
                "--port", str(port), "--data", data, "--no-browser", *model,
            ],
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(address, process)
            yield address, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError):
            _get(f"{address}/api/v1/health")
            return
        time.sleep(0.2)
    raise SesamoidError("the server did not start", fix="run `sesamoid serve` to see why.")


def _begin(address: str, *, assistant: bool) -> str:
    body = json.dumps({"assistant": assistant, "start": "S11"}).encode()
    request = urllib.request.Request(
        f"{address}/api/v1/scan", body, {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=START_S) as answer:
            return str(json.load(answer)["room"])
    except urllib.error.HTTPError as error:
        problem = json.loads(error.read() or b"{}")
        raise SesamoidError(str(problem.get("detail", error)), fix=problem.get("fix")) from error


def _state(address: str, room: str) -> dict[str, Any]:
    found: dict[str, Any] = _get(f"{address}/api/v1/scan/{room}")["state"]["speed"]
    return found


def _get(address: str) -> dict[str, Any]:
    with urllib.request.urlopen(address, timeout=30) as answer:
        content: dict[str, Any] = json.load(answer)
        return content
