"""The scan page in a real headless Chromium, used by mouse and keyboard alone."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sesamoid.server.scanning.keys import CONTROL_KEYS, PAGE_KEYS

from ..processes import ServerProcess
from .conftest import until

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytest.importorskip("nicegui", reason="the extra 'server' is not installed")

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no Chromium")
PATIENCE_MS = 120_000
FIRST_PLANE_S = 120.0
CODES = {control.value: key.code for control, key in CONTROL_KEYS.items()}
TAPS = {control.value: key.tap for control, key in CONTROL_KEYS.items() if key.unit}
PLANES = [f"S{number}" for number in range(1, 16)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("server"), truth=True, pages=True) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, server: ServerProcess) -> Iterator[Any]:
    """A page at 1440 x 900; whatever goes wrong in its scripts fails the test."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    yield made
    context.close()
    assert not wrong


def home(server: ServerProcess) -> str:
    return server.url.removesuffix("/api/v1")


def begin(page: Any, server: ServerProcess, **wanted: Any) -> str:
    """A fresh exam; its id."""
    answer = httpx.post(f"{server.url}/scan", json=wanted, timeout=120)
    assert answer.status_code == 201, answer.text
    room = str(answer.json()["room"])
    page.goto(f"{home(server)}/scan/{room}")
    pictures(page)
    return room


def end(server: ServerProcess, room: str) -> None:
    httpx.post(f"{server.url}/scan/{room}/end", timeout=60)


def pictures(page: Any, more: int = 3) -> None:
    """Wait until so many more pictures are on the screen."""
    page.wait_for_function(
        "(n) => { const s = window.sesamoidScan?.stream; if (!s) return false; "
        "window.firstShown ??= s.total; return s.total >= window.firstShown + n; }",
        arg=more,
    )
    page.evaluate("window.firstShown = undefined")


def look(page: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        page.evaluate(
            "JSON.stringify({say: sesamoidScan.say, frozen: sesamoidScan.frozen, "
            "drawn: sesamoidScan.drawn, total: sesamoidScan.stream.total, "
            "kept: Object.fromEntries(sesamoidScan.checklist.filter((i) => i.kept)"
            ".map((i) => [i.plane, i.kept.letter]))})"
        )
    )
    return found


def follow(page: Any, done: Callable[[dict[str, Any]], bool], *, seconds: float) -> None:
    """Press the key that the guidance names, as often as its figure says, and nothing else."""
    limit, obeyed = time.monotonic() + seconds, ""
    while time.monotonic() < limit:
        now = look(page)
        if done(now):
            return
        said = now["say"]
        if said and said["text"] != obeyed:
            obeyed = said["text"]
            control, amount = said["control"], said["amount"]
            if control == "go there":
                page.keyboard.press(PAGE_KEYS["go"].code)
            elif control in CODES:
                taps = round(amount / TAPS[control]) if amount and control in TAPS else 1
                for _ in range(max(1, taps)):
                    page.keyboard.press(CODES[control])
        time.sleep(0.15)
    raise AssertionError(f"not within {seconds:g} s: {look(page)}")


def test_a_newcomer_gets_the_first_plane_within_two_minutes(
    page: Any, server: ServerProcess
) -> None:
    began = time.monotonic()
    page.goto(home(server))
    page.get_by_role("link", name="Start scanning").click()
    page.wait_for_url("**/scan/*-*")
    pictures(page)
    follow(page, lambda now: "S1" in now["kept"], seconds=FIRST_PLANE_S)
    assert time.monotonic() - began < FIRST_PLANE_S
    assert look(page)["kept"]["S1"] == "A"
    assert page.locator(".sv-list li.kept").count() >= 1
    assert page.locator(".sv-list li.kept img").first.evaluate("i => i.naturalWidth") > 50
    end(server, page.url.rsplit("/", 1)[1])


def test_the_whole_checklist_survives_loading_the_page_again(
    page: Any, server: ServerProcess
) -> None:
    room = begin(page, server, patient={"seed": 700_003})
    for number, plane in enumerate(PLANES):
        page.evaluate("(plane) => sesamoidScan.send({do: 'go', plane, exact: true})", plane)
        page.wait_for_function(
            "(plane) => sesamoidScan.checklist.some((i) => i.plane === plane && i.kept)", arg=plane
        )
        if number == 6:
            before = look(page)["kept"]
            page.reload()
            pictures(page)
            assert before.items() <= look(page)["kept"].items()
    kept = look(page)["kept"]
    assert set(kept) == set(PLANES)
    assert set(kept.values()) <= {"A", "B"}
    page.get_by_role("button", name="End", exact=True).click()
    page.get_by_role("button", name="End it").click()
    page.get_by_text("The exam is over").wait_for()
    page.get_by_text("15 of 15 planes are kept").wait_for()
    exam = httpx.get(f"{server.url}/exams/{room}", timeout=60).json()
    assert exam["status"] == "ended"
    assert {one["plane"] for one in exam["pictures"] if one["current"]} == set(PLANES)
    page.get_by_role("link", name="Go to the exam").click()
    page.wait_for_url(f"**/exams/{room}")


