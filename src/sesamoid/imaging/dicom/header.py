"""Opening a DICOM file, and saying plainly what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID, ImplicitVRLittleEndian

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.quiet import reading

PIXEL_KEYWORDS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")

HEADER_FIX = "copy or export it again; the file is damaged or cut off."
"""What to do about a damaged DICOM file."""


def open_header(path: Path, *, tags: list[str] | None = None) -> Dataset:
    """The header of a DICOM file, without its pixels.

    Parameters
    ----------
    path : Path
        The file.
    tags : list of str, optional
        Keywords to read; None: all.

    Raises
    ------
    UnreadableImage
        Where it does not parse.
    """
    with reading(path, "the DICOM header is damaged", fix=HEADER_FIX):
        return pydicom.dcmread(path, force=True, stop_before_pixels=True, specific_tags=tags)


def open_dataset(path: Path) -> Dataset:
    """The whole of a DICOM image file, parsed and with pixels present.

    Raises
    ------
    UnreadableImage
        Where it does not parse, is cut off, or holds no pixels (a report, a presentation state).
    """
    with reading(path, "the DICOM file is damaged", fix=HEADER_FIX):
        dataset = pydicom.dcmread(path, force=True)
        # pydicom parses lazily; a value that cannot be decoded must fail here, with the file named.
        for element in dataset:
            element.value  # noqa: B018
        keywords = [k for k in PIXEL_KEYWORDS if k in dataset]
    if not keywords:
        raise _no_pixels(dataset, path)
    for keyword in ("Rows", "Columns", "BitsAllocated", "PhotometricInterpretation"):
        if dataset.get(keyword) in (None, "", 0):
            raise UnreadableImage(
                f"the DICOM attribute {keyword} is missing", path=path, fix=HEADER_FIX
            )
    return dataset


def _no_pixels(dataset: Dataset, path: Path) -> UnreadableImage:
    if "Rows" in dataset:
        return UnreadableImage(
            "the DICOM file ends before its pixels: it is cut off", path=path, fix=HEADER_FIX
        )
    sop_class = dataset.get("SOPClassUID")
    if not sop_class:
        media = getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID")
        if media:
            sop_class = media
    if not sop_class or (len(dataset) < 5 and "Modality" not in dataset):
        return UnreadableImage(
            "the DICOM file ends inside its header: it is cut off", path=path, fix=HEADER_FIX
        )
    return UnreadableImage(
        f"the DICOM file holds no pixels: it is {UID(str(sop_class)).name!r}",
        path=path,
        fix="give the image that it belongs to.",
    )


def transfer_syntax(dataset: Dataset) -> UID:
    """The transfer syntax UID of a data set; implicit little endian where none is given (PS3.5)."""
    meta = getattr(dataset, "file_meta", None)
    uid = meta.get("TransferSyntaxUID") if meta is not None else None
    if uid:
        return UID(uid)
    implicit, little = dataset.original_encoding
    if implicit is False and little is not None:
        return UID("1.2.840.10008.1.2.1" if little else "1.2.840.10008.1.2.2")
    return ImplicitVRLittleEndian


def number_of_frames(dataset: Dataset, path: Path) -> int:
    """Number of frames, at least 1.

    Raises
    ------
    UnreadableImage
        Where NumberOfFrames is not a number.
    """
    with reading(path, "NumberOfFrames is not a number", fix=HEADER_FIX):
        value = dataset.get("NumberOfFrames")
        return max(1, int(value)) if value not in (None, "") else 1


def floats(value: Any) -> tuple[float, ...] | None:
    """A DICOM value as floats; None where it is absent, empty or not numeric."""
    if value is None or value == "":
        return None
    items = value if hasattr(value, "__iter__") and not isinstance(value, str) else [value]
    try:
        numbers = tuple(float(item) for item in items)
    except (TypeError, ValueError):
        return None
    return numbers or None


def positive_pair(value: Any) -> tuple[float, float] | None:
    """A (row, column) spacing; None where it is absent or not two positive numbers."""
    numbers = floats(value)
    if numbers is None or len(numbers) != 2 or not min(numbers) > 0:
        return None
    return numbers[0], numbers[1]


def functional_group(dataset: Dataset, frame: int, name: str) -> Dataset | None:
    """The item of a functional group that holds for `frame`: per frame, else shared.

    Source: PS3.3 C.7.6.16 Multi-frame Functional Groups.
    """
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence")
    if per_frame and frame < len(per_frame):
        items = per_frame[frame].get(name)
        if items:
            return cast(Dataset, items[0])
    shared = dataset.get("SharedFunctionalGroupsSequence")
    if shared:
        items = shared[0].get(name)
        if items:
            return cast(Dataset, items[0])
    return None
