"""`sesamoid analyze` on good input and on every kind of bad input that a user will have."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from sesamoid.imaging import write_ultrasound_dicom
from sesamoid.models import ModelBundle
from tests.applications.nerve.test_application import scene
from tests.cli.conftest import Ran
from tests.conftest import write_bundle

Run = Callable[..., Ran]


@pytest.fixture
def model(tmp_path: Path, threshold_weights: bytes) -> ModelBundle:
    return write_bundle(
        tmp_path / "model",
        threshold_weights,
        canvas_size=(320, 480),
        minimal_area_share={"nerve": 0.001, "vessel": 0.001},
    )


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    return write_ultrasound_dicom(folder / "good.dcm", scene(), spacing_mm=(0.1, 0.1))


def failures(out: Path) -> dict[str, str]:
    content = json.loads((out / "results.json").read_text())
    return {Path(row["path"]).name: row["error"] for row in content["failed"]}


def test_one_file_gives_every_report(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    ran = sesamoid("analyze", "nerve", scan, "--out", out, "--model", model.folder)
    assert ran.code == 0, ran.err
    assert sorted(p.name for p in out.iterdir()) == [
        "good.overlay.png",
        "good.seg.dcm",
        "good.sr.dcm",
        "report.html",
        "results.csv",
        "results.json",
    ]
    assert "1 measured, 0 not" in ran.out


def test_the_area_in_the_csv_is_that_of_the_ellipse(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    sesamoid("analyze", "nerve", scan, "--out", tmp_path / "out", "--model", model.folder)
    with (tmp_path / "out" / "results.csv").open() as file:
        rows = [
            r
            for r in csv.DictReader(file)
            if r["quantity"] == "cross_sectional_area" and r["region"] == "nerve-1"
        ]
    assert len(rows) == 1
    assert float(rows[0]["value"]) == pytest.approx(np.pi * 3 * 5, rel=0.02)
    assert rows[0]["unit"] == "mm2"


def test_the_area_in_the_sr_is_that_of_the_ellipse(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    import highdicom

    sesamoid("analyze", "nerve", scan, "--out", tmp_path / "out", "--model", model.folder)
    report = highdicom.sr.srread(tmp_path / "out" / "good.sr.dcm")
    found = [
        float(measurement.value)
        for group in report.content.get_planar_roi_measurement_groups()
        for measurement in group.get_measurements()
        if measurement.name.value == "42798000" and measurement.unit.value == "mm2"
    ]
    assert max(found) == pytest.approx(np.pi * 4 * 4, rel=0.02)
    assert min(found) == pytest.approx(np.pi * 3 * 5, rel=0.02)


def bad_inputs(folder: Path) -> dict[str, str]:
    """Write one file of each bad kind; the words that its error must hold."""
    (folder / "empty.dcm").write_bytes(b"")
    whole = Path(write_ultrasound_dicom(folder / "whole.tmp", scene(), spacing_mm=(0.1, 0.1)))
    (folder / "truncated.dcm").write_bytes(whole.read_bytes()[:60_000])
    whole.unlink()
    (folder / "notes.dcm").write_text("these are notes, not an image\n" * 20)
    odd = write_ultrasound_dicom(folder / "odd.tmp", scene(), spacing_mm=(0.1, 0.1))
    dataset = pydicom.dcmread(odd)
    dataset.PixelData = pydicom.encaps.encapsulate([bytes(1000)])
    dataset["PixelData"].VR = "OB"
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.MPEG2MPML
    dataset.save_as(folder / "mpeg.dcm", enforce_file_format=True)
    (folder / "odd.tmp").unlink()
    (folder / "ct.dcm").write_bytes(Path(str(get_testdata_file("CT_small.dcm"))).read_bytes())
    cv2.imwrite(str(folder / "pixel.png"), np.full((1, 1), 90, dtype=np.uint8))
    cv2.imwrite(str(folder / "black.png"), np.zeros((300, 400), dtype=np.uint8))
    return {
        "empty.dcm": "empty",
        "truncated.dcm": "",
        "notes.dcm": "",
        "mpeg.dcm": "MPEG2",
        "ct.dcm": "CT",
        "pixel.png": "1 x 1",
    }


def test_every_bad_file_is_one_line_and_the_rest_is_done(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    expected = bad_inputs(scan.parent)
    out = tmp_path / "out"
    ran = sesamoid("analyze", "nerve", scan.parent, "--out", out, "--model", model.folder)
    assert ran.code == 1
    found = failures(out)
    assert set(found) == set(expected)
    for name, words in expected.items():
        assert words in found[name], name
        assert "Fix:" in found[name], name
        assert "\n" not in found[name], name
        lines = [line for line in ran.err.splitlines() if name in line]
        assert len(lines) == 1, ran.err
    content = json.loads((out / "results.json").read_text())
    status = {Path(row["path"]).name: row["status"] for row in content["results"]}
    assert status == {"good.dcm": "measured", "black.png": "not measurable"}
    assert "Traceback" not in ran.err


def test_an_all_black_image_alone_exits_with_1_and_says_why(
    sesamoid: Run, model: ModelBundle, tmp_path: Path
) -> None:
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros((300, 400), dtype=np.uint8))
    ran = sesamoid(
        "analyze", "nerve", tmp_path / "black.png", "--out", tmp_path / "o", "--model", model.folder
    )
    assert ran.code == 1
    lines = [line for line in ran.err.splitlines() if "black.png" in line]
    assert len(lines) == 1
    assert "not measurable" in lines[0]
    assert "Fix:" in lines[0]


@pytest.mark.parametrize("kind", ["16 bits", "RGBA"])
def test_unusual_pngs_are_measured(
    sesamoid: Run, model: ModelBundle, tmp_path: Path, kind: str
) -> None:
    grey = scene()
    picture = (
        grey.astype(np.uint16) * 257
        if kind == "16 bits"
        else cv2.merge([grey, grey, grey, np.full_like(grey, 255)])
    )
    cv2.imwrite(str(tmp_path / "odd.png"), picture)
    ran = sesamoid(
        "analyze",
        "nerve",
        tmp_path / "odd.png",
        "--out",
        tmp_path / "o",
        "--model",
        model.folder,
        "--mm-per-pixel",
        "0.1",
        "--formats",
        "json",
    )
    assert ran.code == 0, ran.err
    content = json.loads((tmp_path / "o" / "results.json").read_text())
    areas = [
        m["value"]
        for m in content["results"][0]["measurements"]
        if m["key"] == "cross_sectional_area" and m["evidence"][0] == "nerve-1"
    ]
    assert areas[0] == pytest.approx(np.pi * 3 * 5, rel=0.02)


def test_an_unwritable_output_fails_before_any_work(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = sesamoid("analyze", "nerve", scan, "--out", tmp_path / "file" / "out")
    assert ran.code == 1
    assert "cannot be written" in ran.err
    assert str(tmp_path / "file" / "out") in ran.err.replace("\n", "")


def test_a_path_that_is_not_there_is_named(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid("analyze", "nerve", tmp_path / "nothing.dcm", "--out", tmp_path / "o")
    assert ran.code == 1
    assert "nothing.dcm" in ran.err


def test_an_unknown_application_lists_the_known(sesamoid: Run, scan: Path, tmp_path: Path) -> None:
    ran = sesamoid("analyze", "kidney", scan, "--out", tmp_path / "o")
    assert ran.code == 1
    assert "nerve" in ran.err


def test_a_pair_prints_its_ratio(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    forearm = write_ultrasound_dicom(scan.parent / "x.dcm", scene(), spacing_mm=(0.08, 0.08))
    ran = sesamoid(
        "analyze",
        "nerve",
        scan,
        forearm,
        "--pair",
        "wrist-forearm",
        "--out",
        tmp_path / "o",
        "--model",
        model.folder,
        "--formats",
        "json",
    )
    assert ran.code == 0, ran.err
    assert "1.56" in ran.out
    content = json.loads((tmp_path / "o" / "results.json").read_text())
    assert content["pair"]["value"] == pytest.approx(1.5625, rel=0.01)


def test_json_on_standard_output_is_what_the_file_says(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    ran = sesamoid(
        "analyze",
        "nerve",
        scan,
        "--json",
        "--out",
        tmp_path / "o",
        "--model",
        model.folder,
        "--formats",
        "json",
    )
    printed = json.loads(ran.out)
    written = json.loads((tmp_path / "o" / "results.json").read_text())
    assert printed["results"] == written["results"]


def test_a_killed_run_leaves_no_half_written_file(
    scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    for number in range(30):
        (scan.parent / f"copy{number:02d}.dcm").write_bytes(scan.read_bytes())
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        "from sesamoid.cli.main import main; main()",
        "analyze",
        "nerve",
        str(scan.parent),
        "--out",
        str(out),
        "--model",
        str(model.folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and len(list(out.glob("copy*.seg.dcm"))) < 3:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    finished = list(out.glob("*.dcm"))
    assert finished
    assert not (out / "results.json").exists()
    for file in finished:
        pydicom.dcmread(file).PatientID  # noqa: B018  (a cut file would not parse)
    for picture in out.glob("*.png"):
        assert cv2.imread(str(picture)) is not None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission(sesamoid: Run, scan: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    ran = sesamoid("analyze", "nerve", scan, "--out", locked)
    assert ran.code == 1
    assert "cannot be written" in ran.err


def test_a_second_run_passes_over_the_first_ones_reports(
    sesamoid: Run, scan: Path, model: ModelBundle
) -> None:
    arguments = ("analyze", "nerve", scan.parent, "--out", scan.parent / "out")
    for _ in range(2):
        ran = sesamoid(*arguments, "--model", model.folder)
        assert ran.code == 0, ran.err
        assert "1 measured, 0 not" in ran.out


def test_a_doubled_slice_does_not_hide_the_scan_beside_it(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    slice_ = Path(str(get_testdata_file("CT_small.dcm"))).read_bytes()
    for name in ("ct1.dcm", "ct2.dcm"):
        (scan.parent / name).write_bytes(slice_)
    out = tmp_path / "out"
    ran = sesamoid("analyze", "nerve", scan.parent, "--out", out, "--model", model.folder)
    assert ran.code == 1
    content = json.loads((out / "results.json").read_text())
    assert [Path(row["path"]).name for row in content["results"]] == ["good.dcm"]
    assert "same place" in content["failed"][0]["error"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mm-per-pixel", "-1"), "no scale"),
        (("--method", "guess"), "no method"),
        (("--method", "classical"), "no classical method"),
        (("--model", "nope"), "no model"),
        (("--circumference-cm", "17"), "--limit"),
        (("--pair", "left-right"), "no pair"),
        (("--formats", "pdf"), "no report format"),
        (("--frame", "first"), "no frame"),
    ],
)
def test_a_wrong_option_is_one_line_before_any_work(
    sesamoid: Run,
    scan: Path,
    model: ModelBundle,
    tmp_path: Path,
    options: tuple[str, str],
    words: str,
) -> None:
    chosen = () if options[0] == "--model" else ("--model", model.folder)
    ran = sesamoid("analyze", "nerve", scan, "--out", tmp_path / "o", *chosen, *options)
    assert ran.code == 1
    lines = ran.err.strip().splitlines()
    assert len(lines) == 1, ran.err
    assert words in lines[0]
    assert "Fix:" in lines[0]
    assert not list((tmp_path / "o").glob("*.json"))


def test_a_pair_stands_in_every_report(
    sesamoid: Run, scan: Path, model: ModelBundle, tmp_path: Path
) -> None:
    import jsonschema

    from tests.conftest import ROOT

    forearm = write_ultrasound_dicom(scan.parent / "x.dcm", scene(), spacing_mm=(0.08, 0.08))
    sesamoid(
        "analyze", "nerve", scan, forearm, "--pair", "wrist-forearm", "--out", tmp_path / "o",
        "--model", model.folder, "--formats", "json,html",
    )  # fmt: skip
    assert "Wrist-to-forearm ratio: 1.56" in (tmp_path / "o" / "report.html").read_text()
    schema = json.loads((ROOT / "docs" / "schema" / "result-v1.schema.json").read_text())
    jsonschema.validate(json.loads((tmp_path / "o" / "results.json").read_text()), schema)
