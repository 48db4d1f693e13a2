"""Virtual cines as DICOM: what a reader of ultrasound needs is there, and says virtual."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pydicom
import pytest

from sesamoid.imaging import read_image
from sesamoid.virtual.acquisition.dataset import make_dataset
from sesamoid.virtual.acquisition.simulation import Simulation

FRAMES = 6


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dicom") / "set"
    make_dataset(
        Simulation(
            out=out,
            people=(1,),
            planes=("S11",),
            machines=("gannet-s9",),
            cine=True,
            frames_per_plane=FRAMES,
            frames_per_second=8,
            file_format="dicom",
        )
    )
    return out


@pytest.fixture(scope="module")
def file(made: Path) -> Path:
    return made / "dicom" / "P00001-S11-cine.dcm"


def test_is_a_multi_frame_ultrasound_object(file):
    dataset = pydicom.dcmread(file)
    assert dataset.SOPClassUID.name == "Ultrasound Multi-frame Image Storage"
    assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert dataset.NumberOfFrames == FRAMES
    assert dataset.FrameTime == 125
    assert dataset.pixel_array.shape == (FRAMES, dataset.Rows, dataset.Columns, 3)


def test_says_that_nobody_was_scanned(file):
    dataset = pydicom.dcmread(file)
    assert "VIRTUAL" in str(dataset.PatientName)
    assert "Virtual" in dataset.ImageComments
    assert dataset.PatientID == "VIRTUAL-00001"


def test_region_is_calibrated_as_the_truth_says(made, file):
    row = pq.read_table(made / "truth.parquet").to_pylist()[0]
    (region,) = pydicom.dcmread(file).SequenceOfUltrasoundRegions
    assert region.PhysicalDeltaX * 10 == pytest.approx(row["column_spacing_mm"])
    assert region.PhysicalDeltaY * 10 == pytest.approx(row["row_spacing_mm"])
    width = (region.RegionLocationMaxX1 - region.RegionLocationMinX0 + 1) * region.PhysicalDeltaX
    assert width * 10 == pytest.approx(38.4, rel=0.01)
    assert row["region_left"] == region.RegionLocationMinX0


def test_is_read_by_our_own_reader(file):
    image = read_image(file)
    assert image.modality == "US"
    assert image.pixels.shape[0] == FRAMES


def test_masks_lie_beside_it_on_the_same_pixels(made, file):
    row = pq.read_table(made / "truth.parquet").to_pylist()[-1]
    labels = np.load(made / row["label"])["labels"]
    pixels = pydicom.dcmread(file).pixel_array
    assert labels.shape == pixels.shape[:3]
    outside = labels.copy()
    top, left = row["region_top"], row["region_left"]
    outside[:, top : top + row["region_height"], left : left + row["region_width"]] = 0
    assert not outside.any()
