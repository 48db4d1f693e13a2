"""Writing ultrasound DICOM objects: for tests, for virtual scanners, for export."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    UltrasoundImageStorage,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from sesamoid import __version__
from sesamoid.errors import OutputError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.dicom.regions import CENTIMETRE, DATA_TYPES, SPATIAL_FORMATS
from sesamoid.imaging.geometry import Crop, UltrasoundRegion
from sesamoid.imaging.quiet import quiet

IMPLEMENTATION_UID = "2.25.203771285421896143325907432116874206111"
"""Implementation Class UID of the files that we write (PS3.7 D.3.3.2), under 2.25 (a UUID)."""


def write_ultrasound_dicom(
    path: Path | str,
    pixels: NDArray[np.uint8],
    *,
    spacing_mm: tuple[float, float] | None = None,
    regions: Sequence[UltrasoundRegion] = (),
    frame_times_s: Sequence[float] | NDArray[np.floating] | None = None,
    patient_id: str = "SYNTHETIC",
    description: str = "synthetic",
    manufacturer: str = "Sesamoid",
) -> Path:
    """A valid Ultrasound (Multi-frame) Image Storage file, Explicit VR Little Endian.

    Parameters
    ----------
    path : Path or str
        File to write; written whole or not at all.
    pixels : ndarray of uint8
        (rows, columns) or (frames, rows, columns) grey, or with a last axis of 3 for RGB. An
        axis of length 3 at the end of a 3-D array is taken as RGB.
    spacing_mm : tuple of float, optional
        (row, column) spacing of the whole picture; becomes one 2-D tissue region.
    regions : sequence of UltrasoundRegion
        Calibrated regions, in place of `spacing_mm`.
    frame_times_s : array_like of shape (frames,), optional
        Time of each frame in seconds; needed by the standard where there are several frames, so
        25 frames a second are written where it is None.
    patient_id, description, manufacturer : str
        Header texts; the defaults say that the image is synthetic.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        Where the arguments do not fit together or the file cannot be written.

    Notes
    -----
    PS3.3 A.6 and A.7 (IODs), C.8.5.5 (regions), C.7.6.5 (cine).
    """
    target = Path(path)
    stack = _as_frames(pixels, target)
    frames, rows, columns = stack.shape[:3]
    multi = frames > 1
    if spacing_mm is not None and regions:
        raise OutputError(
            "both spacing_mm and regions are given", path=target, fix="give one of the two."
        )
    if spacing_mm is not None:
        regions = [UltrasoundRegion(Crop(0, 0, rows, columns), spacing_mm, "2D tissue")]
    dataset = _header(multi, patient_id, description, manufacturer)
    if regions:
        dataset.SequenceOfUltrasoundRegions = [_region_item(r, target) for r in regions]
    if multi:
        _add_timing(dataset, frames, frame_times_s, target)
    _add_pixels(dataset, stack)
    with atomic_path(target) as temporary, quiet():
        dataset.save_as(temporary, enforce_file_format=True)
    return target


def _as_frames(pixels: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    """(frames, rows, columns[, 3])."""
    array = np.asarray(pixels)
    if array.dtype != np.uint8:
        raise OutputError(
            f"pixels are {array.dtype}, ultrasound is written as uint8",
            path=path,
            fix="scale them to 0..255 first.",
        )
    if array.ndim == 2 or (array.ndim == 3 and array.shape[-1] == 3):
        array = array[None]
    if array.ndim not in (3, 4) or (array.ndim == 4 and array.shape[-1] != 3) or not array.size:
        raise OutputError(
            f"pixels of shape {array.shape} are no picture",
            path=path,
            fix="give (rows, columns), (frames, rows, columns), or these with 3 channels.",
        )
    return array


def _header(multi: bool, patient_id: str, description: str, manufacturer: str) -> Dataset:
    now = datetime.datetime.now()
    date, time = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    sop_class = UltrasoundMultiFrameImageStorage if multi else UltrasoundImageStorage
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = generate_uid(prefix=None)
    dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.ImplementationClassUID = IMPLEMENTATION_UID
    dataset.file_meta.ImplementationVersionName = f"SESAMOID_{__version__}"[:16]
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.StudyInstanceUID = generate_uid(prefix=None)
    dataset.SeriesInstanceUID = generate_uid(prefix=None)
    dataset.StudyDate = dataset.ContentDate = date
    dataset.StudyTime = dataset.ContentTime = time
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.StudyID = "1"
    dataset.Modality = "US"
    dataset.Manufacturer = manufacturer
    dataset.ManufacturerModelName = "Sesamoid"
    dataset.SoftwareVersions = __version__
    dataset.StudyDescription = dataset.SeriesDescription = description
    dataset.PatientName = f"{patient_id}^"
    dataset.PatientID = patient_id
    dataset.PatientBirthDate = dataset.PatientSex = dataset.PatientOrientation = ""
    dataset.Laterality = ""
    dataset.SeriesNumber = dataset.InstanceNumber = 1
    dataset.BurnedInAnnotation = "NO"
    dataset.LossyImageCompression = "00"
    return dataset


def _region_item(region: UltrasoundRegion, path: Path) -> Dataset:
    spatial, data = _codes(region.kind, path)
    b = region.bounds
    item = Dataset()
    item.RegionSpatialFormat = spatial
    item.RegionDataType = data
    item.RegionFlags = int(region.priority)
    item.RegionLocationMinX0, item.RegionLocationMinY0 = b.left, b.top
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = b.right - 1, b.bottom - 1
    calibrated = region.spacing_mm is not None
    unit = CENTIMETRE if calibrated else 0
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = unit
    row, column = region.spacing_mm or (0.0, 0.0)
    item.PhysicalDeltaX, item.PhysicalDeltaY = column / 10.0, row / 10.0
    return item


def _codes(kind: str, path: Path) -> tuple[int, int]:
    """(Region Spatial Format, Region Data Type) of a kind, as `ultrasound_regions` names them."""
    for spatial, name in SPATIAL_FORMATS.items():
        if kind == name:
            return spatial, 0
        if kind.startswith(f"{name} "):
            for data, text in DATA_TYPES.items():
                if kind == f"{name} {text}":
                    return spatial, data
    raise OutputError(
        f"{kind!r} is no kind of ultrasound region", path=path, fix="use e.g. '2D tissue'."
    )


def _add_timing(
    dataset: Dataset,
    frames: int,
    times_s: Sequence[float] | NDArray[np.floating] | None,
    path: Path,
) -> None:
    times = np.arange(frames) / 25.0 if times_s is None else np.asarray(times_s, dtype=float)
    steps = np.diff(times)
    if times.shape != (frames,) or np.any(steps < 0) or not np.all(np.isfinite(times)):
        raise OutputError(
            f"frame times of shape {times.shape} for {frames} frames, or not increasing",
            path=path,
            fix="give one time a frame, in seconds, from the first to the last.",
        )
    dataset.NumberOfFrames = frames
    if np.ptp(steps) < 1e-6 and steps.mean() > 0:
        dataset.FrameTime = f"{steps.mean() * 1000:.10g}"
        dataset.FrameIncrementPointer = 0x00181063
    else:
        dataset.FrameTimeVector = ["0", *(f"{step * 1000:.10g}" for step in steps)]
        dataset.FrameIncrementPointer = 0x00181065


def _add_pixels(dataset: Dataset, stack: NDArray[np.uint8]) -> None:
    coloured = stack.ndim == 4
    dataset.SamplesPerPixel = 3 if coloured else 1
    dataset.PhotometricInterpretation = "RGB" if coloured else "MONOCHROME2"
    if coloured:
        dataset.PlanarConfiguration = 0
    dataset.UltrasoundColorDataPresent = int(coloured)
    dataset.Rows, dataset.Columns = stack.shape[1:3]
    dataset.BitsAllocated = dataset.BitsStored = 8
    dataset.HighBit = 7
    dataset.PixelRepresentation = 0
    data = np.ascontiguousarray(stack).tobytes()
    dataset.PixelData = data + b"\0" * (len(data) % 2)
    dataset["PixelData"].VR = "OW" if not coloured and len(data) % 2 == 0 else "OB"
