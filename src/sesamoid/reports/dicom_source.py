"""The DICOM instances that a result is about, as SR and SEG must reference them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sesamoid.errors import OutputError
from sesamoid.findings import Region, Result

_IDENTIFIERS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")

_TYPE_2 = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)
"""Patient and Study attributes that must be there but may be empty (PS3.3 C.7.1.1, C.7.2.1)."""


@dataclass(frozen=True)
class SourceInstances:
    """Headers of the referenced instances, and which of them holds which frame.

    Parameters
    ----------
    headers : tuple of Dataset
        Without pixels, in the order of first use.
    places : dict
        Frame of the result's image to (index in `headers`, frame number from 1 or None where
        the instance has one frame).
    """

    headers: tuple[Dataset, ...]
    places: dict[int, tuple[int, int | None]]

    def of(self, frame: int) -> tuple[Dataset, int | None]:
        """The header that holds a frame of the image, and its frame number where it has several."""
        index, number = self.places[frame]
        return self.headers[index], number


def frames_of(result: Result) -> tuple[int, ...]:
    """The frames that the findings are about, in order."""
    found = {result.grade.frame}
    for findings in (result.regions, result.lines, result.landmarks, result.measurements):
        found.update(item.frame for item in findings)
    return tuple(sorted(found))


def is_referenceable(result: Result) -> bool:
    """True where the image came from DICOM files that carry the identifiers a reference needs."""
    files = result.image.provenance.source_files
    if not files or not result.image.provenance.instance_uids:
        return False
    header = _read(files[0])
    return all(header.get(keyword) for keyword in _IDENTIFIERS)


def source_instances(result: Result, reference: Path | None = None) -> SourceInstances:
    """The instances that the findings of `result` are about.

    Parameters
    ----------
    result : Result
    reference : Path, optional
        A stand-in made by `sesamoid.reports.reference_instance`, whose frames are `frames_of`
        the result in order; None: the DICOM files that the image was read from.

    Raises
    ------
    OutputError
        Where there is nothing to reference, or the frames cannot be told.
    """
    frames = frames_of(result)
    if reference is not None:
        header = _prepared(_read(reference))
        several = len(frames) > 1
        return SourceInstances(
            (header,), {f: (0, i + 1 if several else None) for i, f in enumerate(frames)}
        )
    image = result.image
    files = image.provenance.source_files
    if not is_referenceable(result):
        raise OutputError(
            "SR and SEG have nothing to refer to: the image is no DICOM instance with UIDs",
            path=image.provenance.path,
            fix="give the original DICOM file, or write a reference instance.",
        )
    if len(files) == 1:
        header = _prepared(_read(files[0]))
        count = int(header.get("NumberOfFrames") or 1)
        if count > 1 and image.axes == "slices":
            raise OutputError(
                "SR and SEG of an enhanced multi-frame volume are not supported: its slices are "
                "sorted, and the frame of a slice is not recorded",
                path=files[0],
                fix="leave out the formats sr and seg for this file.",
            )
        return SourceInstances((header,), {f: (0, f + 1 if count > 1 else None) for f in frames})
    if len(files) != image.frames:
        raise OutputError(
            f"{len(files)} DICOM files for {image.frames} frames: which holds which is not known",
            path=image.provenance.path,
        )
    headers = tuple(_prepared(_read(files[f])) for f in frames)
    return SourceInstances(headers, {f: (i, None) for i, f in enumerate(frames)})


def file_mask(result: Result, region: Region, header: Dataset) -> NDArray[np.bool_]:
    """A region's mask in the pixels of the referenced instance.

    Raises
    ------
    OutputError
        Where the mask does not have the size of the instance.
    """
    size = (int(header.Rows), int(header.Columns))
    mask: NDArray[np.bool_] = region.mask
    crop = result.image.crop
    if mask.shape != size and crop is not None and mask.shape == (crop.height, crop.width):
        mask = crop.paste(mask, size).astype(np.bool_)
    if mask.shape != size:
        raise OutputError(
            f"region {region.identifier!r} has a mask of {mask.shape[0]} x {mask.shape[1]} and "
            f"the DICOM instance {size[0]} x {size[1]} pixels",
            path=result.image.provenance.path,
        )
    return mask


def drawn_regions(result: Result) -> tuple[Region, ...]:
    """Regions that have pixels; SR and SEG have no place for an empty one."""
    return tuple(region for region in result.regions if region.pixels)


def offset(result: Result, header: Dataset) -> tuple[int, int]:
    """(row, column) of the image's first pixel in the referenced instance."""
    crop = result.image.crop
    if crop is None or result.image.size == (int(header.Rows), int(header.Columns)):
        return 0, 0
    return crop.top, crop.left


def series_uids(headers: Sequence[Dataset]) -> set[str]:
    """Series that the headers belong to."""
    return {str(header.SeriesInstanceUID) for header in headers}


def _read(path: Path) -> Dataset:
    return pydicom.dcmread(path, force=True, stop_before_pixels=True)


def _prepared(header: Dataset) -> Dataset:
    """A header to copy from: required attributes present, texts as Unicode."""
    header.decode()
    header.SpecificCharacterSet = "ISO_IR 192"
    for keyword in _TYPE_2:
        if keyword not in header:
            setattr(header, keyword, "")
        elif "Name" in keyword:
            setattr(header, keyword, str(header[keyword].value or ""))
        elif keyword in ("StudyDate", "StudyTime"):
            # ACR-NEMA wrote 1994.04.04 and 14:04:38 (PS3.5 table 6.2-1, notes on DA and TM).
            old = "." if keyword == "StudyDate" else ":"
            setattr(header, keyword, str(header[keyword].value or "").replace(old, ""))
    if "Modality" not in header:
        header.Modality = "OT"
    return header
