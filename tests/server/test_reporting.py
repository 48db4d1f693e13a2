"""The report of a stored exam says what a human accepted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import highdicom
import jsonschema
import pydicom
import pytest

from sesamoid.findings import Standing, review_of
from sesamoid.server.access import Actor
from sesamoid.server.reviewing import Change
from sesamoid.server.reviewing.stored_results import (
    stored_decisions,
    stored_image,
    stored_result,
)
from sesamoid.server.services import Services
from sesamoid.server.store import Exam, Finding, Verdict

from .helpers import Client, nerve_result

SCHEMA = Path(__file__).parents[2] / "docs" / "schema" / "result-v1.schema.json"
SQUARE = ((39.5, 39.5), (39.5, 59.5), (59.5, 59.5), (59.5, 39.5))


def row(exam: Exam, key: str) -> Finding:
    return next(one for one in exam.pictures[0].findings if one.key == key)


@pytest.fixture
def decided(services: Services, local: Actor, exam: Exam) -> Exam:
    """Nerve redrawn, its perimeter accepted, the vessel rejected, the rest undecided."""
    decide = services.reviewing.decide
    decide(local, row(exam, "nerve-1").id, Verdict.MODIFY, change=Change(polygons=(SQUARE,)))
    decide(local, row(exam, "nerve-1#perimeter").id, Verdict.ACCEPT, comment="fits")
    decide(local, row(exam, "vessel-1").id, Verdict.REJECT, comment="a <b>shadow</b>")
    return services.exams.get(local, exam.id)


def test_what_is_stored_comes_back(services: Services, exam: Exam) -> None:
    picture = exam.pictures[0]
    image = stored_image(exam, picture, services.settings.data)
    back, given = stored_result(exam, picture, image), nerve_result()
    assert [r.identifier for r in back.regions] == ["nerve-1", "vessel-1"]
    for one, other in zip(back.regions, given.regions, strict=True):
        assert (one.mask == other.mask).all()
    assert back.measurements == given.measurements
    assert back.grade == given.grade
    assert back.model == given.model


def test_without_its_vessel_the_nerve_has_no_distance_to_one(decided: Exam) -> None:
    rows = {one.key: one for one in decided.pictures[0].findings}
    for key in ("nerve-1#distance_to_nearest_vessel", "nerve-1/to-vessel"):
        assert rows[key].status == "rejected"
        assert "no longer there" in rows[key].decisions[-1].comment
    assert rows["nerve-1#perimeter"].status == "accepted"


def test_a_redrawn_outline_stays_drawn_by_hand_when_it_is_accepted_later(
    services: Services, local: Actor, decided: Exam
) -> None:
    services.reviewing.decide(local, row(decided, "nerve-1").id, Verdict.ACCEPT)
    exam = services.exams.get(local, decided.id)
    picture = exam.pictures[0]
    image = stored_image(exam, picture, services.settings.data)
    review = review_of(stored_result(exam, picture, image), stored_decisions(picture.findings))
    nerve = review.about(review.result.regions[0])
    assert nerve.standing is Standing.ACCEPTED
    assert nerve.by_hand


def test_standings(services: Services, decided: Exam) -> None:
    picture = decided.pictures[0]
    image = stored_image(decided, picture, services.settings.data)
    review = review_of(stored_result(decided, picture, image), stored_decisions(picture.findings))
    standing = {one.key: one.standing for one in review.judged}
    assert standing["nerve-1"] is Standing.MODIFIED
    assert standing["nerve-1#cross_sectional_area"] is Standing.MODIFIED
    assert standing["nerve-1#perimeter"] is Standing.ACCEPTED
    assert standing["vessel-1"] is standing["vessel-1#perimeter"] is Standing.REJECTED
    assert standing["grade"] is Standing.PENDING
    assert [region.identifier for region in review.result.regions] == ["nerve-1"]


def test_the_page_names_who_accepted_and_escapes_comments(client: Client, decided: Exam) -> None:
    page = client.get(f"/api/v1/exams/{decided.id}/report.html")
    assert page.status_code == 200
    assert "accepted by local, 20" in page.text
    assert "modified by local, 20" in page.text
    assert "not reviewed" in page.text
    assert "Rejected by the reviewer" in page.text
    assert "a &lt;b&gt;shadow&lt;/b&gt;" in page.text
    assert "<b>shadow" not in page.text
    assert "sandbox" in page.headers["content-security-policy"]


@pytest.fixture
def unpacked(client: Client, decided: Exam, tmp_path: Path) -> Path:
    answer = client.get(f"/api/v1/exams/{decided.id}/exam.zip")
    assert answer.status_code == 200
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path / "out")
    return tmp_path / "out"


def test_the_bundle_has_every_format(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir()}
    assert {
        "report.html",
        "results.json",
        "results.csv",
        "picture-1.overlay.png",
        "picture-1.sr.dcm",
        "picture-1.seg.dcm",
        "picture-1.source.dcm",
        "key-images.dcm",
    } <= names


def test_json_fits_its_schema_and_tells_each_standing(unpacked: Path) -> None:
    content = json.loads((unpacked / "results.json").read_text())
    jsonschema.validate(content, json.loads(SCHEMA.read_text()))
    (entry,) = content["results"]
    area = next(m for m in entry["measurements"] if m["key"] == "cross_sectional_area")
    assert area["review"]["standing"] == "modified"
    assert area["value"] == pytest.approx(4.0)
    assert entry["grade"]["review"]["standing"] == "not reviewed"
    rejected = {one["key"]: one["comment"] for one in entry["review"]["rejected"]}
    assert rejected["vessel-1"] == "a <b>shadow</b>"


def test_csv_has_the_reviewer(unpacked: Path) -> None:
    rows = list(csv.DictReader((unpacked / "results.csv").open(newline="")))
    told = {(one["region"], one["quantity"]): one for one in rows}
    assert told["nerve-1", "perimeter"]["review"] == "accepted"
    assert told["nerve-1", "perimeter"]["reviewer"] == "local"
    assert told["nerve-1", "perimeter"]["review_comment"] == "fits"
    assert told["vessel-1", "perimeter"]["review"] == "rejected"
    assert told["vessel-1", "perimeter"]["value"] == ""


def test_seg_calls_a_redrawn_outline_semiautomatic(unpacked: Path) -> None:
    seg = highdicom.seg.segread(unpacked / "picture-1.seg.dcm")
    (segment,) = seg.SegmentSequence
    assert segment.SegmentAlgorithmType == "SEMIAUTOMATIC"


def test_sr_says_how_each_finding_stands(unpacked: Path) -> None:
    sr = pydicom.dcmread(unpacked / "picture-1.sr.dcm")
    assert sr.VerificationFlag == "UNVERIFIED"
    codes = {str(item.value) for item in sr.iterall() if item.keyword == "CodeValue"}
    assert {"REVIEW_MODIFIED", "REVIEW_NONE"} <= codes
    text = "\n".join(str(item.value) for item in sr.iterall() if item.keyword == "TextValue")
    assert "Review: Perimeter accepted by local, 20" in text
    assert "Blood vessel (vessel-1): rejected by local" in text
    groups = highdicom.sr.srread(unpacked / "picture-1.sr.dcm").content
    regions = groups.get_planar_roi_measurement_groups()
    assert len(regions) == 1


def test_key_images_and_pictures_are_of_one_study(unpacked: Path) -> None:
    key = pydicom.dcmread(unpacked / "key-images.dcm")
    source = pydicom.dcmread(unpacked / "picture-1.source.dcm")
    assert key.StudyInstanceUID == source.StudyInstanceUID
    (referenced,) = (
        key.CurrentRequestedProcedureEvidenceSequence[0]
        .ReferencedSeriesSequence[0]
        .ReferencedSOPSequence
    )
    assert referenced.ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert source.PatientID == "P-001"


def test_an_undecided_exam_says_so(client: Client, exam: Exam) -> None:
    page = client.get(f"/api/v1/exams/{exam.id}/report.html").text
    assert "No finding was reviewed by a human." in page


def test_a_file_that_is_not_part_of_the_report_is_not_found(client: Client, exam: Exam) -> None:
    for name in ("passwd", "..%2F..%2Fsesamoid.sqlite", "report.htm"):
        assert client.get(f"/api/v1/exams/{exam.id}/report/{name}").status_code in (404, 422)


def test_nothing_is_left_in_the_scratch_folder(
    client: Client, services: Services, exam: Exam
) -> None:
    client.get(f"/api/v1/exams/{exam.id}/exam.zip")
    assert list((services.settings.data / "scratch").iterdir()) == []
