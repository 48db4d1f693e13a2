"""The two muscle data sets as one: which image has which labels, and which show the same scan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging import find_scan_area
from sesamoid.imaging.masks import read_mask
from sesamoid.imaging.raw_dataset import Case, RawDataset
from sesamoid.imaging.read import read_image
from sesamoid.learning.oriented_data import PartlyLabelled

STRUCTURES = ("aponeurosis", "fascicle")
SAME_IMAGE_GREY = 2.0
"""Mean difference in grey levels below which two images of one size are the same image, stored
twice."""
SIDE = 32


@dataclass(frozen=True)
class MuscleImages:
    """Images with what is labelled on them.

    Parameters
    ----------
    cases : tuple of PartlyLabelled
        Masks in the order of `STRUCTURES`.
    sources : tuple of RawDataset
        What they were read from.
    """

    cases: tuple[PartlyLabelled, ...]
    sources: tuple[RawDataset, ...]


def muscle_sources(folder: Path) -> tuple[RawDataset, ...]:
    """The data sets in nnU-Net raw layout at `folder` or right below it, one structure each.

    Raises
    ------
    DataError
        `folder` is a data set of something else, or holds none with a structure of `STRUCTURES`.
    """
    if (folder / "dataset.json").is_file():
        one = RawDataset.read(folder)
        if not _of_muscle(one):
            raise DataError(
                f"the classes are {', '.join(one.classes)}",
                path=folder / "dataset.json",
                fix=f"name the labels background 0 and {' or '.join(STRUCTURES)} 1.",
            )
        return (one,)
    below = sorted(path.parent for path in folder.glob("*/dataset.json"))
    found = tuple(one for one in map(RawDataset.read, below) if _of_muscle(one))
    if not found:
        raise DataError(
            f"no data set with {' or '.join(STRUCTURES)} labels here",
            path=folder,
            fix="give a folder with dataset.json, imagesTr and labelsTr, or one that holds such "
            "folders.",
        )
    return found


def _of_muscle(one: RawDataset) -> bool:
    return len(one.classes) == 2 and one.classes[1] in STRUCTURES


def read_muscle_images(folder: Path) -> MuscleImages:
    """Read all images of `muscle_sources`.

    An image that stands in two of them becomes one case with both masks.
    """
    sources = muscle_sources(folder)
    cases: list[PartlyLabelled] = []
    for source in sources:
        index = STRUCTURES.index(source.classes[1])
        for case in source.training:
            _add(cases, _read(case, index, prefix=source.classes[1]))
    return MuscleImages(tuple(cases), sources)


def _read(case: Case, index: int, *, prefix: str) -> PartlyLabelled:
    image = read_image(case.image)
    grey = image.grey()
    if case.label is None:
        raise DataError("this image has no label", path=case.image, fix="add its label image.")
    mask = read_mask(case.label)
    if mask.shape != grey.shape:
        raise DataError(
            f"label of shape {mask.shape} does not fit its image of shape {grey.shape}",
            path=case.label,
            fix="store the label in the pixels of its image.",
        )
    masks: list[NDArray[np.bool_] | None] = [None] * len(STRUCTURES)
    masks[index] = mask > 0
    return PartlyLabelled(f"{prefix}/{case.name}", grey, find_scan_area(image), tuple(masks))


def _add(cases: list[PartlyLabelled], new: PartlyLabelled) -> None:
    """Append `new`, or join it with the case that shows the same image."""
    for index, old in enumerate(cases):
        if old.grey.shape != new.grey.shape or _thumbnail_differs(old.grey, new.grey):
            continue
        difference = np.abs(old.grey.astype(np.float32) - new.grey.astype(np.float32)).mean()
        if difference < SAME_IMAGE_GREY:
            masks = tuple(
                a if b is None else b if a is None else a | b
                for a, b in zip(old.masks, new.masks, strict=True)
            )
            cases[index] = replace(old, masks=masks)
            return
    cases.append(new)


def _thumbnail_differs(a: NDArray[np.generic], b: NDArray[np.generic]) -> bool:
    """A quick look at every n-th pixel: same images cannot differ much there."""
    step = max(1, min(a.shape) // SIDE)
    few = a[::step, ::step].astype(np.float32) - b[::step, ::step].astype(np.float32)
    return float(np.abs(few).mean()) > 3 * SAME_IMAGE_GREY
