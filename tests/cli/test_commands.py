"""The other commands, as a user sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from sesamoid.imaging import write_ultrasound_dicom
from sesamoid.models import ModelBundle
from tests.applications.nerve.test_application import scene
from tests.cli.conftest import Ran
from tests.conftest import real_data
from tests.imaging.test_raw_dataset import write_dataset

Run = Callable[..., Ran]


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return write_ultrasound_dicom(tmp_path / "scan.dcm", scene(), spacing_mm=(0.2, 0.1))


def test_info_json_has_what_programs_read(sesamoid: Run, scan: Path) -> None:
    rows = json.loads(sesamoid("info", scan, "--json").out)
    assert len(rows) == 1
    assert rows[0]["path"] == str(scan)
    assert rows[0]["modality"] == "US"
    assert rows[0]["shape"] == [1, 320, 480]
    assert rows[0]["spacing_mm"] == pytest.approx([0.2, 0.1])


def test_info_goes_on_past_a_bad_file(sesamoid: Run, scan: Path) -> None:
    (scan.parent / "empty.dcm").write_bytes(b"")
    ran = sesamoid("info", scan.parent)
    assert ran.code == 1
    assert "scan.dcm" in ran.out
    assert "empty.dcm" in ran.err


def test_applications_as_json(sesamoid: Run) -> None:
    rows = json.loads(sesamoid("applications", "--json").out)
    assert [row["name"] for row in rows] == ["muscle", "nerve", "wrist_hand"]
    assert rows[1]["methods"] == ["network", "classical"]


def test_models_as_json_say_where_the_data_came_from(sesamoid: Run) -> None:
    rows = {row["name"]: row for row in json.loads(sesamoid("models", "--json").out)}
    assert rows["nerve"]["training_data"][0]["origin"] == "real"
    assert "CC BY 4.0" in rows["nerve"]["training_data"][0]["licence"]


def test_listing_loads_neither_torch_nor_onnxruntime() -> None:
    code = (
        "import sys; sys.argv = ['sesamoid', '{}']\n"
        "from sesamoid.cli.main import app\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('torch', 'onnxruntime') if m in sys.modules])"
    )
    for command in ("models", "applications"):
        ran = subprocess.run(
            [sys.executable, "-c", code.format(command)], capture_output=True, text=True, check=True
        )
        assert ran.stdout.strip().endswith("[]"), ran.stdout


def test_the_command_starts_without_what_only_work_needs() -> None:
    code = (
        "import sys, sesamoid.cli.main\n"
        "heavy = {'numpy', 'cv2', 'scipy', 'pydicom', 'onnxruntime', 'numba', 'torch', 'fastapi'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_doctor_finds_nothing_broken(sesamoid: Run) -> None:
    ran = sesamoid("doctor")
    assert ran.code == 0, ran.out
    assert "broken" not in ran.out


def test_the_demo_finds_the_drawn_nerve_and_vessel(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid("demo", "--limb", "--out", tmp_path / "demo")
    assert ran.code == 0, ran.err
    content = json.loads((tmp_path / "demo" / "results.json").read_text())
    found = {region["structure"]["key"] for region in content["results"][0]["regions"]}
    assert found == {"nerve", "vessel"}
    assert (tmp_path / "demo" / "report.html").is_file()


def test_evaluate_writes_the_metrics(
    sesamoid: Run, tmp_path: Path, threshold_bundle: ModelBundle
) -> None:
    data = write_dataset(tmp_path / "data")
    ran = sesamoid(
        "evaluate", "nerve", data, "--out", tmp_path / "o", "--model", threshold_bundle.folder
    )
    assert ran.code == 0, ran.err
    figures = json.loads((tmp_path / "o" / "metrics.json").read_text())
    assert figures["n_images"] == 2
    assert figures["classes"]["nerve"]["dice"]["mean"] > 0.9
    assert set(figures["classes"]["vessel"]["dice"]) == {"mean", "median", "ci95"}


def test_evaluate_names_a_folder_that_is_no_data_set(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid("evaluate", "nerve", tmp_path, "--out", tmp_path / "o")
    assert ran.code == 1
    assert "dataset.json" in ran.err


def test_the_shipped_weights_score_on_real_images(sesamoid: Run, tmp_path: Path) -> None:
    data = real_data("nerve-usgra")
    ran = sesamoid("evaluate", "nerve", data, "--out", tmp_path / "o", "--json")
    figures = json.loads(ran.out)
    # These very images were trained on: this only shows that weights and reader belong together.
    assert figures["classes"]["nerve"]["dice"]["mean"] > 0.75
    assert figures["classes"]["vessel"]["dice"]["mean"] > 0.8
    assert "trained on these very images" in figures["warning"]


def test_deidentified_copies_and_their_account(sesamoid: Run, tmp_path: Path) -> None:
    source = write_ultrasound_dicom(
        tmp_path / "in.dcm", scene(), spacing_mm=(0.1, 0.1), patient_id="SECRET-ID"
    )
    ran = sesamoid("deidentify", source, "--out", tmp_path / "o", "--confirm-no-text")
    assert ran.code == 0, ran.err
    copy = next((tmp_path / "o").glob("*.dcm"))
    assert b"SECRET-ID" not in copy.read_bytes()
    assert pydicom.dcmread(copy).PatientIdentityRemoved == "YES"
    assert "SECRET-ID" not in (tmp_path / "o" / "audit.json").read_text()


def test_help_of_every_command_has_an_example(sesamoid: Run) -> None:
    for command in (
        "analyze",
        "info",
        "evaluate",
        "train",
        "applications",
        "models",
        "card",
        "bench",
        "deidentify",
        "doctor",
        "demo",
    ):
        ran = sesamoid(command, "--help")
        assert ran.code == 0
        assert "Example: sesamoid " + command in ran.out


def test_copies_are_not_laid_among_the_originals(sesamoid: Run, scan: Path) -> None:
    ran = sesamoid("deidentify", scan.parent, "--out", scan.parent, "--confirm-no-text")
    assert ran.code == 1
    assert "among the originals" in ran.err


def test_a_data_folder_that_is_not_there_makes_nothing(sesamoid: Run, tmp_path: Path) -> None:
    ran = sesamoid("evaluate", "nerve", tmp_path / "nowhere", "--out", tmp_path / "o")
    assert ran.code == 1
    assert "no such folder" in ran.err
    assert not (tmp_path / "o").exists()
