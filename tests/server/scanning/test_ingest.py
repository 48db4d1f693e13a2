"""After a kill everything on the disk is in the store, once."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from sesamoid.live.picture_file import line_of, read_picture, write_picture
from sesamoid.server.access import Actor
from sesamoid.server.reviewing.stored_results import stored_image
from sesamoid.server.scanning.ingest import Ingest, kept_lines
from sesamoid.server.scanning.patients import Patient
from sesamoid.server.scanning.request import ScanRequest
from sesamoid.server.scanning.request_file import read_request
from sesamoid.server.services import Services
from sesamoid.server.store import Exam, ExamStatus, Picture, exams

from .conftest import until


@pytest.fixture
def scanned(services: Services, actor: Actor) -> str:
    """Id of an exam of which two pictures were kept."""
    room = services.rooms.open(actor, ScanRequest(patient=Patient(side="right")))
    until(lambda: room.broadcast.newest is not None)
    for plane in ("S4", "S7"):
        services.rooms.obey(actor, room.id, {"do": "capture", "plane": plane})
        until(lambda plane=plane: any(one.plane == plane for one in room.checklist.kept))
    services.rooms.close(actor, room.id)
    return room.id


def of(services: Services, exam_id: str) -> Exam:
    with services.store.read() as session:
        found = exams.get(session, exam_id, pictures=True)
    assert found is not None
    return found


def as_after_a_kill(services: Services, exam_id: str, *, stored: int) -> None:
    """The exam still runs, and only so many of its pictures have reached the store."""
    with services.store.write() as session:
        exam = session.get(Exam, exam_id)
        assert exam is not None
        exam.status, exam.ended_at = ExamStatus.RUNNING, None
        for picture in exam.pictures[stored:]:
            session.delete(picture)


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_what_did_not_reach_the_store_is_brought_there(
    services: Services, scanned: str, stored: int
) -> None:
    before = [(one.number, one.plane, one.sha256) for one in of(services, scanned).pictures]
    total = len(before)
    as_after_a_kill(services, scanned, stored=stored)
    ingest = Ingest(services.store, services.settings.data)
    assert ingest.recover() == {scanned: total - stored}
    exam = of(services, scanned)
    assert exam.status == ExamStatus.INTERRUPTED
    assert [(one.number, one.plane, one.sha256) for one in exam.pictures] == before
    assert ingest.recover() == {}
    assert ingest.catch_up(scanned) == 0


def test_a_picture_whose_line_was_never_written_is_found(services: Services, scanned: str) -> None:
    as_after_a_kill(services, scanned, stored=0)
    record = services.settings.data / of(services, scanned).folder / "session.jsonl"
    lines = record.read_bytes().splitlines(keepends=True)
    last = max(n for n, line in enumerate(lines) if json.loads(line)["kind"] == "kept")
    torn = lines[last][: len(lines[last]) // 2]
    record.write_bytes(b"".join(lines[:last]) + torn)
    total = len(list(kept_lines(record.parent)))
    ingest = Ingest(services.store, services.settings.data)
    assert ingest.recover() == {scanned: total}
    assert {one.plane for one in of(services, scanned).pictures} >= {"S4", "S7"}


def test_an_exam_whose_folder_is_gone_stops_nobody(services: Services, scanned: str) -> None:
    as_after_a_kill(services, scanned, stored=1)
    shutil.rmtree(services.settings.data / of(services, scanned).folder)
    ingest = Ingest(services.store, services.settings.data)
    assert ingest.recover() == {scanned: 0}
    assert of(services, scanned).status == ExamStatus.INTERRUPTED


def test_an_interrupted_exam_is_gone_on_with_as_it_was_asked_for(
    services: Services, actor: Actor, scanned: str
) -> None:
    as_after_a_kill(services, scanned, stored=2)
    Ingest(services.store, services.settings.data).recover()
    folder = services.settings.data / of(services, scanned).folder
    assert read_request(folder) == ScanRequest(patient=Patient(side="right"))
    room = services.rooms.resume(actor, scanned)
    assert {one.plane for one in room.checklist.kept} >= {"S4", "S7"}
    services.rooms.obey(actor, room.id, {"do": "capture", "plane": "S9"})
    until(lambda: any(one.plane == "S9" for one in room.checklist.kept))
    services.rooms.close(actor, scanned)
    numbers = [one.number for one in of(services, scanned).pictures]
    assert numbers == sorted(set(numbers))
    assert of(services, scanned).status == ExamStatus.ENDED


def test_a_picture_says_what_it_is(services: Services, scanned: str) -> None:
    exam = of(services, scanned)
    first: Picture = exam.pictures[0]
    line = line_of(services.settings.data / exam.folder / first.file)
    assert (line["number"], line["plane"]) == (first.number, first.plane)


def test_what_stands_beside_the_scan_is_in_no_report(services: Services, scanned: str) -> None:
    exam = of(services, scanned)
    first: Picture = exam.pictures[0]
    folder = services.settings.data / exam.folder
    line, pixels = line_of(folder / first.file), read_picture(folder / first.file)
    rows, columns = pixels.shape[:2]
    assert line["scan"] == [0, 0, rows, columns], "a virtual probe shows the scan alone"
    write_picture(folder, {**line, "scan": [10, 20, 60, 70]}, pixels)
    shown = stored_image(exam, first, services.settings.data).pixels[0]
    np.testing.assert_array_equal(shown[10:70, 20:90], pixels[10:70, 20:90])
    shown[10:70, 20:90] = 0
    assert not shown.any()
