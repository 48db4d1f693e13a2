"""The nnU-Net raw layout: the one layout that every data set of this project is read from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging.masks import read_mask
from sesamoid.imaging.read import read_image


@dataclass(frozen=True)
class Case:
    """One image and, where there is one, its label image.

    Parameters
    ----------
    name : str
        File name without channel suffix and ending.
    image : Path
    label : Path or None
    """

    name: str
    image: Path
    label: Path | None


@dataclass(frozen=True)
class Description:
    """What ``dataset.json`` says.

    Parameters
    ----------
    name, licence : str
        The licence is ``"not stated"`` where it is not.
    classes : tuple of str
        Class names by label value, from 0 (background).
    ending : str
        Of the files of images and labels.
    origin : str
        Such as ``"virtual"``; empty where it is not stated.
    """

    name: str
    licence: str
    classes: tuple[str, ...]
    ending: str
    origin: str

    @classmethod
    def read(cls, path: Path) -> Description:
        """Read such a file; DataError where it cannot be understood."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            labels = {str(k): int(v) for k, v in content["labels"].items()}
            ending = str(content.get("file_ending", ".png"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"dataset.json cannot be understood ({error!r})",
                path=path,
                fix="it must be JSON with 'labels': {name: integer} and 'file_ending'.",
            ) from None
        if sorted(labels.values()) != list(range(len(labels))):
            raise DataError(
                f"label values {sorted(labels.values())} are not 0, 1, 2, …",
                path=path,
                fix="number the labels without gaps from 0 (background).",
            )
        return cls(
            name=str(content.get("name", path.parent.name)),
            licence=str(content.get("licence", content.get("license", "not stated"))),
            classes=tuple(sorted(labels, key=lambda name: labels[name])),
            ending=ending,
            origin=str(content.get("origin", "")),
        )


@dataclass(frozen=True)
class RawDataset:
    """A folder in nnU-Net raw layout, one channel.

    Parameters
    ----------
    root : Path
    name, licence : str
        As ``dataset.json`` states them; the licence is ``"not stated"`` where it does not.
    classes : tuple of str
        Class names by label value, from 0 (background).
    training, test : tuple of Case
        ``imagesTr`` with ``labelsTr``, ``imagesTs`` with ``labelsTs``; either may be empty.
    """

    root: Path
    name: str
    licence: str
    classes: tuple[str, ...]
    training: tuple[Case, ...]
    test: tuple[Case, ...]

    @classmethod
    def read(cls, root: Path) -> RawDataset:
        """Read the layout under `root`; pixels are not opened.

        Raises
        ------
        DataError
            ``dataset.json`` is missing or wrong, or a training image has no label.
        """
        description = root / "dataset.json"
        if not description.is_file():
            raise DataError(
                "no dataset.json here, so this is no data set in nnU-Net raw layout",
                path=root,
                fix="give the folder that holds dataset.json, imagesTr and labelsTr.",
            )
        told = Description.read(description)
        training = tuple(_cases(root, "Tr", told.ending))
        unlabelled = [case.name for case in training if case.label is None]
        if unlabelled:
            raise DataError(
                f"{len(unlabelled)} training images have no label, the first is {unlabelled[0]!r}",
                path=root / "labelsTr",
                fix="add the label images, or take these images out of imagesTr.",
            )
        test = tuple(_cases(root, "Ts", told.ending))
        if not training and not test:
            raise DataError(
                f"no images named *_0000{told.ending} in imagesTr or imagesTs",
                path=root,
                fix=f"name images NAME_0000{told.ending} and their labels NAME{told.ending}.",
            )
        return cls(
            root=root,
            name=told.name,
            licence=told.licence,
            classes=told.classes,
            training=training,
            test=test,
        )

    def labelled(self, part: Literal["auto", "training", "test"] = "auto") -> tuple[Case, ...]:
        """Cases with labels; ``"auto"`` is the test part where it has labels, else training."""
        test = tuple(case for case in self.test if case.label is not None)
        if part == "test" or (part == "auto" and test):
            return test
        return self.training


def _cases(root: Path, part: str, ending: str) -> Iterator[Case]:
    for image in sorted((root / f"images{part}").glob(f"*_0000{ending}")):
        name = image.name.removesuffix(f"_0000{ending}")
        label = root / f"labels{part}" / f"{name}{ending}"
        yield Case(name, image, label if label.is_file() else None)


@dataclass(frozen=True)
class LabelledImage:
    """A case with its pixels.

    Parameters
    ----------
    name : str
    grey : ndarray of shape (rows, columns)
    label : ndarray of uint8, shape (rows, columns)
    """

    name: str
    grey: NDArray[np.generic]
    label: NDArray[np.uint8]


def load_case(case: Case, *, classes: int) -> LabelledImage:
    """Read image and label; DataError where they don't fit each other."""
    grey = read_image(case.image).grey()
    if case.label is None:
        raise DataError("this image has no label", path=case.image, fix="add its label image.")
    label = read_mask(case.label)
    if label.shape != grey.shape:
        raise DataError(
            f"label of shape {label.shape} does not fit its image of shape {grey.shape}",
            path=case.label,
            fix="store the label in the pixels of its image.",
        )
    if int(label.max(initial=0)) >= classes:
        raise DataError(
            f"label value {int(label.max())} is not among the {classes} classes",
            path=case.label,
            fix="list it under 'labels' in dataset.json.",
        )
    return LabelledImage(case.name, grey, label.astype(np.uint8))
