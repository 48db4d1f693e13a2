"""A scan from its beginning to the store, by the commands that a browser sends."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sesamoid.errors import SesamoidError
from sesamoid.live import PlaneProgress
from sesamoid.server.access import Actor, NotFound
from sesamoid.server.scanning.encoding import unpacked
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.services import Services
from sesamoid.server.store import Exam, ExamStatus, FindingKind, exams

from .conftest import until


@pytest.fixture
def room(services: Services, actor: Actor) -> Iterator[ScanRoom]:
    opened = services.rooms.open(actor, ScanRequest(patient=Patient(side="right")))
    yield opened
    opened.end()


def do(services: Services, actor: Actor, room: ScanRoom, what: str, **more: Any) -> None:
    services.rooms.obey(actor, room.id, {"do": what, **more})


def stored(services: Services, room: ScanRoom) -> Exam:
    services.rooms._clerk.finish()
    with services.store.read() as session:
        found = exams.get(session, room.id, pictures=True)
    assert found is not None
    return found


def kept(room: ScanRoom) -> dict[str, str]:
    return {item.plane: item.letter.value for item in room.checklist.kept}


def test_on_a_plane_the_assistant_keeps_it_and_all_of_it_is_stored(
    services: Services, actor: Actor, room: ScanRoom
) -> None:
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: kept(room).get("S11") == "A")
    services.rooms.close(actor, room.id)
    exam = stored(services, room)
    assert (exam.status, exam.origin, exam.assistant_on) == (ExamStatus.ENDED, "virtual", True)
    assert exam.person.virtual
    assert exam.person.seed == Patient().seed
    (picture,) = [one for one in exam.pictures if one.current and one.plane == "S11"]
    assert (picture.letter, picture.kept_by) == ("A", "assistant")
    assert (services.settings.data / exam.folder / picture.file).is_file()
    assert (services.settings.data / exam.folder / picture.labels).is_file()
    names = {(one.kind, one.name.lower()) for one in picture.findings}
    assert any(kind == FindingKind.REGION and "median nerve" in name for kind, name in names)
    areas = [one for one in picture.findings if one.unit == "mm2" and one.value is not None]
    assert areas
    assert picture.time_s is not None


def test_nobody_is_told_of_the_end_before_all_of_it_is_stored(
    services: Services, actor: Actor, room: ScanRoom
) -> None:
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: "S11" in kept(room))
    busy = threading.Event()
    services.rooms._clerk.give(busy.wait)
    try:
        room.session.stop()
        room._thread.join(1.0)
        assert not room.ended
    finally:
        busy.set()
    until(lambda: room.ended)
    with services.store.read() as session:
        found = exams.get(session, room.id)
    assert found is not None
    assert found.status == ExamStatus.ENDED


def test_a_picture_is_told_as_kept_before_it_is_told_as_stored(
    services: Services, actor: Actor, room: ScanRoom
) -> None:
    services.rooms._clerk.give = lambda job: job()  # type: ignore[method-assign]
    until(lambda: room.broadcast.newest is not None)
    do(services, actor, room, "capture", plane="S7")
    until(lambda: any(one["kind"] == "stored" for one in room.broadcast.news_since(0)))
    of_it = [one for one in room.broadcast.news_since(0) if one.get("plane") == "S7"]
    assert [one["kind"] for one in of_it] == ["kept", "stored"]


def test_a_frame_that_cannot_be_shown_does_not_end_the_exam(
    services: Services, actor: Actor, room: ScanRoom, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(update: object) -> None:
        raise ValueError("no screen")

    shown, room.broadcast.frame = room.broadcast.frame, broken  # type: ignore[method-assign]
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: "S11" in kept(room))
    assert not room.ended
    assert caplog.text.count("further ones are not told") == 1
    room.broadcast.frame = shown  # type: ignore[method-assign]
    until(lambda: room.broadcast.newest is not None)


def test_a_frozen_picture_is_captured_with_what_is_drawn_on_it(
    services: Services, actor: Actor, room: ScanRoom
) -> None:
    do(services, actor, room, "go", plane="S2", exact=True)
    until(lambda: room.broadcast.newest is not None)
    do(services, actor, room, "freeze")
    until(lambda: room.opened.source.clock.frozen)
    newest = room.broadcast.newest
    assert newest is not None
    drawn = [{"kind": "caliper", "ends": [[10, 10], [40, 10]]}]
    do(services, actor, room, "capture", plane="S3", drawn=drawn)
    until(lambda: "S3" in kept(room))
    exam = stored(services, room)
    (picture,) = [one for one in exam.pictures if one.plane == "S3"]
    assert picture.kept_by == "operator"
    assert picture.annotations[0]["unit"] == "mm"
    assert picture.annotations[0]["value"] > 0
    services.rooms.annotate(actor, room.id, picture.number, [])
    assert services.rooms.annotations(room, picture.number) == []
    with pytest.raises(SesamoidError, match="frozen"):
        do(services, actor, room, "steps", steps=[["slide right", 1]])


def test_a_plane_is_taken_again(services: Services, actor: Actor, room: ScanRoom) -> None:
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: "S11" in kept(room))
    first = room.checklist.item("S11").history
    do(services, actor, room, "retake", plane="S11")
    assert room.checklist.item("S11").progress is PlaneProgress.RETAKE
    until(lambda: room.checklist.item("S11").history > first)
    exam = stored(services, room)
    pictures = [one for one in exam.pictures if one.plane == "S11"]
    assert len(pictures) >= 2
    assert [one.current for one in pictures] == [False] * (len(pictures) - 1) + [True]


def test_without_the_assistant_only_what_is_captured_counts(
    services: Services, actor: Actor
) -> None:
    request = ScanRequest(patient=Patient(side="right"), assistant=False, start="S11")
    room = services.rooms.open(actor, request)
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: room.broadcast.newest is not None and room.broadcast.newest.frame is not None)
    update = room.broadcast.newest
    assert update is not None
    assert (update.assessment, update.instruction) == (None, None)
    with pytest.raises(SesamoidError, match="no plane is seen"):
        do(services, actor, room, "capture")
    with pytest.raises(SesamoidError, match="begun without"):
        do(services, actor, room, "assistant", on=True)
    silently = room.folder / "frames"
    until(lambda: list(silently.glob("*_S11.png")))
    assert kept(room) == {}
    do(services, actor, room, "capture", plane="S11")
    until(lambda: "S11" in kept(room))
    services.rooms.close(actor, room.id)
    current = [one.kept_by for one in stored(services, room).pictures if one.current]
    assert current == ["operator"]


def test_a_hidden_assistant_tells_nothing(services: Services, actor: Actor, room: ScanRoom) -> None:
    async def newest() -> dict[str, Any]:
        feed = room.subscribe("test", asyncio.get_running_loop())
        try:
            while True:
                packet = await asyncio.wait_for(feed.next(), 30)
                if packet is not None:
                    return unpacked(packet.message({}))[0]
        finally:
            room.unsubscribe(feed)

    until(lambda: room.broadcast.newest is not None)
    shown = asyncio.run(newest())
    assert {"seen", "say", "grade", "outlines", "probe"} <= set(shown)
    do(services, actor, room, "assistant", on=False)
    hidden = asyncio.run(newest())
    assert not {"seen", "say", "grade", "outlines"} & set(hidden)
    assert {"probe", "mm", "rows", "columns"} <= set(hidden)


def test_nobody_watches_and_it_rests_until_somebody_does(room: ScanRoom) -> None:
    until(lambda: room.broadcast.newest is not None)
    room.rest(True)
    assert room.opened.source.clock.frozen

    async def come() -> None:
        feed = room.subscribe("test", asyncio.get_running_loop())
        assert not room.opened.source.clock.frozen
        room.unsubscribe(feed)

    asyncio.run(come())


def test_an_exam_goes_on_after_its_end(services: Services, actor: Actor, room: ScanRoom) -> None:
    do(services, actor, room, "go", plane="S11", exact=True)
    until(lambda: "S11" in kept(room))
    services.rooms.close(actor, room.id)
    again = services.rooms.resume(actor, room.id)
    assert again.id == room.id
    assert "S11" in kept(again)
    assert stored(services, again).status == ExamStatus.RUNNING
    assert services.rooms.resume(actor, room.id) is again
    services.rooms.close(actor, room.id)
    with pytest.raises(NotFound):
        services.rooms.get(actor, room.id)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({}, "no command"),
        ({"do": "dance"}, "no command"),
        ({"do": "steps"}, "no list of steps"),
        ({"do": "steps", "steps": [["slide right", "far"]]}, "no number"),
        ({"do": "steps", "steps": [["slide right", 1e9]]}, "too large"),
        ({"do": "steps", "steps": [["slide right", float("nan")]]}, "no number"),
        ({"do": "steps", "steps": [["jump", 1]]}, "no control"),
        ({"do": "steps", "steps": [["press", 0.1]] * 99}, "no list of steps"),
        ({"do": "go", "plane": "S99"}, "no plane"),
        ({"do": "go"}, "no plane is named"),
        ({"do": "machine", "set": {"depth_mm": 900}}, "depth_mm is 900"),
        ({"do": "machine", "set": {"warp": 9}}, "no knob"),
        ({"do": "machine", "set": {"machine": "../etc"}}, "no virtual scanner"),
        ({"do": "machine", "set": {"gain_db": [1]}}, "no setting"),
        ({"do": "machine"}, "no knob is named"),
        ({"do": "retake"}, "no plane is named"),
        ({"do": "capture", "plane": "S11", "drawn": [{"kind": "bomb"}]}, "no annotation"),
        ({"do": "point", "place": [1, 2], "outward": [0, 0, 1]}, "no place"),
        ({"do": "point", "place": [1, 2, 3], "outward": [0, 0, 0]}, "direction"),
    ],
)
def test_what_makes_no_sense_is_refused(
    services: Services, actor: Actor, room: ScanRoom, message: dict[str, Any], words: str
) -> None:
    until(lambda: room.broadcast.newest is not None)
    with pytest.raises(SesamoidError, match=words):
        services.rooms.obey(actor, room.id, message)


def test_in_a_quiz_nothing_is_told(services: Services, actor: Actor) -> None:
    room = services.rooms.open(actor, ScanRequest(quiz=True))
    assert room.state()["pathologies"] is None
    with pytest.raises(SesamoidError, match="quiz"):
        do(services, actor, room, "go", plane="S11", exact=True)
    services.rooms.close(actor, room.id)


def test_the_machine_is_set_and_says_so(services: Services, actor: Actor, room: ScanRoom) -> None:
    do(services, actor, room, "machine", set={"depth_mm": 30, "gain_db": 6, "probe": "L50"})
    state = room.state()["machine"]
    assert (state["depth_mm"], state["gain_db"], state["probe"]) == (30, 6, "L50")
    assert state["focus_mm"] > 9  # it follows the depth
    do(services, actor, room, "steps", steps=[["deeper", 1], ["more gain", 1], ["gel", 1]])
    after = room.state()["machine"]
    assert after["depth_mm"] > 30
    assert after["gain_db"] > 6
    assert after["gel_mm"] > state["gel_mm"]
    do(services, actor, room, "machine", set={"machine": "cirrus-p2"})
    assert room.state()["machine"]["machine"] == "cirrus-p2"
    assert room.state()["machine"]["probe"] == "L38"

    def by_the_new_one() -> bool:
        frame = room.frame()
        return frame is not None and frame.truth.machine == "cirrus-p2"

    until(by_the_new_one)
