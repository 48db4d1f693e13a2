"""From what a user typed (files, folders, patterns) to a list of inputs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from sesamoid.errors import SesamoidError, UnreadableImage
from sesamoid.imaging.detect import IMAGE_SUFFIXES, Format, sniff_format
from sesamoid.imaging.dicom import has_pixels, is_slice
from sesamoid.imaging.quiet import not_permitted


def find_inputs(paths: Sequence[str | Path], *, leave_out: Path | None = None) -> list[Path]:
    """The inputs that files, folders and patterns stand for, each once, in a stable order.

    A folder is searched with its sub-folders; hidden files are passed over. A folder that itself
    holds slices of a CT or MR series is one input: the folder. Every other image file is an
    input of its own. A file that is no image by its content is passed over in a folder, unless
    its name claims to be one: then it stays, so that reading it says what is wrong. A DICOM
    report or presentation state in a folder is passed over. A file that is named by the user is
    always an input.

    Parameters
    ----------
    paths : sequence of str or Path
        Files, folders, or glob patterns (``*``, ``?``, ``[…]``, ``**``).
    leave_out : Path, optional
        A folder whose files are no inputs unless named, e.g. that of an earlier run's reports.

    Returns
    -------
    list of Path
        In the order given; sorted by name within a folder or pattern.

    Raises
    ------
    SesamoidError
        Where a path does not exist, a pattern matches nothing, or a folder holds no image.
    """
    found: dict[Path, None] = {}
    for given in paths:
        for path in _expanded(given):
            if leave_out is None or path == Path(given) or not _lies_in(path, leave_out):
                found.setdefault(path, None)
    return list(found)


def _lies_in(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())


def _expanded(given: str | Path) -> list[Path]:
    path = Path(given).expanduser()
    if path.is_dir():
        inputs = list(_in_folder(path))
        if not inputs:
            raise SesamoidError(
                "no image was found in the folder or below it",
                path=path,
                fix="give a folder with DICOM, PNG, JPEG, TIFF, BMP, NIfTI or video files.",
            )
        return inputs
    if path.exists():
        return [path]
    if glob.has_magic(str(path)):
        matches = sorted(Path(m) for m in _globbed(str(path)))
        inputs = [item for match in matches for item in _matched(match)]
        if not inputs:
            raise SesamoidError(
                f"nothing matches the pattern {str(given)!r}",
                fix="check it, and put it in quotes if the shell changes it.",
            )
        return inputs
    raise SesamoidError(
        "there is no such file or folder", path=path, fix="check the spelling of the path."
    )


def _globbed(pattern: str) -> list[str]:
    # Path.glob refuses absolute patterns, which users type.
    return glob.glob(pattern, recursive=True)  # noqa: PTH207


def _matched(path: Path) -> list[Path]:
    return list(_in_folder(path)) if path.is_dir() else [path]


def _in_folder(folder: Path) -> Iterator[Path]:
    visited: set[Path] = set()
    for current, names, files in os.walk(folder, onerror=_refuse, followlinks=True):
        here = Path(current)
        if here.resolve() in visited:  # a link that leads back up
            names.clear()
            continue
        visited.add(here.resolve())
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from folder_inputs(here, [here / name for name in sorted(files)])


def folder_inputs(folder: Path, files: Sequence[Path]) -> list[Path]:
    """The inputs among the direct `files` of `folder`: the folder itself where it is a series."""
    images = [path for path in files if not path.name.startswith(".") and is_input(path)]
    if len(series_files(images)) > 1:
        return [folder]
    return images


def series_files(files: Sequence[Path]) -> list[Path]:
    """Those of `files` that are CT or MR slices; a damaged file is none."""
    slices = []
    for path in files:
        try:
            if sniff_format(path) is Format.DICOM and is_slice(path):
                slices.append(path)
        except UnreadableImage:
            continue  # it stays an input of its own, and its error is raised when it is read
    return slices


def is_input(path: Path) -> bool:
    """True where a file found in a folder is an image, or claims to be one."""
    if not path.is_file():
        return False
    claims = path.suffix.lower() in IMAGE_SUFFIXES or path.name.lower().endswith(".nii.gz")
    try:
        found = sniff_format(path)
    except UnreadableImage:
        return claims
    if found is not Format.DICOM:
        return found is not None or claims
    try:
        return has_pixels(path)
    except UnreadableImage:
        return True


def _refuse(error: OSError) -> None:
    if isinstance(error, PermissionError):
        raise not_permitted(Path(error.filename)) from error
    raise UnreadableImage(
        f"it cannot be listed ({error.strerror})",
        path=error.filename,
        fix="check the disk or the network share.",
    ) from error
