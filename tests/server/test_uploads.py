"""Uploads become exams; what is unsafe is refused with the right status and logged."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pydicom
import pytest

from sesamoid.findings import Result
from sesamoid.imaging import Image
from sesamoid.server.access import Actor
from sesamoid.server.access.errors import TooLarge, Unprocessable
from sesamoid.server.exams.header_markup import markup_in
from sesamoid.server.exams.unpacking import ArchiveLimits, unpack
from sesamoid.server.services import Services, open_services
from sesamoid.server.settings import ServerSettings
from sesamoid.server.store import Exam, ExamStatus

from .helpers import Client, dicom_picture, nerve_result

UPLOAD = "/api/v1/uploads"
SCRIPT = "<script>alert(1)</script>"


class OutlinedNerve:
    """The nerve application, with outlines that are known in place of the network's."""

    name = "nerve"

    def analyze(self, image: Image, settings: object) -> Result:
        return replace(nerve_result(), image=image)


@pytest.fixture(autouse=True)
def without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from sesamoid.server.exams import analysing

    monkeypatch.setattr(analysing, "application", lambda name: OutlinedNerve())


def send(client: Client, name: str, content: bytes, **query: object) -> object:
    return client.post(
        UPLOAD, params={"name": name, "application": "nerve", **query}, content=content
    )


def last_refusal(services: Services, action: str = "upload.refused") -> dict:
    entries = services.audit.list(services.access.local(), action=action)
    assert entries, "nothing was logged"
    return entries[0].detail


def analysed(services: Services, local: Actor, exam_id: str) -> Exam:
    services.uploads.wait(exam_id, 60)
    return services.exams.get(local, exam_id)


def test_a_dicom_file_becomes_an_exam(
    client: Client, services: Services, local: Actor, tmp_path: Path
) -> None:
    content = dicom_picture(tmp_path / "a.dcm").read_bytes()
    answer = send(client, "a.dcm", content, label="P-9", side="left")
    assert answer.status_code == 202
    exam = analysed(services, local, answer.json()["id"])
    assert exam.status == ExamStatus.ENDED
    assert (exam.person.label, exam.side, exam.source) == ("P-9", "left", "upload: a.dcm")
    assert {"nerve-1", "vessel-1", "grade"} <= {row.key for row in exam.pictures[0].findings}
    assert exam.pictures[0].spacing_mm == [0.1, 0.1]
    page = client.get(f"/api/v1/exams/{exam.id}/report.html")
    assert "Nerve" in page.text


def test_a_script_in_the_patients_name_is_refused_and_logged(
    client: Client, services: Services, tmp_path: Path
) -> None:
    content = dicom_picture(tmp_path / "x.dcm", patient=f"Eve^{SCRIPT}").read_bytes()
    answer = send(client, "x.dcm", content)
    assert answer.status_code == 422
    assert "PatientName" in answer.json()["detail"]
    assert SCRIPT not in answer.text
    assert last_refusal(services)["status"] == 422
    assert list((services.settings.data / "exams").glob("*")) == []


def test_a_script_deep_in_a_header_within_an_archive_is_refused(
    client: Client, services: Services, tmp_path: Path
) -> None:
    header = pydicom.dcmread(dicom_picture(tmp_path / "x.dcm"))
    item = pydicom.Dataset()
    item.CodeMeaning = "<img src=x onerror=alert(1)>"
    header.ProcedureCodeSequence = [item]
    header.save_as(tmp_path / "y.dcm")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(dicom_picture(tmp_path / "good.dcm"), "a/good.dcm")
        archive.write(tmp_path / "y.dcm", "a/y.dcm")
    assert send(client, "a.zip", packed.getvalue()).status_code == 422
    assert "CodeMeaning" in last_refusal(services)["reason"]


@pytest.mark.parametrize("text", ["gain < 10 dB", "a > b", "3<4", "L12 <->"])
def test_a_sign_is_no_markup(tmp_path: Path, text: str) -> None:
    path = dicom_picture(tmp_path / "x.dcm")
    header = pydicom.dcmread(path)
    header.SeriesDescription = text
    header.save_as(path)
    assert markup_in(path) is None


def test_a_script_as_a_label_is_shown_as_text(
    client: Client, services: Services, local: Actor, tmp_path: Path
) -> None:
    content = dicom_picture(tmp_path / "x.dcm").read_bytes()
    answer = send(client, "x.dcm", content, label=SCRIPT)
    exam = analysed(services, local, answer.json()["id"])
    report = client.get(f"/api/v1/exams/{exam.id}/report.html").text
    assert SCRIPT not in report
    assert "&lt;script&gt;" in report  # the label, shown as text
    listed = client.get("/api/v1/exams")
    assert listed.headers["content-type"] == "application/json"
    assert listed.headers["x-content-type-options"] == "nosniff"


