"""Small files of every kind, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from .samples import asymmetric, shipped


@pytest.fixture
def picture() -> NDArray[np.uint8]:
    return asymmetric()


@pytest.fixture
def ct_slice() -> Callable[..., Dataset]:
    """Maker of one CT slice as a data set."""

    def make(index: int = 0, **changes: object) -> Dataset:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
        dataset.SOPInstanceUID = generate_uid()
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        dataset.SeriesInstanceUID = "1.2.3.4"
        dataset.Modality = "CT"
        dataset.InstanceNumber = index + 1
        dataset.Rows, dataset.Columns = 4, 6
        dataset.SamplesPerPixel = 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.BitsAllocated = dataset.BitsStored = 16
        dataset.HighBit, dataset.PixelRepresentation = 15, 0
        dataset.PixelSpacing = [0.5, 0.25]
        dataset.SliceThickness = 2.0
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        dataset.ImagePositionPatient = [-10.0, -20.0, 30.0 + 2.0 * index]
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, -1024
        for keyword, value in changes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        pixels = np.arange(dataset.Rows * dataset.Columns, dtype=np.uint16) + 100 * index
        dataset.PixelData = pixels.tobytes()
        dataset["PixelData"].VR = "OW"
        return dataset

    return make


@pytest.fixture
def save() -> Callable[[Dataset, Path], Path]:
    def write(dataset: Dataset, path: Path) -> Path:
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


@pytest.fixture
def ultrasound() -> Dataset:
    """The header and pixels of a shipped palette colour ultrasound still."""
    return pydicom.dcmread(shipped("examples_palette.dcm"))
