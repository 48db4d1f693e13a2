"""A DICOM stand-in for an image that came as PNG, TIFF or video, for SR and SEG to refer to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
from highdicom import UID
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    ExplicitVRLittleEndian,
    MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    MultiFrameTrueColorSecondaryCaptureImageStorage,
    SecondaryCaptureImageStorage,
)

from sesamoid import __version__
from sesamoid.findings import Result
from sesamoid.imaging import Modality, atomic_path
from sesamoid.reports.canvas import display_frame
from sesamoid.reports.dicom_codes import DISCLAIMER, MANUFACTURER, short
from sesamoid.reports.dicom_source import frames_of
from sesamoid.reports.exam_context import StudyIdentity

SERIES_NUMBER = 1
_PAGE_NUMBER_VECTOR = 0x00182001


def reference_instance(
    result: Result,
    folder: Path | str,
    *,
    name: str = "source.dcm",
    study: StudyIdentity | None = None,
) -> Path:
    """Wrap the analysed frames as a DICOM Secondary Capture.

    The patient and the study are dummies that identify nobody and say so; the name of the input
    file is left out, since it may name a person. Frames are `frames_of` the result, in order,
    8-bit grey or RGB as they are; other pixel types are windowed for display.

    Parameters
    ----------
    result : Result
    folder : Path or str
        Where to write.
    name : str
        File name.
    study : StudyIdentity, optional
        In place of dummies.

    Returns
    -------
    Path
        The file written, whole or not at all.

    Raises
    ------
    OutputError
        Where it cannot be written.

    Notes
    -----
    PS3.3 A.8.1, A.8.3 and A.8.5 (Secondary Capture, multi-frame grayscale byte and true colour).
    """
    dataset = secondary_capture(result, study)
    target = Path(folder) / name
    with atomic_path(target) as temporary:
        dataset.save_as(temporary, enforce_file_format=True)
    return target


def secondary_capture(result: Result, study: StudyIdentity | None = None) -> Dataset:
    """The data set that `reference_instance` writes."""
    frames = np.stack([display_frame(result.image, f) for f in frames_of(result)])
    grey = bool(
        np.array_equal(frames[..., 0], frames[..., 1])
        and np.array_equal(frames[..., 0], frames[..., 2])
    )
    pixels = np.ascontiguousarray(frames[..., 0] if grey else frames)
    digest = result.image.provenance.sha256 or ""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    _identity(ds, digest)
    if study is not None:
        _identify(ds, study)
    _equipment(ds, result, digest)
    _pixels(ds, pixels, grey=grey)
    if result.image.spacing_mm is not None:
        ds.PixelSpacing = [f"{s:.10g}"[:16] for s in result.image.spacing_mm[-2:]]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    return ds


def _identity(ds: Dataset, digest: str) -> None:
    now = datetime.now().astimezone()
    ds.PatientName = "NO PATIENT DATA^SESAMOID"
    ds.PatientID = f"SESAMOID-{digest[:12]}" if digest else "SESAMOID"
    ds.PatientBirthDate = ds.PatientSex = ""
    ds.PatientComments = "Made from a file that is not DICOM: patient and study are dummies."
    ds.StudyDate, ds.StudyTime = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    ds.StudyID, ds.AccessionNumber, ds.ReferringPhysicianName = "1", "", ""
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SOPInstanceUID = UID(), UID(), UID()
    ds.SeriesNumber, ds.InstanceNumber = SERIES_NUMBER, 1
    ds.InstanceCreationDate = now.strftime("%Y%m%d")
    ds.InstanceCreationTime = now.strftime("%H%M%S")
    ds.PatientOrientation = ds.Laterality = ""  # type 2C: not known


def _identify(ds: Dataset, study: StudyIdentity) -> None:
    ds.PatientID = short(study.patient)
    ds.PatientName = f"{short(study.patient, 60)}^"  # one component, and meant so
    ds.PatientComments = "A pseudonym."
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study.study_uid, study.series_uid
    ds.SOPInstanceUID, ds.InstanceNumber = study.instance_uid, study.number
    ds.Laterality = {"left": "L", "right": "R"}.get(study.side, "")


def _equipment(ds: Dataset, result: Result, digest: str) -> None:
    modality = result.image.modality
    ds.Modality = "US" if modality is Modality.ULTRASOUND else "OT"
    ds.ConversionType = "WSD"
    ds.Manufacturer = MANUFACTURER
    ds.ManufacturerModelName = short(f"Sesamoid {result.application}")
    ds.SoftwareVersions = __version__
    ds.SeriesDescription = short(f"Reference image. {DISCLAIMER}")
    ds.SecondaryCaptureDeviceManufacturer = MANUFACTURER
    ds.SecondaryCaptureDeviceSoftwareVersions = __version__
    ds.ImageType = ["DERIVED", "SECONDARY"]
    origin = f"from a {result.image.provenance.format} file"
    ds.DerivationDescription = f"Wrapped as DICOM {origin}, SHA-256 {digest or 'not known'}"
    ds.ImageComments = f"{DISCLAIMER}. Frames counted from 0 in the file: " + ", ".join(
        str(f) for f in frames_of(result)
    )


def _pixels(ds: Dataset, pixels: NDArray[np.uint8], *, grey: bool) -> None:
    ds.BurnedInAnnotation = "YES"  # not known, so the careful answer
    several = len(pixels) > 1
    if several:
        ds.SOPClassUID = (
            MultiFrameGrayscaleByteSecondaryCaptureImageStorage
            if grey
            else MultiFrameTrueColorSecondaryCaptureImageStorage
        )
        ds.NumberOfFrames = len(pixels)
        ds.FrameIncrementPointer = _PAGE_NUMBER_VECTOR
        ds.PageNumberVector = list(range(1, len(pixels) + 1))
        if grey:
            ds.PresentationLUTShape = "IDENTITY"
            ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    else:
        ds.SOPClassUID = SecondaryCaptureImageStorage
    ds.Rows, ds.Columns = pixels.shape[1:3]
    ds.SamplesPerPixel = 1 if grey else 3
    ds.PhotometricInterpretation = "MONOCHROME2" if grey else "RGB"
    if not grey:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    data = pixels.tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OB"