def test_freeze_measure_note_capture(page: Any, server: ServerProcess) -> None:
    room = begin(page, server, start="S11")
    page.evaluate("sesamoidScan.send({do: 'go', plane: 'S11', exact: true})")
    pictures(page, 10)
    page.keyboard.press("KeyM")
    page.locator(".ice").wait_for()
    canvas = page.locator(".sv-frame canvas").nth(1).bounding_box()
    x, y = canvas["x"] + canvas["width"] / 3, canvas["y"] + canvas["height"] / 3
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=5)
    page.mouse.up()
    (caliper,) = look(page)["drawn"]
    mm = page.evaluate("sesamoidScan.picture.header.mm[1] * 100 / sesamoidScan.picture.placed.x")
    shown = page.evaluate("sesamoidScan.picture.words(sesamoidScan.drawn[0].ends)")
    assert shown == f"{mm:.1f} mm"
    page.keyboard.press("KeyN")
    page.mouse.click(x, y + 60)
    page.locator(".sv-note").fill("median nerve")
    page.locator(".sv-note").press("Enter")
    total = look(page)["total"]
    page.get_by_role("button", name="Capture", exact=True).click()
    page.wait_for_function("sesamoidScan.drawn.length === 0")
    number = page.evaluate("sesamoidScan.checklist.find((i) => i.plane === 'S11').kept.number")
    stored = httpx.get(f"{server.url}/scan/{room}/pictures/{number}", timeout=60).json()
    kinds = {one["kind"]: one for one in stored["annotations"]}
    assert kinds["caliper"]["value"] == pytest.approx(mm, abs=0.05)
    assert kinds["note"]["text"] == "median nerve"
    assert caliper["kind"] == "caliper"
    page.keyboard.press("Space")
    page.wait_for_function("(n) => sesamoidScan.stream.total > n + 3", arg=total)
    # The kept picture can be looked at again, with what was drawn on it, and left.
    page.locator(".sv-list li.kept button").first.click()
    page.wait_for_function("sesamoidScan.viewing && sesamoidScan.drawn.length === 2")
    page.keyboard.press("Escape")
    page.wait_for_function("!sesamoidScan.viewing")
    pictures(page)
    end(server, room)


def test_keys_and_buttons_move_the_probe_alike(page: Any, server: ServerProcess) -> None:
    room = begin(page, server)

    def origin() -> list[float]:
        pictures(page, 4)
        found: list[float] = page.evaluate("sesamoidScan.probe.origin")
        return found

    first = origin()
    page.keyboard.press("ArrowRight")
    second = origin()
    page.get_by_role("button", name="slide left along the picture").click()
    third = origin()
    assert sum((a - b) ** 2 for a, b in zip(first, second, strict=True)) ** 0.5 > 0.5
    assert sum((a - b) ** 2 for a, b in zip(first, third, strict=True)) ** 0.5 < 0.3
    page.keyboard.press("?")
    listed = page.locator("#help")
    listed.wait_for()
    for key in (*CONTROL_KEYS.values(), *PAGE_KEYS.values()):
        assert listed.get_by_text(key.words, exact=True).count() == 1, key
    page.keyboard.press("Escape")
    end(server, room)


def test_five_viewers_each_see_the_scan(chromium: Any, server: ServerProcess) -> None:
    context = chromium.new_context(viewport={"width": 1024, "height": 768})
    first = context.new_page()
    first.set_default_timeout(PATIENCE_MS)
    room = begin(first, server)
    pages = [first]
    for _ in range(4):
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(f"{home(server)}/scan/{room}")
        pages.append(page)
    for page in pages:
        page.bring_to_front()  # a hidden tab paints nothing
        pictures(page, 5)

    def told_of_all() -> bool:
        state = httpx.get(f"{server.url}/scan/{room}", timeout=60).json()["state"]
        return len(state["speed"]["viewers"]) == 5

    until(told_of_all)
    context.close()
    end(server, room)


NOTE_A_LOSS = """() => {
  const look = () => {
    if (document.body.innerText.includes("The connection to the server is lost")) {
      window.wasLost = true
    }
  }
  new MutationObserver(look).observe(document.body, {
    childList: true, subtree: true, characterData: true, attributes: true,
  })
}"""


def test_a_lost_connection_is_made_again(page: Any, server: ServerProcess) -> None:
    room = begin(page, server)
    page.evaluate(NOTE_A_LOSS)  # it may be over before anybody looks
    page.evaluate("sesamoidScan.stream.socket.close()")
    page.wait_for_function("window.wasLost")
    pictures(page, 5)
    assert page.get_by_text("The connection to the server is lost").count() == 0
    end(server, room)


def test_a_patient_is_chosen_and_the_quiz_keeps_its_secret(
    page: Any, server: ServerProcess
) -> None:
    page.goto(f"{home(server)}/scan/new")
    page.get_by_text("Greta", exact=True).click()
    page.locator("select[name=ailment]").select_option("ganglion:3")
    page.locator("input[name=quiz]").check()
    page.get_by_role("button", name="Start scanning").click()
    page.wait_for_url("**/scan/*-*")
    pictures(page)
    assert page.locator(".sv-who").inner_text().split("\n") == [
        "Greta (virtual)", "left hand, findings hidden",
    ]  # fmt: skip
    room = page.url.rsplit("/", 1)[1]
    state = httpx.get(f"{server.url}/scan/{room}", timeout=60).json()["state"]
    assert state["pathologies"] is None
    end(server, room)
