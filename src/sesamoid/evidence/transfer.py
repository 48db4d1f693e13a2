"""Does a start help? One network from several weights, on few images and on many, same folds.

Every arm has the same steps, schedule, images in the same order with the same variation, and the
same random weights where it starts from none; only the start differs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.evidence.cross_validation import Fold
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.grouping import grouped_draws
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest

if TYPE_CHECKING:
    from sesamoid.learning.starting import Start

Count = int | None
"""Images to train on; None: all that a fold leaves."""


@dataclass(frozen=True)
class TransferRecipe:
    """How a network is trained, whatever it starts from.

    Parameters
    ----------
    whole : SegmentationRecipe
        In rounds; its epochs follow from the steps.
    steps : tuple of (int or None, int)
        Up to how many images, and steps; ascending, the last for any number.
    """

    whole: SegmentationRecipe
    steps: tuple[tuple[Count, int], ...]

    def steps_for(self, count: Count) -> int:
        """Steps on that many images."""
        for most, steps in self.steps:
            if most is None or (count is not None and count <= most):
                return steps
        return self.steps[-1][1]

    def of(self, count: Count, *, imagenet: bool, seed: int) -> SegmentationRecipe:
        """The recipe of one training."""
        a_round = self.whole.round_pictures // self.whole.batch_size
        return replace(
            self.whole,
            network=replace(self.whole.network, imagenet=imagenet),
            epochs=math.ceil(self.steps_for(count) / a_round),
            seed=seed,
        )

    def as_dict(self) -> dict[str, Any]:
        """For the figures; without what the arms and counts decide."""
        whole = self.whole.as_dict()
        del whole["epochs"], whole["network"]["imagenet"], whole["seed"]
        return {**whole, "steps": [[name_of(most), steps] for most, steps in self.steps]}


@dataclass(frozen=True)
class Arm:
    """What a network starts from.

    Parameters
    ----------
    name : str
    imagenet : bool
        Encoder from ImageNet; else random where `start` has nothing.
    start : Start, optional
    """

    name: str
    imagenet: bool = False
    start: Start | None = None


@dataclass(frozen=True)
class TransferRun:
    """One training and what it is scored on."""

    arm: str
    count: Count
    seed: int
    fold: Fold

    @property
    def name(self) -> str:
        """Of its folder, and in a progress display."""
        return f"{self.arm}-{name_of(self.count)}-fold{self.fold.number}-seed{self.seed}"


@dataclass(frozen=True)
class TransferPlan:
    """All trainings of the comparison.

    Parameters
    ----------
    cases : tuple of LabelledImage
    groups, folds : ndarray of int, shape (images,)
        Images that belong together, and the fold that each is held out in.
    arms : tuple of Arm
    counts : tuple of int or None
    seeds : int
        Each is another draw of images, order and random weights.
    recipe : TransferRecipe
    manifest : Manifest
        How the runtime is to treat the networks.
    """

    cases: tuple[LabelledImage, ...]
    groups: NDArray[np.int64]
    folds: NDArray[np.int64]
    arms: tuple[Arm, ...]
    counts: tuple[Count, ...]
    seeds: int
    recipe: TransferRecipe
    manifest: Manifest

    def require_counts(self, data: Path) -> None:
        """Refuse more images than every fold leaves; DataError."""
        least = len(self.cases) - int(np.bincount(self.folds).max())
        most = max((count for count in self.counts if count is not None), default=0)
        if most > least:
            raise DataError(
                f"{most} images to train on are asked for, and a fold leaves {least}",
                path=data,
                fix=f"ask for at most {least}, or for all.",
            )

    def draws(self, fold: int, seed: int) -> dict[Count, NDArray[np.int64]]:
        """Indices of the images to train on, by count: whole groups, each within the next."""
        training = np.flatnonzero(self.folds != fold)
        few = sorted(count for count in self.counts if count is not None)
        drawn = grouped_draws(self.groups[training], few, seed=seed)
        found: dict[Count, NDArray[np.int64]] = {
            count: training[own] for count, own in zip(few, drawn, strict=True)
        }
        return {count: found.get(count, training) for count in self.counts}

    def runs(self, folder: Path, *, threads: int) -> list[TransferRun]:
        """Long trainings first, so that no process waits for the last one; arms side by side."""
        out = []
        long_first = sorted(self.counts, key=self.recipe.steps_for, reverse=True)
        for count in long_first:
            for seed in range(self.seeds):
                for fold in range(int(self.folds.max()) + 1):
                    drawn = self.draws(fold, seed)[count]
                    for arm in self.arms:
                        out.append(self._run(arm, count, seed, fold, drawn, folder, threads))
        return out

    def _run(
        self, arm: Arm, count: Count, seed: int, fold: int, drawn: NDArray[np.int64],
        folder: Path, threads: int,
    ) -> TransferRun:  # fmt: skip
        one = Fold(
            number=fold,
            recipe=self.recipe.of(count, imagenet=arm.imagenet, seed=seed),
            training=self._chosen(drawn),
            validation=self._chosen(np.flatnonzero(self.folds == fold)),
            manifest=self.manifest,
            folder=folder,
            start=arm.start,
            threads=threads,
            keep=False,
        )
        run = TransferRun(arm.name, count, seed, one)
        return replace(run, fold=replace(one, folder=folder / run.name))

    def _chosen(self, which: Sequence[int] | NDArray[np.int64]) -> tuple[LabelledImage, ...]:
        return tuple(self.cases[int(index)] for index in which)


def name_of(count: Count) -> str:
    """The count as it is typed."""
    return "all" if count is None else str(count)
