from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.errors import OutputError
from sesamoid.reports import (
    Failure,
    bundle,
    report_names,
    write_batch_reports,
    write_image_reports,
    write_reports,
)


def test_names_of_equal_stems():
    assert report_names(["a/1.png", "b/1.png"]) == ("a_1", "b_1")
    assert report_names(["a/1.png", "a/1.dcm"]) == ("a_1.png", "a_1.dcm")
    assert report_names(["a/1.png", "a/1.png"]) == ("a_1.png", "a_1.png-2")


def test_uid_is_not_cut_as_if_it_had_a_suffix():
    assert report_names(["IM/1.2.840.113619.2"]) == ("1.2.840.113619.2",)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=12))
def test_names_are_plain_and_unique(texts):
    names = report_names(texts)
    assert len({n.casefold() for n in names}) == len(texts)
    for name in names:
        assert Path(name).name == name
        assert name not in ("", ".", "..")
        assert not name.startswith(".")
        assert name.isascii()


def test_everything_is_written(make_result, tmp_path):
    results = [make_result("a/1.png", evidence=True), make_result("b/1.png", letter="C")]
    files = write_reports(results, [Failure(Path("c.dcm"), "cut off")], tmp_path)
    names = {f.name for f in files}
    assert names == {
        "a_1.overlay.png",
        "a_1.evidence.png",
        "a_1.source.dcm",
        "a_1.seg.dcm",
        "a_1.sr.dcm",
        "b_1.overlay.png",
        "b_1.source.dcm",
        "b_1.sr.dcm",
        "results.json",
        "results.csv",
        "report.html",
    }
    assert {p.name for p in tmp_path.iterdir()} == names
    document = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert [r["status"] for r in document["results"]] == ["measured", "not measurable"]
    assert document["failed"] == [{"path": "c.dcm", "error": "cut off"}]
    assert any("no DICOM SEG" in note for note in document["results"][1]["notes"])


def test_only_what_is_asked_for(make_result, tmp_path):
    files = write_reports([make_result()], [], tmp_path, formats=("json",))
    assert [f.name for f in files] == ["results.json"]
    assert [p.name for p in tmp_path.iterdir()] == ["results.json"]


def test_unknown_format(make_result, tmp_path):
    with pytest.raises(OutputError, match="pdf"):
        write_reports([make_result()], [], tmp_path, formats=("pdf",))


@pytest.mark.parametrize("name", ["../x", "a/b", "..", ""])
def test_a_name_cannot_leave_the_folder(make_result, tmp_path, name):
    with pytest.raises(OutputError, match="plain file name"):
        write_image_reports(make_result(), tmp_path, name=name)


def test_path_of_the_input_cannot_leave_the_folder(make_result, tmp_path):
    out = tmp_path / "out"
    write_image_reports(make_result("../../../etc/pass wd.png"), out, formats=("png",))
    assert [p.name for p in out.iterdir()] == ["pass_wd.overlay.png"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_multiframe_pictures_are_one_a_frame(us_result, tmp_path):
    out = tmp_path / "out"
    write_image_reports(us_result(frames=6, frame=3), out, formats=("png",))
    assert sorted(p.name.split(".", 1)[1] for p in out.iterdir()) == [
        "frame0.overlay.png",
        "frame3.overlay.png",
    ]


def test_broken_source_header_leaves_the_other_reports(us_result, tmp_path):
    result = us_result()
    import pydicom

    path = result.image.provenance.path
    dataset = pydicom.dcmread(path)
    dataset.Rows = 11
    dataset.save_as(path)
    report = write_image_reports(result, tmp_path / "out")
    assert any("SEG" in text for text in report.skipped)
    assert report.entry["notes"][-1] in report.skipped
    assert any(f.suffix == ".png" for f in report.files)


def test_large_batch_gets_pages(make_result, tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "SECTIONS_A_PAGE", 2)
    reports = [
        write_image_reports(make_result(f"{n}.png", size=(90, 120)), tmp_path, formats=("html",))
        for n in range(3)
    ]
    files = write_batch_reports(reports, [], tmp_path, application="nerve", formats=("html",))
    assert [f.name for f in files] == ["report.html", "report-2.html"]
    first, second = (f.read_text("utf-8") for f in files)
    assert 'href="report-2.html#image-3"' in first
    assert 'id="image-3"' in second
    assert 'id="image-3"' not in first


def test_a_killed_run_leaves_no_half_file(tmp_path):
    """What lies under a final name after SIGKILL is whole: every PNG ends with its end chunk."""
    script = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
import numpy as np
from sesamoid.reports import write_png
picture = np.random.default_rng(0).integers(0, 255, (900, 900, 3), np.uint8)
print("ready", flush=True)
for n in range(10000):
    write_png({str(tmp_path)!r} + f"/{{n % 3}}.png", picture)
"""
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert run.stdout is not None
    run.stdout.readline()
    time.sleep(0.7)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    finished = list(tmp_path.glob("[0-9].png"))
    assert finished
    for path in finished:
        assert path.read_bytes().endswith(b"IEND\xaeB`\x82")
