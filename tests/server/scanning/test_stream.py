"""What a browser and the server say to each other over the web socket."""

from __future__ import annotations

import asyncio
import json
import time
import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect, WebSocketState

from sesamoid.server.access import Actor
from sesamoid.server.app import create_app
from sesamoid.server.scanning.encoding import unpacked
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.scanning.stream import Stream
from sesamoid.server.services import Services

from ..helpers import PASSWORD, PROXIED
from .conftest import until
from .truth import truth_assistant

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have a successor of httpx
    from starlette.testclient import TestClient, WebSocketTestSession


@pytest.fixture
def room(services: Services, actor: Actor) -> ScanRoom:
    return services.rooms.open(actor, ScanRequest(patient=Patient(side="right")))


@pytest.fixture
def browser(services: Services) -> Iterator[TestClient]:
    app = create_app(services.settings, services=services, pages=False)
    return TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1))


class Viewer:
    """A browser at a room."""

    def __init__(self, socket: WebSocketTestSession):
        self.socket = socket
        first = self.text()
        assert first["say"] == "state"
        self.state, self.operates = first["state"], first["operates"]
        self.protocol = first["protocol"]

    def any(self) -> tuple[dict[str, Any], bytes | None]:
        message = self.socket.receive()
        if message.get("bytes") is not None:
            return unpacked(message["bytes"])
        return json.loads(message["text"]), None

    def text(self) -> dict[str, Any]:
        while True:
            content, picture = self.any()
            if picture is None:
                return content

    def frame(self) -> dict[str, Any]:
        while True:
            content, picture = self.any()
            if picture is not None:
                assert picture[:2] == b"\xff\xd8"
                return content

    def say(self, **content: Any) -> None:
        self.socket.send_text(json.dumps(content))

    def shown(self, header: dict[str, Any]) -> None:
        self.say(do="shown", n=header["n"], grabbed=header["grabbed"], at=1000 * time.time())


def path(room: ScanRoom, scheme: str = "ws") -> str:
    return f"{scheme}://localhost/api/v1/scan/{room.id}/stream"


def test_frames_come_as_they_are_shown(browser: TestClient, room: ScanRoom) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        assert viewer.operates
        assert [one["plane"] for one in viewer.state["checklist"]][:2] == ["S1", "S2"]
        assert viewer.protocol["colours"]["median_nerve"].startswith("#")
        numbers = []
        for _ in range(12):
            header = viewer.frame()
            numbers.append(header["n"])
            assert header["grabbed"] <= header["encoded"] <= header["sent"] + 1
            assert len(header["probe"]["origin"]) == 3
            viewer.shown(header)
        assert numbers == sorted(set(numbers))
    speed = room.state()["speed"]
    assert speed["glass_p50_ms"] is not None
    assert 0 < speed["glass_p50_ms"] <= speed["glass_p95_ms"]
    until(lambda: not room.broadcast.fan.feeds)


def test_a_viewer_who_shows_nothing_gets_two_frames_and_slows_nobody(
    browser: TestClient, room: ScanRoom
) -> None:
    with (
        browser.websocket_connect(path(room)) as slow_socket,
        browser.websocket_connect(path(room)) as quick_socket,
    ):
        slow, quick = Viewer(slow_socket), Viewer(quick_socket)
        first = [slow.frame(), slow.frame()]
        for _ in range(20):
            quick.shown(quick.frame())
        slow.shown(first[0])
        behind = slow.frame()
        assert behind["n"] >= first[1]["n"] + 15
        missed = {one["missed"] for one in room.state()["speed"]["viewers"]}
        assert max(missed) >= 14


def test_moves_arrive_and_the_picture_follows(browser: TestClient, room: ScanRoom) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        before = viewer.frame()
        viewer.shown(before)
        viewer.say(do="steps", steps=[["slide right", 3.0], ["deeper", 1]])
        for _ in range(200):
            header = viewer.frame()
            viewer.shown(header)
            if header["probe"]["origin"] != before["probe"]["origin"]:
                break
        moved = [a - b for a, b in zip(header["probe"]["origin"], before["probe"]["origin"],
                                       strict=True)]  # fmt: skip
        along = sum(m * x for m, x in zip(moved, before["probe"]["lateral"], strict=True))
        assert along == pytest.approx(3.0, abs=1.0)
        assert header["probe"]["depth_mm"] == before["probe"]["depth_mm"] + 2


