"""`sesamoid calibrate`, and options of applications by `--set`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.imaging import write_ultrasound_dicom
from sesamoid.measure.echogenicity_backscatter import BackscatterCalibration
from tests.cli.conftest import Ran

Run = Callable[..., Ran]


def phantom() -> np.ndarray:
    """Virtual speckle whose grey level falls with depth by 0.1 a row."""
    rng = np.random.default_rng(0)
    fall = 150 - 0.1 * np.arange(400)[:, None]
    return np.clip(rng.normal(0, 15, (400, 300)) + fall, 1, 254).astype(np.uint8)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "phantom.png"
    cv2.imwrite(str(path), phantom())
    return path


def test_the_file_holds_the_profile_and_says_so(sesamoid: Run, tmp_path: Path) -> None:
    scan = write_ultrasound_dicom(tmp_path / "p.dcm", phantom(), spacing_mm=(0.1, 0.1))
    out = tmp_path / "cal.json"
    ran = sesamoid(
        "calibrate", scan, "--dynamic-range", "51", "--phantom-db", "-3", "--reference", "glass",
        "--settings", "X1", "--region", "50:350,20:280", "--out", out,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert ran.err == ""
    assert "rows 50 to 350, columns 20 to 280" in ran.out
    made = BackscatterCalibration.load(out)
    assert made.db_per_grey == pytest.approx(0.2)
    assert (made.phantom_db, made.reference, made.settings) == (-3, "glass", "X1")
    assert np.interp(20, made.depth_mm, made.phantom_grey) == pytest.approx(130, abs=1)
    assert made.depth_mm[0] == pytest.approx(5.05)


def test_json_on_standard_output_is_the_file(sesamoid: Run, picture: Path, tmp_path: Path) -> None:
    ran = sesamoid(
        "calibrate", picture, "--dynamic-range", "60", "--mm-per-pixel", "0.1", "--json",
        "--out", tmp_path / "cal.json",
    )  # fmt: skip
    assert ran.code == 0
    assert json.loads(ran.out) == json.loads((tmp_path / "cal.json").read_text())
    assert "--settings is not stated" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no scale"),
        (("--mm-per-pixel", "0.1", "--dynamic-range", "0"), "dynamic range of 0"),
        (("--mm-per-pixel", "0.1", "--region", "5-9"), "cannot be understood"),
        (("--mm-per-pixel", "0.1", "--region", "0:900,0:9"), "does not lie in the frame"),
        (("--mm-per-pixel", "0.1", "--frame", "3"), "no frame 3"),
    ],
)
def test_what_cannot_be_calibrated_is_one_line_and_no_file(
    sesamoid: Run, picture: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    out = tmp_path / "cal.json"
    base = () if "--dynamic-range" in arguments else ("--dynamic-range", "60")
    ran = sesamoid("calibrate", picture, *base, *arguments, "--out", out)
    assert ran.code == 1
    assert words in ran.err
    assert "Fix:" in ran.err or "not above 0" in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert not out.exists()


def test_an_unknown_option_names_the_valid_ones(sesamoid: Run, picture: Path) -> None:
    ran = sesamoid("analyze", "muscle", picture, "--set", "phantom=x.json")
    assert ran.code == 1
    assert "no option 'phantom'" in ran.err
    assert "backscatter, echo_reference" in ran.err


@pytest.mark.parametrize(
    ("texts", "words"),
    [(["age"], "NAME=VALUE"), (["age="], "NAME=VALUE"), (["age=3", "age=4"], "twice")],
)
def test_options_typed_wrongly_are_refused(
    sesamoid: Run, picture: Path, texts: list[str], words: str
) -> None:
    typed = [part for text in texts for part in ("--set", text)]
    ran = sesamoid("analyze", "muscle", picture, *typed)
    assert ran.code == 1
    assert words in ran.err


def test_an_application_without_options_says_so(sesamoid: Run, picture: Path) -> None:
    ran = sesamoid("analyze", "nerve", picture, "--set", "age=40")
    assert ran.code == 1
    assert "has no options" in ran.err


def test_the_options_are_listed(sesamoid: Run) -> None:
    rows = {row["name"]: row for row in json.loads(sesamoid("applications", "--json").out)}
    assert rows["nerve"]["options"] == {}
    assert "bone_mm" in rows["muscle"]["options"]
    assert "--set bone_mm=…" in sesamoid("applications").out
