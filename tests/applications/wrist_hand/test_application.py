"""Stills, cines and kept pictures become results and reports; the network is a script."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from sesamoid.applications import AnalysisSettings
from sesamoid.applications.wrist_hand import WristHandApplication
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.applications.wrist_hand.session_report import report_session
from sesamoid.applications.wrist_hand.virtual_session import virtual_novice
from sesamoid.errors import SesamoidError, UnsuitableImage
from sesamoid.findings import DataOrigin, GradeLetter, ModelReference
from sesamoid.imaging import Image, Modality, Provenance
from sesamoid.live import Session
from sesamoid.reports import write_reports

from .conftest import ScriptedLooker, take
from .truth_look import PROTOCOL, TruthLooker

MODEL = ModelReference("scripted", "0", "0" * 64, "nothing", DataOrigin.VIRTUAL, "")


class Scripted(WristHandApplication):
    """The application with a script in place of the network."""

    def __init__(self, looker):
        self.script = looker

    def looker(self, settings):
        from types import SimpleNamespace

        manifest = SimpleNamespace(
            name="scripted", version="0", weights_sha256="0" * 64, trained_on="nothing",
            origin="virtual",
        )  # fmt: skip
        return self.script, SimpleNamespace(manifest=manifest, card="")

    def check(self, settings):
        pass


def image_of(*frames, times: float = 0.1) -> Image:
    return Image(
        np.stack([frame.image.pixels for frame in frames]),
        Provenance(Path("cine.dcm"), "DICOM"),
        modality=Modality.ULTRASOUND,
        spacing_mm=frames[0].image.spacing_mm,
        frame_times_s=np.arange(len(frames)) * times if len(frames) > 1 else None,
    )


def test_a_still_is_recognised_graded_and_measured(frames, tmp_path: Path) -> None:
    frame = frames["S11"]
    result = Scripted(ScriptedLooker(frame)).analyze(image_of(frame), AnalysisSettings())
    assert result.grade.letter is GradeLetter.A
    assert result.categories[0].choice == "S11"
    assert result.extras["planes"][0]["plane"] == "S11"
    names = {region.structure.key for region in result.regions}
    assert {"median_nerve", "pisiform", "ulnar_artery"} <= names
    area = next(m for m in result.measurements if m.evidence[0] == "S11/MN")
    assert area.value == pytest.approx(8.1, abs=1)
    files = {p.name for p in write_reports([result], (), tmp_path)}
    assert {"results.json", "results.csv", "report.html"} <= files
    content = json.loads((tmp_path / "results.json").read_text())
    assert content["results"][0]["planes"][0]["grade"] == "A"


def test_a_still_of_no_plane_is_not_measured(exam) -> None:
    frame = take(exam, "S11", across_mm=4.0)
    result = Scripted(ScriptedLooker(frame)).analyze(image_of(frame), AnalysisSettings())
    assert result.status == "not measurable"
    assert "no standard plane is seen; the nearest is S11" in result.grade.reasons[0]
    assert {m.value for m in result.measurements} == {None}


def test_a_cine_keeps_the_best_frame_of_each_plane_and_leaves_none_out(exam) -> None:
    away = [take(exam, "S11", across_mm=9.0 - n, density=6.0) for n in range(5)]
    on = [take(exam, "S11", across_mm=0.01 * n, density=6.0) for n in range(15)]
    looker = ScriptedLooker(*away, *on)
    result = Scripted(looker).analyze(image_of(*away, *on), AnalysisSettings())
    assert looker.calls == 20 + 1, "each frame once, the kept one again for the report"
    assert [one["plane"] for one in result.extras["planes"]] == ["S11"]
    assert result.frames_analysed[0] >= 5
    progress = {row["plane"]: row["progress"] for row in result.extras["checklist"]}
    assert progress["S11"] == "kept"
    assert progress["S1"] == "to do"
    assert all(region.frame == result.frames_analysed[0] for region in result.regions)


def test_a_cine_without_a_plane_is_not_measurable(exam) -> None:
    away = [take(exam, "S11", across_mm=9.0 + 0.01 * n, density=6.0) for n in range(6)]
    result = Scripted(ScriptedLooker(*away)).analyze(image_of(*away), AnalysisSettings())
    assert result.status == "not measurable"
    assert "no standard plane was held" in result.grade.reasons[0]


def test_one_frame_of_a_cine_may_be_named(exam) -> None:
    away = take(exam, "S11", across_mm=9.0, density=6.0)
    on = take(exam, "S11", density=6.0)
    looker = ScriptedLooker(away, on)
    result = Scripted(looker).analyze(image_of(away, on), AnalysisSettings(frames=1))
    assert result.frames_analysed == (1,)
    assert result.grade.frame == 1
    with pytest.raises(UnsuitableImage, match="no frame 7"):
        Scripted(looker).analyze(image_of(away, on), AnalysisSettings(frames=7))


def test_options_of_other_applications_are_refused() -> None:
    with pytest.raises(SesamoidError, match="--limit"):
        WristHandApplication().check(AnalysisSettings(extra={"limit": "x"}))
    with pytest.raises(SesamoidError, match="no method"):
        WristHandApplication().check(AnalysisSettings(method="classical"))


def test_a_virtual_session_becomes_a_report_with_sr_and_seg(tmp_path: Path) -> None:
    opened = virtual_novice(PROTOCOL, person=700_003, seed=1)
    novice_planes = ["S11", "S14"]
    probe, novice = opened.source, opened.novice
    novice.planes, novice._waiting = tuple(novice_planes), ["S14"]
    novice._plane = "S11"
    novice._put_down(0.0)
    probe.pixels_per_mm = 8.0
    assessor = WristHandAssessor(TruthLooker(probe), PROTOCOL)
    session = Session(
        probe, assessor, PROTOCOL, tmp_path / "session", side=opened.side, drop=False,
        slot=opened.slot,
    )  # fmt: skip
    result = session.run(opened.operator.hear)
    assert result.report.ending == "source ended", result.report.reason
    kept = {one.plane for one in result.checklist.kept}
    assert kept >= set(novice_planes)

    class Known(TruthLooker):
        def look(self, frame, *, scan_area=None, spacing_mm=None):
            return self.last(frame)

    report = WristHandAssessor(Known(probe), PROTOCOL)
    out = tmp_path / "report"
    files = report_session(result.checklist, out, report, MODEL, application="wrist_hand")
    names = {path.name for path in files}
    assert {"S11.sr.dcm", "S11.seg.dcm", "S14.sr.dcm", "report.html", "results.csv"} <= names
    content = json.loads((out / "results.json").read_text())
    by_plane = {row["plane"]: row for row in content["checklist"]}
    assert by_plane["S11"]["progress"] == "kept"
    entry = next(r for r in content["results"] if r["planes"][0]["plane"] == "S11")
    assert any(m["key"] == "cross_sectional_area" and m["value"] for m in entry["measurements"])
    assert any("virtual" in note for note in entry["notes"])
    seg = pydicom.dcmread(out / "S11.seg.dcm")
    labels = {segment.SegmentLabel for segment in seg.SegmentSequence}
    assert len(labels) >= 6