def test_news_are_told_once_and_the_checklist_when_it_changes(
    browser: TestClient, room: ScanRoom
) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        viewer.say(do="capture", plane="S7")
        news: list[dict[str, Any]] = []
        lists = []
        for _ in range(400):
            content, picture = viewer.any()
            news += content.get("news", [])
            lists += [content["checklist"]] if "checklist" in content else []
            if picture is not None:
                viewer.shown(content)
            if any(one["kind"] == "stored" for one in news):
                break
        kept = [one for one in news if one["kind"] == "kept"]
        assert [(one["plane"], one["by"]) for one in kept] == [("S7", "operator")]
        assert len({one["id"] for one in news}) == len(news)
        assert {item["plane"]: item["progress"] for item in lists[-1]}["S7"] == "kept"


def test_a_browser_that_is_gone_before_the_first_word_does_no_harm(room: ScanRoom) -> None:
    async def gone(text: str) -> None:
        raise WebSocketDisconnect(1006)

    async def watch() -> None:
        lost = SimpleNamespace(send_text=gone, application_state=WebSocketState.DISCONNECTED)
        stream = Stream(lost, room, operates=True)  # type: ignore[arg-type]
        assert stream.feed in room.broadcast.fan.feeds
        await stream.run()
        assert stream.feed not in room.broadcast.fan.feeds

    asyncio.run(watch())
    assert not room.ended


def test_nonsense_is_answered_and_the_stream_goes_on(browser: TestClient, room: ScanRoom) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        for text in ("", "no json", "[]", '{"do": "fly"}', '{"do": "shown", "n": "x"}'):
            socket.send_text(text)
        refused = [viewer.text() for _ in range(4)]
        assert {one["say"] for one in refused} == {"refused"}
        viewer.say(do="time", asked=5)
        answer = viewer.text()
        assert (answer["say"], answer["asked"]) == ("time", 5)
        assert viewer.frame()["n"] > 0


def test_loading_the_page_again_finds_everything_as_it_was(
    browser: TestClient, room: ScanRoom
) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        viewer.say(do="go", plane="S11", exact=True)
        viewer.say(do="machine", set={"gain_db": 4})
        until(lambda: any(item.kept for item in room.checklist.items), seconds=60)
        header = viewer.frame()
    kept = [one.plane for one in room.checklist.kept]
    with browser.websocket_connect(path(room)) as socket:
        again = Viewer(socket)
        listed = [one["plane"] for one in again.state["checklist"] if one["kept"]]
        assert set(kept) <= set(listed)
        assert again.state["machine"]["gain_db"] == 4
        assert again.state["elapsed_s"] > 0
        assert again.frame()["n"] > header["n"]


def test_the_end_is_told(
    browser: TestClient, room: ScanRoom, services: Services, actor: Actor
) -> None:
    with browser.websocket_connect(path(room)) as socket:
        viewer = Viewer(socket)
        viewer.shown(viewer.frame())
        services.rooms.close(actor, room.id)
        for _ in range(50):
            content, picture = viewer.any()
            if picture is None and content["say"] == "gone":
                break
            if picture is not None:
                viewer.shown(content)
        assert content["say"] == "gone"
        assert content["state"]["ended"]["how"] == "stopped"


def test_no_such_exam_is_refused(browser: TestClient) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        browser.websocket_connect("ws://localhost/api/v1/scan/none/stream"),
    ):
        pass
    assert refused.value.code == 1008


def test_of_a_public_server_others_see_nothing_and_tutors_only_watch(public: Services) -> None:
    public.rooms._assistant = truth_assistant
    app = create_app(public.settings, services=public, pages=False)

    def logged_in(name: str) -> tuple[TestClient, Actor]:
        browser = TestClient(app, base_url="https://localhost", headers=PROXIED)
        answer = browser.post("/api/v1/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200
        token = next(iter(browser.cookies.values()))
        return browser, public.access.sessions.find(token, "192.0.2.7")

    student, owner = logged_in("stu")
    room = public.rooms.open(owner, ScanRequest())
    with student.websocket_connect(path(room, "wss")) as socket:
        assert Viewer(socket).operates
    tutor, _ = logged_in("rev")
    with tutor.websocket_connect(path(room, "wss")) as socket:
        viewer = Viewer(socket)
        assert not viewer.operates
        assert viewer.frame()["n"] > 0
        viewer.say(do="retake", plane="S1")
        assert "operator" in viewer.text()["text"]
    other, _ = logged_in("sono")
    anonymous = TestClient(app, base_url="https://localhost", headers=PROXIED)
    for nobody in (other, anonymous):
        with pytest.raises(WebSocketDisconnect), nobody.websocket_connect(path(room, "wss")):
            pass
