from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sesamoid.imaging import Crop, UltrasoundRegion, describe, read_image, write_ultrasound_dicom

from .samples import asymmetric, shipped


@pytest.mark.parametrize(
    "name", ["examples_palette.dcm", "examples_ybr_color.dcm", "CT_small.dcm", "MR_small.dcm"]
)
def test_it_is_json(name: str) -> None:
    assert json.loads(json.dumps(describe(read_image(shipped(name)))))["path"].endswith(name)


def test_spacing_is_in_array_order(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric(), spacing_mm=(0.2, 0.1))
    assert describe(read_image(path))["spacing_mm"] == pytest.approx([0.2, 0.1])


def test_an_uncalibrated_image_has_no_spacing(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric())
    assert describe(read_image(path))["spacing_mm"] is None


def test_regions_are_listed(tmp_path: Path) -> None:
    region = UltrasoundRegion(Crop(2, 3, 10, 20), (0.1, 0.1), "2D tissue")
    said = describe(
        read_image(write_ultrasound_dicom(tmp_path / "a.dcm", asymmetric(), regions=[region]))
    )
    assert said["regions"][0]["bounds"] == {"top": 2, "left": 3, "height": 10, "width": 20}
    assert said["scan_area"] == said["regions"][0]["bounds"]


def test_the_orientation_of_a_volume() -> None:
    assert describe(read_image(shipped("CT_small.dcm")))["orientation"] == "SPL"


def test_the_shape_is_a_list(tmp_path: Path) -> None:
    path = write_ultrasound_dicom(tmp_path / "a.dcm", np.zeros((3, 4, 5), np.uint8))
    assert describe(read_image(path))["shape"] == [3, 4, 5]
