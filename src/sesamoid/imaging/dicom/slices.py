"""One slice of a CT or MR volume: where it lies and what keeps it apart from other stacks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from sesamoid.imaging.dicom.header import floats, functional_group, number_of_frames, positive_pair

VOLUME_MODALITIES = frozenset({"CT", "MR"})

SPLIT_KEYWORDS = (
    "EchoNumbers",
    "EchoTime",
    "TemporalPositionIdentifier",
    "DiffusionBValue",
    "ImageType",
    "AcquisitionNumber",
)
"""What may set apart two slices of a series at the same place, tried in this order."""

HEADER_KEYWORDS = [
    "SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality",
    "Rows", "Columns", "NumberOfFrames", "InstanceNumber", "ImageType", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "SpacingBetweenSlices",
    "RescaleSlope", "RescaleIntercept", "PerFrameFunctionalGroupsSequence",
    "SharedFunctionalGroupsSequence", *SPLIT_KEYWORDS,
]  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """One slice, in one file or one frame of an enhanced file.

    Parameters
    ----------
    path : Path
        Its file.
    frame : int
        Its frame in the file, from 0.
    uid, series : str
        SOP Instance UID and Series Instance UID.
    size : tuple of int
        (rows, columns).
    position : ndarray of shape (3,), optional
        Centre of its first pixel, LPS, mm.
    along_row, along_column : ndarray of shape (3,), optional
        Unit vectors in which the column index and the row index grow, LPS.
    spacing : tuple of float, optional
        (row, column), mm.
    thickness : float, optional
        Nominal distance to the next slice, or its thickness, mm.
    slope, intercept : float
        Rescale to Hounsfield units.
    number : int
        Instance number or frame number, for messages.
    splits : tuple of str
        Values of `SPLIT_KEYWORDS`.
    """

    path: Path
    frame: int
    uid: str
    series: str
    size: tuple[int, int]
    position: NDArray[np.float64] | None
    along_row: NDArray[np.float64] | None
    along_column: NDArray[np.float64] | None
    spacing: tuple[float, float] | None
    thickness: float | None
    slope: float
    intercept: float
    number: int
    splits: tuple[str, ...]

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit normal of the slice plane, LPS; zeros where the orientation is not given."""
        if self.along_row is None or self.along_column is None:
            return np.zeros(3)
        return np.cross(self.along_row, self.along_column)

    @property
    def stack(self) -> tuple[Any, ...]:
        """What slices of one stack share, beside their direction."""
        spacing = tuple(round(s, 4) for s in self.spacing) if self.spacing else ()
        localizer = "LOCALIZER" in self.splits[SPLIT_KEYWORDS.index("ImageType")].upper()
        return self.series, self.size, spacing, localizer


VOLUME_KEYWORDS = [
    *("Modality", "Rows", "SOPClassUID", "SamplesPerPixel", "NumberOfFrames"),
    "PerFrameFunctionalGroupsSequence",
]
"""What `is_volume_file` looks at."""


def is_volume_file(header: Dataset) -> bool:
    """True where the header is of CT or MR slices: no screenshot, no cine, no colours."""
    if str(header.get("Modality") or "") not in VOLUME_MODALITIES or not header.get("Rows"):
        return False
    if "Secondary Capture" in UID(str(header.get("SOPClassUID") or "")).name:
        return False
    several = str(header.get("NumberOfFrames") or "1").strip() not in ("0", "1")
    if several and "PerFrameFunctionalGroupsSequence" not in header:
        return False
    return int(header.get("SamplesPerPixel") or 1) == 1


def slices_of(header: Dataset, path: Path) -> list[Slice]:
    """The slices that one CT or MR file holds."""
    frames = number_of_frames(header, path)
    return [_slice(header, path, frame) for frame in range(frames)]


def _slice(header: Dataset, path: Path, frame: int) -> Slice:
    position = _value(header, frame, "PlanePositionSequence", "ImagePositionPatient")
    orientation = _value(header, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    directions = _unit_vectors(floats(orientation))
    thickness = floats(_value(header, frame, "PixelMeasuresSequence", "SpacingBetweenSlices"))
    if thickness is None or thickness[0] == 0:
        thickness = floats(_value(header, frame, "PixelMeasuresSequence", "SliceThickness"))
    slope = floats(_value(header, frame, "PixelValueTransformationSequence", "RescaleSlope"))
    shift = floats(_value(header, frame, "PixelValueTransformationSequence", "RescaleIntercept"))
    where = floats(position)
    return Slice(
        path=path,
        frame=frame,
        uid=str(header.get("SOPInstanceUID") or ""),
        series=str(header.get("SeriesInstanceUID") or ""),
        size=(int(header.Rows), int(header.Columns)),
        position=np.array(where) if where is not None and len(where) == 3 else None,
        along_row=directions[0] if directions else None,
        along_column=directions[1] if directions else None,
        spacing=positive_pair(_value(header, frame, "PixelMeasuresSequence", "PixelSpacing")),
        thickness=abs(thickness[0]) if thickness is not None and thickness[0] != 0 else None,
        slope=slope[0] if slope is not None else 1.0,
        intercept=shift[0] if shift is not None else 0.0,
        number=_number(header, frame),
        splits=tuple(_split(header, frame, keyword) for keyword in SPLIT_KEYWORDS),
    )


def _value(header: Dataset, frame: int, group: str, keyword: str) -> Any:
    item = functional_group(header, frame, group)
    if item is not None and keyword in item:
        return item.get(keyword)
    return header.get(keyword)


def _unit_vectors(
    values: tuple[float, ...] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    if values is None or len(values) != 6:
        return None
    row, column = np.array(values[:3]), np.array(values[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if min(lengths) < 1e-6:
        return None
    return row / lengths[0], column / lengths[1]


def _number(header: Dataset, frame: int) -> int:
    if "PerFrameFunctionalGroupsSequence" in header:
        return frame + 1
    try:
        return int(header.get("InstanceNumber") or frame + 1)
    except (TypeError, ValueError):
        return frame + 1


_SPLIT_GROUPS = {
    "EchoTime": ("MREchoSequence", "EffectiveEchoTime"),
    "TemporalPositionIdentifier": ("FrameContentSequence", "TemporalPositionIndex"),
    "DiffusionBValue": ("MRDiffusionSequence", "DiffusionBValue"),
    "ImageType": ("MRImageFrameTypeSequence", "FrameType"),
}


def _split(header: Dataset, frame: int, keyword: str) -> str:
    if keyword in _SPLIT_GROUPS and "PerFrameFunctionalGroupsSequence" in header:
        group, inner = _SPLIT_GROUPS[keyword]
        item = functional_group(header, frame, group)
        if item is not None and inner in item:
            return str(item.get(inner))
    return str(header.get(keyword) or "")
