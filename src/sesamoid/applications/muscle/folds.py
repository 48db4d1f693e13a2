"""Folds of the muscle images: by groups of similar scans, each with its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.learning.grouping import grouped_folds, similarity_groups
from sesamoid.learning.oriented import OrientedTask
from sesamoid.learning.oriented_data import PartlyLabelled
from sesamoid.learning.recipe import SegmentationRecipe

from . import recipes


@dataclass(frozen=True)
class MuscleFold:
    """One training and what it is scored on.

    Parameters
    ----------
    number : int
        -1 for the network that ships.
    recipe : SegmentationRecipe
    task : OrientedTask
    training, validation : tuple of PartlyLabelled
    folder : Path
    """

    number: int
    recipe: SegmentationRecipe
    task: OrientedTask
    training: tuple[PartlyLabelled, ...]
    validation: tuple[PartlyLabelled, ...]
    folder: Path

    @property
    def fingerprint(self) -> str:
        """Changes with the recipe, the task or the split."""
        content = json.dumps(
            [self.recipe.as_dict(), asdict(self.task), [c.name for c in self.training]],
            sort_keys=True,
        )
        return hashlib.sha256(content.encode()).hexdigest()


def scan_groups(cases: Sequence[PartlyLabelled]) -> NDArray[np.int64]:
    """Group number of each case: images of one scan, or that look like it, have the same."""
    crops = [
        case.grey[case.box.top : case.box.bottom, case.box.left : case.box.right] for case in cases
    ]
    return similarity_groups(crops, threshold=recipes.SAME_SCAN_CORRELATION)


def muscle_folds(
    cases: Sequence[PartlyLabelled],
    groups: NDArray[np.int64],
    recipe: SegmentationRecipe,
    *,
    folds: int,
    out: Path,
    more: Sequence[PartlyLabelled] = (),
) -> list[MuscleFold]:
    """The folds of a cross-validation; no group stands on both sides.

    `more` are virtual images that every fold trains on; none is validated on.
    """
    assigned = grouped_folds(groups, folds=folds, seed=recipes.FOLD_SEED)
    return [
        MuscleFold(
            number,
            recipe,
            recipes.TASK,
            (*(c for c, f in zip(cases, assigned, strict=True) if f != number), *more),
            tuple(c for c, f in zip(cases, assigned, strict=True) if f == number),
            out / f"fold{number}",
        )
        for number in range(folds)
    ]
