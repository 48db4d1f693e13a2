"""The labelled images of nerve and vessel, and how they are divided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.imaging.raw_dataset import LabelledImage, RawDataset, load_case
from sesamoid.learning.grouping import grouped_folds, similarity_groups

from . import recipes

CLASSES = ("background", "nerve", "vessel")


@dataclass(frozen=True)
class NerveImages:
    """All training images of a data set.

    Parameters
    ----------
    dataset : RawDataset
    cases : tuple of LabelledImage
    groups : ndarray of int, shape (images,)
        Similar images have the same number; a group is never divided.
    """

    dataset: RawDataset
    cases: tuple[LabelledImage, ...]
    groups: NDArray[np.int64]

    def require_folds(self, count: int) -> None:
        """Refuse more folds than there are groups; DataError."""
        there = len(np.unique(self.groups))
        if there < count:
            raise DataError(
                f"{there} groups of similar images cannot make {count} folds",
                path=self.dataset.root,
                fix="use fewer folds, or more images.",
            )

    def folds(self, count: int) -> NDArray[np.int64]:
        """Fold of each image; the same whenever it is asked for."""
        return grouped_folds(self.groups, folds=count, seed=recipes.FOLD_SEED)


def read_nerve_images(data: Path) -> NerveImages:
    """Read a data set in nnU-Net raw layout with the classes background, nerve, vessel.

    Raises
    ------
    DataError
        It has other classes.
    """
    dataset = RawDataset.read(data)
    if dataset.classes != CLASSES:
        raise DataError(
            f"the classes are {', '.join(dataset.classes)}, not {', '.join(CLASSES)}",
            path=data / "dataset.json",
            fix="name the labels background 0, nerve 1, vessel 2.",
        )
    cases = tuple(load_case(case, classes=len(CLASSES)) for case in dataset.training)
    return NerveImages(dataset, cases, similarity_groups([case.grey for case in cases]))
