"""Virtual cines and pictures as ultrasound DICOM, marked as virtual; equal input, equal bytes.

DICOM PS3.3: A.6 and A.7 (ultrasound IODs), C.8.5.5 (regions), C.7.6.5 (cine), C.7.1.1 (patient).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import RLELossless, UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from sesamoid import __version__
from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.dicom.regions import CENTIMETRE
from sesamoid.imaging.quiet import quiet
from sesamoid.imaging.writers import IMPLEMENTATION_UID
from sesamoid.virtual.acquisition.truth import FrameTruth
from sesamoid.virtual.ultrasound import ScanBox

TISSUE, TWO_DIMENSIONAL = 1, 1
"""Region Data Type and Region Spatial Format, PS3.3 C.8.5.5.1."""
NO_DATE = "20000101"
"""A virtual examination has no date, and a file that has to give one gives this."""
_NAMESPACE = uuid.UUID("b7a0f0c2-7a2c-4d55-9a8e-4d5f3a0c9b11")


@dataclass(frozen=True)
class Cine:
    """What goes into one file.

    Parameters
    ----------
    name : str
        Of the data set's case; unique identifiers follow from it.
    series : str
        What makes this data set another than the next: files of one series and name are the same.
    number : int
        Of the instance within its person's study.
    description : str
        Of the plane.
    frames : sequence of ndarray of uint8, shape (rows, columns, 3)
    frames_per_second : float
    box : ScanBox
    spacing_mm : (row, column)
    """

    name: str
    series: str
    number: int
    description: str
    frames: Sequence[NDArray[np.uint8]]
    frames_per_second: float
    box: ScanBox
    spacing_mm: tuple[float, float]


def write_cine(path: Path, cine: Cine, truth: FrameTruth, *, several: bool) -> None:
    """Write a cine, whole or not at all.

    Parameters
    ----------
    path : Path
    cine : Cine
    truth : FrameTruth
        Of the first frame: who was scanned, with which machine.
    several : bool
        A multi-frame object, as machines store a cine; else a single image.
    """
    dataset = _header(cine, truth, several)
    dataset.SequenceOfUltrasoundRegions = [_region(cine)]
    if several:
        dataset.NumberOfFrames = len(cine.frames)
        dataset.FrameTime = f"{1000 / cine.frames_per_second:.10g}"
        dataset.FrameIncrementPointer = 0x00181063
        dataset.CineRate = round(cine.frames_per_second)
    rows, columns = cine.frames[0].shape[:2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
    dataset.PlanarConfiguration = 0
    dataset.UltrasoundColorDataPresent = 0
    dataset.Rows, dataset.Columns = rows, columns
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit, dataset.PixelRepresentation = 7, 0
    with quiet():
        encoded = [_encode(frame) for frame in cine.frames]
    dataset.PixelData = encapsulate(encoded)
    dataset["PixelData"].VR = "OB"
    with atomic_path(path) as temporary, quiet():
        dataset.save_as(temporary, enforce_file_format=True)


def _encode(frame: NDArray[np.uint8]) -> bytes:
    rows, columns = frame.shape[:2]
    encoded: bytes = RLELosslessEncoder.encode(
        np.ascontiguousarray(frame),
        rows=rows,
        columns=columns,
        samples_per_pixel=3,
        bits_allocated=8,
        bits_stored=8,
        pixel_representation=0,
        number_of_frames=1,
        planar_configuration=0,
        photometric_interpretation="RGB",
        encoding_plugin="gdcm",
    )
    return encoded


def _header(cine: Cine, truth: FrameTruth, several: bool) -> Dataset:
    person = truth.person
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    sop_class = UltrasoundMultiFrameImageStorage if several else UltrasoundImageStorage
    instance = _uid(cine.series, cine.name)
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = instance
    dataset.file_meta.TransferSyntaxUID = RLELossless
    dataset.file_meta.ImplementationClassUID = IMPLEMENTATION_UID
    dataset.file_meta.ImplementationVersionName = f"SESAMOID_{__version__}"[:16]
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop_class, instance
    dataset.StudyInstanceUID = _uid(cine.series, f"study {person.seed}")
    dataset.SeriesInstanceUID = _uid(cine.series, f"series {person.seed}")
    dataset.StudyDate = dataset.ContentDate = NO_DATE
    dataset.StudyTime = dataset.ContentTime = "000000"
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyID, dataset.SeriesNumber, dataset.InstanceNumber = "1", 1, cine.number
    dataset.Modality = "US"
    dataset.Manufacturer = "Sesamoid virtual scanner"
    dataset.ManufacturerModelName = truth.machine
    dataset.SoftwareVersions = __version__
    dataset.StudyDescription = "Virtual examination, nobody's"
    dataset.SeriesDescription = "Virtual wrist and hand"
    dataset.ImageComments = f"Virtual picture, not of a person: {cine.description}"
    dataset.PatientName = f"VIRTUAL^PERSON {person.seed}"
    dataset.PatientID = f"VIRTUAL-{person.seed:05d}"
    dataset.PatientBirthDate = ""
    dataset.PatientSex = {"female": "F", "male": "M"}.get(person.sex, "O")
    dataset.PatientAge = f"{round(person.age_years):03d}Y"
    dataset.PatientComments = "Virtual person of a simulation; no such person exists"
    dataset.PatientOrientation = ""
    dataset.Laterality = {"left": "L", "right": "R"}.get(person.side, "")
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    dataset.TransducerData = [truth.settings.probe]
    dataset.ProcessingFunction = f"{truth.settings.frequency_mhz:.1f} MHz"
    return dataset


def _region(cine: Cine) -> Dataset:
    item, box = Dataset(), cine.box
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = TWO_DIMENSIONAL, TISSUE, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = box.left, box.top
    item.RegionLocationMaxX1 = box.left + box.width - 1
    item.RegionLocationMaxY1 = box.top + box.height - 1
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = CENTIMETRE
    row, column = cine.spacing_mm
    item.PhysicalDeltaX, item.PhysicalDeltaY = column / 10, row / 10
    item.ReferencePixelX0 = item.ReferencePixelY0 = 0
    item.ReferencePixelPhysicalValueX = item.ReferencePixelPhysicalValueY = 0.0
    return item


def _uid(series: str, what: str) -> str:
    """A unique identifier that follows from its arguments (PS3.5 B.2, from a name-based UUID)."""
    return f"2.25.{uuid.uuid5(_NAMESPACE, f'{series}/{what}').int}"