def test_a_zip_of_pictures(
    client: Client, services: Services, local: Actor, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("a", "b"):
            archive.write(dicom_picture(tmp_path / f"{name}.dcm"), f"series/{name}.dcm")
        archive.writestr("__MACOSX/._a.dcm", b"x")
        archive.writestr("notes.png", b"no picture at all")
    answer = send(client, "both.zip", packed.getvalue())
    exam = analysed(services, local, answer.json()["id"])
    assert len(exam.pictures) == 2
    assert "notes.png" in exam.note


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "a/b.dcm", "a\\b.dcm", "C:x.dcm", "a\nb.dcm", "/etc/x"]
)
def test_a_path_in_the_name_is_refused(
    client: Client, services: Services, name: str, tmp_path: Path
) -> None:
    answer = send(client, name, b"x")
    assert answer.status_code == 400
    assert last_refusal(services)["status"] == 400
    assert list((services.settings.data / "exams").glob("*")) == []


@pytest.mark.parametrize("member", ["../evil.dcm", "/evil.dcm", "a/../../evil.dcm", "c:\\evil.dcm"])
def test_a_member_that_would_land_elsewhere_is_refused(
    client: Client, services: Services, member: str, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, b"x")
    answer = send(client, "a.zip", packed.getvalue())
    assert answer.status_code == 400
    assert last_refusal(services)["status"] == 400
    assert not list(services.settings.data.rglob("evil*"))


def test_a_link_in_an_archive_is_refused(client: Client, services: Services) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link.dcm")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert send(client, "a.zip", packed.getvalue()).status_code == 400
    assert last_refusal(services)["status"] == 400


def test_a_zip_bomb_is_refused_before_it_is_unpacked(client: Client, services: Services) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.dcm", bytes(50_000_000))
    assert len(packed.getvalue()) < 100_000
    answer = send(client, "bomb.zip", packed.getvalue())
    assert answer.status_code == 413
    assert last_refusal(services)["status"] == 413
    assert not list(services.settings.data.rglob("bomb*"))


def test_a_zip_that_lies_about_its_size_is_stopped_at_the_limit(tmp_path: Path) -> None:
    archive = tmp_path / "liar.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("a.bin", os.urandom(200_000) * 5)
    raw = bytearray(archive.read_bytes())
    directory = raw.rindex(b"PK\x01\x02")
    raw[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")  # uncompressed size
    archive.write_bytes(raw)
    with pytest.raises((TooLarge, Unprocessable)):
        unpack(archive, tmp_path / "out", ArchiveLimits(size=500_000))
    written = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*.bin"))
    assert written <= 500_000


def test_an_announced_upload_beyond_the_limit_is_refused_unread(
    services: Services, settings: ServerSettings
) -> None:
    client = Client(services)
    answer = client.post(
        UPLOAD, params={"name": "a.dcm"}, headers={"content-length": str(2 * 2**30)}, content=b"x"
    )
    assert answer.status_code == 413
    assert last_refusal(services, "request.refused")["status"] == 413


def test_an_upload_of_2_gb_without_a_length_is_cut_off_and_never_in_memory(
    tmp_path: Path,
) -> None:
    limit = 48 * 2**20
    services = open_services(ServerSettings(tmp_path / "d", upload_limit_bytes=limit))
    client, sent = Client(services), 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        block = bytes(2**20)
        for _ in range(2048):
            sent += len(block)
            yield block

    tracemalloc.start()
    answer = client.post(
        UPLOAD, params={"name": "a.dcm", "application": "nerve"}, content=endless()
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 413
    assert sent <= limit + 4 * 2**20
    assert peak < 24 * 2**20
    assert last_refusal(services, "request.refused")["status"] == 413
    assert list((tmp_path / "d" / "exams").glob("*")) == []
    services.close()


def test_a_body_of_a_plain_request_is_limited_too(client: Client) -> None:
    answer = client.post("/api/v1/people", content=b" " * (2**20 + 1))
    assert answer.status_code == 413


def test_an_empty_upload_and_an_unknown_application_are_refused(client: Client) -> None:
    assert send(client, "a.dcm", b"").status_code == 400
    assert send(client, "a.dcm", b"x", application="dentist").status_code == 400


def test_what_is_no_image_makes_a_failed_exam_that_says_why(
    client: Client, services: Services, local: Actor
) -> None:
    answer = send(client, "a.dcm", b"not an image")
    exam = analysed(services, local, answer.json()["id"])
    assert exam.status == ExamStatus.FAILED
    assert "a.dcm" in exam.note


def test_an_analysis_that_a_kill_interrupted_begins_again(
    client: Client, services: Services, local: Actor, tmp_path: Path
) -> None:
    content = dicom_picture(tmp_path / "a.dcm").read_bytes()
    exam_id = send(client, "a.dcm", content).json()["id"]
    analysed(services, local, exam_id)
    with services.store.write() as session:
        kept = session.get_one(Exam, exam_id)
        kept.status, kept.ended_at = ExamStatus.RUNNING, None
    services.uploads.resume()
    exam = analysed(services, local, exam_id)
    assert exam.status == ExamStatus.ENDED
    assert len(exam.pictures) == 1
    assert len(exam.pictures[0].findings) > 5


def test_students_upload_nothing(public: Services) -> None:
    client = Client(public)
    client.log_in("stu")
    assert send(client, "a.dcm", b"x").status_code == 403
