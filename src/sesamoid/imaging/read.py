"""Reading any supported file or folder, by its content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from sesamoid.errors import SesamoidError, UnreadableImage
from sesamoid.imaging.detect import Format, detect_format
from sesamoid.imaging.dicom import read_dicom, read_series
from sesamoid.imaging.image import Image, Provenance
from sesamoid.imaging.inputs import find_inputs, is_input, series_files
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.nifti import read_nifti
from sesamoid.imaging.quiet import quiet
from sesamoid.imaging.stills import read_still
from sesamoid.imaging.tiff import read_tiff
from sesamoid.imaging.video import read_video


def read_image(path: Path | str) -> Image:
    """One image, cine or volume from a file, or from the folder of one CT or MR series.

    The format is told from the content, never from the name.

    Parameters
    ----------
    path : Path or str
        DICOM, PNG, JPEG, TIFF, BMP, NIfTI or video file; or a series folder.

    Returns
    -------
    Image

    Raises
    ------
    UnreadableImage
        Where it cannot be read, or holds more than one image; use `read_images` then.

    Examples
    --------
    >>> image = read_image("cine.dcm")  # doctest: +SKIP
    >>> image  # doctest: +SKIP
    Image(US, frames 30 x 480 x 640 uint8, spacing 0.05 x 0.05 mm, 8.8 MiB, DICOM 'cine.dcm')
    """
    path = Path(path)
    images = read_images(path)
    if len(images) != 1:
        what = "separate images" if path.is_dir() else "stacks of slices"
        raise UnreadableImage(
            f"it holds {len(images)} {what}, where one is expected",
            path=path,
            fix="give one of them, or read them all with read_images.",
        )
    return images[0]


def read_images(path: Path | str) -> list[Image]:
    """Every image of a file or folder.

    In a folder, the CT or MR slices become one volume each series and stack, and every other
    file is an image of its own. Sub-folders are read too, except those of a folder that holds
    a series itself: those are inputs of their own, see `find_inputs`. Stills that are the frames
    of one cine are read by `read_frames`.

    Parameters
    ----------
    path : Path or str

    Raises
    ------
    UnreadableImage
        Where one of the files cannot be read; nothing is passed over.
    SesamoidError
        Where there is no such path, or the folder holds no image.
    """
    images = []
    for item in read_each(path):
        if isinstance(item, SesamoidError):
            raise item
        images.append(item)
    return images


def read_each(path: Path | str) -> Iterator[Image | SesamoidError]:
    """As `read_images`, but what cannot be read is given as its error, and the rest is read.

    Parameters
    ----------
    path : Path or str

    Raises
    ------
    SesamoidError
        Where there is no such path, or the folder holds no image.
    """
    path = Path(path)
    for item in find_inputs([path]) if path.is_dir() else [path]:
        yield from _read_folder(item) if item.is_dir() else _tried(item)


def _read_folder(folder: Path) -> Iterator[Image | SesamoidError]:
    """A folder that itself holds slices of a series."""
    with quiet():
        files = sorted(
            item for item in folder.iterdir() if not item.name.startswith(".") and is_input(item)
        )
        slices = series_files(files)
        try:
            volumes = list(read_series(slices, folder))
        except SesamoidError as error:
            volumes = [error]
    yield from volumes
    for file in files:
        if file not in slices:
            yield from _tried(file)


def _tried(path: Path) -> list[Image | SesamoidError]:
    try:
        return [*_read_file(path)]
    except SesamoidError as error:
        return [error]


@quiet()
def _read_file(path: Path) -> list[Image]:
    kind = detect_format(path)
    if kind is Format.DICOM:
        return read_dicom(path)
    if kind is Format.TIFF:
        return [read_tiff(path)]
    if kind is Format.NIFTI:
        return [read_nifti(path)]
    if kind is Format.VIDEO:
        return [read_video(path)]
    return [read_still(path, kind)]


def read_frames(folder: Path | str, fps: float | None = None) -> Image:
    """A folder of stills of equal size as one cine, in natural order of the names (2 before 10).

    Parameters
    ----------
    folder : Path or str
        With PNG, JPEG, BMP or single-page TIFF or DICOM files directly in it.
    fps : float, optional
        Frames a second; None: the times are not known.

    Raises
    ------
    UnreadableImage
        Where the stills differ in size or depth, or a file holds more than one frame.
    SesamoidError
        Where `fps` is not positive, or the folder does not exist or holds no image.
    """
    folder = Path(folder)
    if fps is not None and not (np.isfinite(fps) and fps > 0):
        raise SesamoidError(f"{fps} frames a second", fix="give a positive number of frames/s.")
    if not folder.is_dir():
        raise SesamoidError("there is no such folder", path=folder, fix="check the spelling.")
    files = sorted(
        (item for item in folder.iterdir() if not item.name.startswith(".") and is_input(item)),
        key=_natural,
    )
    if not files:
        raise SesamoidError("no image is in the folder", path=folder, fix="give another one.")
    stills: list[Image] = []
    size = 0
    for file in files:
        still = read_image(file)
        _check_frame(still, stills, file)
        size += still.pixels.nbytes
        check_memory(2 * size, folder)
        stills.append(still)
    first = stills[0]
    coloured = any(still.is_colour for still in stills)
    planes = [
        np.repeat(still.pixels[..., None], 3, axis=-1)
        if coloured and not still.is_colour
        else still.pixels
        for still in stills
    ]
    notes = dict.fromkeys(note for still in stills for note in still.provenance.notes)
    same_spacing = all(still.spacing_mm == first.spacing_mm for still in stills)
    return replace(
        first,
        pixels=np.concatenate(planes),
        spacing_mm=first.spacing_mm if same_spacing else None,
        regions=first.regions if all(s.regions == first.regions for s in stills) else (),
        frame_times_s=np.arange(len(stills)) / fps if fps is not None and len(stills) > 1 else None,
        provenance=Provenance(
            path=folder,
            format=f"{first.provenance.format} frames",
            photometric=first.provenance.photometric,
            instance_uids=tuple(u for s in stills for u in s.provenance.instance_uids),
            source_files=tuple(f for s in stills for f in s.provenance.source_files),
            notes=(*notes, f"{len(stills)} stills read as the frames of one cine"),
        ),
    )


def _check_frame(still: Image, before: list[Image], file: Path) -> None:
    if still.axes != "frames" or still.frames != 1:
        raise UnreadableImage(
            f"it holds {still.frames} {still.axes}, where a single picture is expected",
            path=file,
            fix="read it by itself with read_image.",
        )
    if before and still.size != before[0].size:
        raise UnreadableImage(
            f"it is {still.size[0]} x {still.size[1]} pixels, the first frame "
            f"{before[0].size[0]} x {before[0].size[1]}",
            path=file,
            fix="keep only frames of one cine in the folder.",
        )
    if before and still.pixels.dtype != before[0].pixels.dtype:
        raise UnreadableImage(
            f"its pixels are {still.pixels.dtype}, those of the first frame "
            f"{before[0].pixels.dtype}",
            path=file,
            fix="keep only frames of one cine in the folder.",
        )


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key in which digits count as numbers."""
    parts = re.split(r"(\d+)", path.name)
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
