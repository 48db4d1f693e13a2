from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from sesamoid.errors import OutputError
from sesamoid.imaging import Crop, UltrasoundRegion, read_image, write_ultrasound_dicom

from .samples import asymmetric

CINE = np.stack([asymmetric(), asymmetric() // 2, asymmetric() // 3])


def test_orientation_survives(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric())
    np.testing.assert_array_equal(read_image(path).pixels[0], asymmetric())


def test_spacing_survives(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", CINE, spacing_mm=(0.2, 0.1))
    assert read_image(path).spacing_mm == pytest.approx((0.2, 0.1))


@pytest.mark.parametrize("times", [[0, 0.04, 0.08], [0, 0.04, 0.1]])
def test_frame_times_survive(tmp_path: Path, times: list[float]) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", CINE, frame_times_s=times)
    assert read_image(path).frame_times_s == pytest.approx(times)


def test_an_odd_number_of_pixels(tmp_path: Path) -> None:
    odd = np.arange(15, dtype=np.uint8).reshape(3, 5)
    path = write_ultrasound_dicom(tmp_path / "a.dcm", odd)
    np.testing.assert_array_equal(read_image(path).pixels[0], odd)


@pytest.mark.parametrize(
    ("pixels", "options", "said"),
    [
        (np.zeros((4, 4), np.float32), {}, "float32"),
        (np.zeros(4, np.uint8), {}, "no picture"),
        (CINE, {"frame_times_s": [0, 1]}, "frame times"),
        (CINE, {"frame_times_s": [0, 2, 1]}, "frame times"),
        (
            CINE,
            {"spacing_mm": (1, 1), "regions": [UltrasoundRegion(Crop(0, 0, 1, 1), None, "M-mode")]},
            "one of the two",
        ),
        (CINE, {"regions": [UltrasoundRegion(Crop(0, 0, 1, 1), None, "4D")]}, "4D"),
    ],
)
def test_what_does_not_fit_is_refused(
    tmp_path: Path, pixels: np.ndarray, options: dict[str, object], said: str
) -> None:
    with pytest.raises(OutputError, match=said):
        write_ultrasound_dicom(tmp_path / "a.dcm", pixels, **options)  # type: ignore[arg-type]


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dicom3tools is not installed")
@pytest.mark.parametrize("pixels", [asymmetric(), CINE, np.stack([CINE] * 3, axis=-1)])
def test_a_validator_finds_no_error(tmp_path: Path, pixels: np.ndarray) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", pixels, spacing_mm=(0.1, 0.1))
    said = subprocess.run(["dciodvfy", str(path)], capture_output=True, text=True, check=False)
    assert "Error" not in said.stdout + said.stderr
