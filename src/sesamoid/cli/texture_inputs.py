"""Images and their masks, as the texture commands take them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesamoid.cli.console import errors, plain, track
from sesamoid.errors import SesamoidError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASK_SUFFIXES = (".png", ".bmp", ".tif", ".tiff", ".nii", ".nii.gz")


@dataclass(frozen=True)
class TextureInput:
    """One frame and the region in it.

    Parameters
    ----------
    path : Path
    number : int
        From 0, of the images in the file.
    frame : int
    grey : ndarray of uint8, shape (rows, columns)
    region : ndarray of bool, shape (rows, columns)
    mask : Path or None
    """

    path: Path
    number: int
    frame: int
    grey: NDArray[np.uint8]
    region: NDArray[np.bool_]
    mask: Path | None

    @property
    def place(self) -> dict[str, Any]:
        """For a table: which image, frame and mask, and how many pixels."""
        return {
            "image": str(self.path),
            "number": self.number,
            "frame": self.frame,
            "mask": "" if self.mask is None else str(self.mask),
            "pixels": int(self.region.sum()),
        }


def texture_inputs(
    paths: Sequence[str],
    mask: Path | None,
    failed: list[dict[str, str]],
    *,
    frame: int,
    quiet: bool,
) -> Iterator[TextureInput]:
    """The frames that `paths` name, under a progress bar; what fails is said and added to `failed`.

    Raises
    ------
    SesamoidError
        Nothing is found, or one mask is given for several images.
    """
    from sesamoid.imaging import find_inputs, read_each
    from sesamoid.learning.texture_region import eight_bit, texture_region

    files = [path for path in find_inputs(paths) if mask is None or not _lies_in(path, mask)]
    if not files:
        raise SesamoidError("every image given is a mask", fix="name the images too.")
    if mask is not None and not mask.exists():
        raise SesamoidError("there is no such mask", path=mask, fix="check the spelling.")
    if mask is not None and mask.is_file() and len(files) > 1:
        raise SesamoidError(
            f"one mask for {len(files)} images",
            path=mask,
            fix="give a folder of masks named as the images are.",
        )
    for path in track(files, total=len(files), what="texture", quiet=quiet):
        try:
            own = _mask_of(path, mask)
            for number, image in enumerate(read_each(path)):
                if isinstance(image, SesamoidError):
                    raise image
                if frame >= image.frames:
                    raise SesamoidError(
                        f"there is no frame {frame}: it has {image.frames}, from 0",
                        path=path,
                        fix="choose another --frame.",
                    )
                if image.frames > 1:
                    _note(f"{path}: frame {frame} of {image.frames} is taken.")
                grey = eight_bit(image.grey(frame), path=path)
                region = texture_region(grey, own, image=path)
                yield TextureInput(path, number, frame, grey, region, own)
        except SesamoidError as error:
            fail(failed, path, error)


def fail(failed: list[dict[str, str]], path: Path, error: SesamoidError) -> None:
    """Say in one line what failed, and keep it."""
    failed.append({"path": str(path), "error": error.sentence})
    line = error if error.path else f"{path}: {error}"
    errors.print(f"[bold red]failed[/]: {plain(line)}", soft_wrap=True, highlight=False)


def write_table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """`rows` as CSV with the columns of the first; whole or not at all."""
    from sesamoid.imaging import atomic_path

    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _note(text: str) -> None:
    errors.print(f"[yellow]note[/]: {plain(text)}", soft_wrap=True, highlight=False)


def _lies_in(path: Path, mask: Path) -> bool:
    return path.resolve() == mask.resolve() or path.resolve().parent == mask.resolve()


def _mask_of(path: Path, mask: Path | None) -> Path | None:
    """The mask of an image: the one given, or that of the same name in a folder."""
    if mask is None or mask.is_file():
        return mask
    name = path.name.removesuffix(".gz")
    stem = name[: -len(Path(name).suffix)] if Path(name).suffix else name
    for candidate in (stem, stem.removesuffix("_0000")):
        for suffix in MASK_SUFFIXES:
            found = mask / f"{candidate}{suffix}"
            if found.is_file():
                return found
    raise SesamoidError(
        f"there is no mask {stem}.png in {mask}",
        path=path,
        fix="name masks as their images, or leave --mask out.",
    )
