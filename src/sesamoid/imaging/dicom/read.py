"""DICOM files and series into images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID, SegmentationStorage

from sesamoid.errors import SesamoidError
from sesamoid.imaging.dicom.attributes import attributes, modality
from sesamoid.imaging.dicom.header import HEADER_FIX, open_dataset, open_header, transfer_syntax
from sesamoid.imaging.dicom.pixels import decode_pixels
from sesamoid.imaging.dicom.slices import (
    HEADER_KEYWORDS,
    VOLUME_KEYWORDS,
    Slice,
    is_volume_file,
    slices_of,
)
from sesamoid.imaging.dicom.still import still_or_cine
from sesamoid.imaging.dicom.volume import group_stacks, stack_geometry, to_hounsfield
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.image import Image, Modality, Provenance
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.quiet import quiet, reading


def read_dicom(path: Path) -> list[Image]:
    """The images that one DICOM file holds: one, or one a stack for an enhanced CT or MR file.

    Raises
    ------
    UnreadableImage
        Where it is damaged, holds no pixels, or its transfer syntax is not supported.
    """
    dataset = open_dataset(path)
    with reading(path, "the DICOM header is damaged", fix=HEADER_FIX):
        if is_volume_file(dataset):
            stacks = group_stacks(slices_of(dataset, path))
            return [_volume(stack, path, {path: dataset}) for stack in stacks]
        return [still_or_cine(dataset, path)]


def read_series(paths: Sequence[Path], folder: Path) -> Iterator[Image | SesamoidError]:
    """The volumes that CT or MR files make up, one a stack, in order of the first file.

    A stack that cannot be read is given as its error, so that the others are still read.

    Parameters
    ----------
    paths : sequence of Path
        Files for which `is_slice` holds.
    folder : Path
        What the user gave, for messages and provenance.

    Yields
    ------
    Image or SesamoidError
        An error where slices are missing, doubled or unevenly spaced.

    Raises
    ------
    UnreadableImage
        Where a file is damaged.
    """
    slices: list[Slice] = []
    for path in paths:
        header = open_header(path, tags=HEADER_KEYWORDS)
        with reading(path, "the DICOM header is damaged", fix=HEADER_FIX):
            slices.extend(slices_of(header, path))
    for stack in group_stacks(slices):
        try:
            yield _volume(stack, folder, {})
        except SesamoidError as error:
            yield error


@quiet()
def is_slice(path: Path) -> bool:
    """True where a DICOM file is a CT or MR image, which a series may be made of.

    Raises
    ------
    UnreadableImage
        Where the header does not parse.
    """
    return is_volume_file(open_header(path, tags=VOLUME_KEYWORDS))


@quiet()
def has_pixels(path: Path) -> bool:
    """False for a DICOM file that says to be something else than an image (SR, SEG, PR, …)."""
    header = open_header(path, tags=["Modality", "Rows", "SOPClassUID"])
    if header.get("SOPClassUID") == SegmentationStorage:
        return False
    if "Rows" in header:
        return True
    media = getattr(header, "file_meta", {}).get("MediaStorageSOPClassUID", "")
    sop_class = str(header.get("SOPClassUID") or media)
    # A file that names an image class and yet gives no rows is damaged: it is an input, and an
    # error when read, rather than passed over.
    return not sop_class or "Image Storage" in UID(sop_class).name


def _volume(stack: Sequence[Slice], path: Path, opened: dict[Path, Dataset]) -> Image:
    spacing, affine, notes = stack_geometry(stack, path)
    first = opened.get(stack[0].path) or open_dataset(stack[0].path)
    opened = {**opened, stack[0].path: first}
    pixels, pixel_notes = _stacked_pixels(stack, path, opened)
    all_notes = [*notes, *pixel_notes]
    kind = modality(first)
    slopes, intercepts = [s.slope for s in stack], [s.intercept for s in stack]
    if kind is Modality.CT:
        pixels = to_hounsfield(pixels, slopes, intercepts)
    elif not (np.allclose(slopes, 1) and np.allclose(intercepts, 0)):
        all_notes.append("values are as stored; the rescale slope is not applied")
    files = tuple(dict.fromkeys(item.path for item in stack))
    single = len(files) == 1
    return Image(
        pixels=pixels,
        provenance=Provenance(
            path=files[0] if single else path,
            format="DICOM",
            transfer_syntax=transfer_syntax(first).name,
            photometric=str(first.PhotometricInterpretation).strip(),
            instance_uids=tuple(dict.fromkeys(item.uid for item in stack if item.uid)),
            source_files=files,
            sha256=sha256_of(files[0]) if single else None,
            notes=tuple(dict.fromkeys(all_notes)),
        ),
        axes="slices",
        modality=kind,
        spacing_mm=spacing,
        affine=affine,
        attributes=attributes(first),
    )


def _stacked_pixels(
    stack: Sequence[Slice], path: Path, opened: dict[Path, Dataset]
) -> tuple[NDArray[np.generic], list[str]]:
    rows, columns = stack[0].size
    check_memory(len(stack) * rows * columns * 2, path)
    decoded: dict[Path, NDArray[np.generic]] = {}
    notes: list[str] = []
    planes: list[NDArray[np.generic]] = []
    for item in stack:
        if item.path not in decoded:
            dataset = opened.get(item.path) or open_dataset(item.path)
            keep = modality(dataset) is Modality.CT
            frames, found = decode_pixels(dataset, item.path, invert_monochrome1=not keep)
            notes.extend(found)
            if len(frames) > 1:
                decoded[item.path] = frames
            planes.append(frames[item.frame])
        else:
            planes.append(decoded[item.path][item.frame])
    return np.stack(planes), notes
