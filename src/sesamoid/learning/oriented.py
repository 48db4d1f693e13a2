"""Training a network that marks structures and says which way thin strokes run.

Each structure is labelled on some images only, and a sparsely labelled one ("fascicle") only
where somebody drew a stroke: what is not drawn is not background. Output channels: a logit for
each structure, then cosine and sine of the doubled angle of the strokes (not normalised: where
the network is unsure the vector is short).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from sesamoid.learning.canvases import in_rounds
from sesamoid.learning.loop import TrainedNetwork, Training, fit, prepare
from sesamoid.learning.oriented_data import OrientedCanvasDataset, PartlyLabelled
from sesamoid.learning.recipe import SegmentationRecipe


@dataclass(frozen=True)
class OrientedTask:
    """What the network is to learn.

    Parameters
    ----------
    structures : tuple of str
    sparse : tuple of str
        Those of which only some instances are drawn: pixels that are not drawn count little.
    directed : str
        The structure whose strokes give the direction.
    sparse_background : float
        Weight of a pixel that is not drawn, beside 1 for one that is.
    direction_weight : float
        Of the direction's loss beside the structures'.
    """

    structures: tuple[str, ...]
    sparse: tuple[str, ...]
    directed: str
    sparse_background: float = 0.2
    direction_weight: float = 2.0

    @property
    def outputs(self) -> int:
        """Channels of the network's output."""
        return len(self.structures) + 2


class _Oriented(Training):
    recipe: SegmentationRecipe

    def __init__(self, recipe: SegmentationRecipe, task: OrientedTask) -> None:
        super().__init__(recipe, task.outputs)
        self.task = task
        self.sparse = [name in task.sparse for name in task.structures]
        self._errors: list[Tensor] = []

    def loss_of(self, batch: dict[str, Tensor]) -> Tensor:
        logits = self.network(batch["image"])
        outputs = logits if isinstance(logits, list) else [logits]
        total = self._one(outputs[0].float(), batch)
        weight = self.recipe.deep_supervision
        for deeper in outputs[1:] if weight else []:
            full = functional.interpolate(
                deeper.float(), size=batch["mask"].shape[2:], mode="bilinear", align_corners=False
            )
            total = total + weight * self._one(full, batch)
            weight /= 2
        return total

    def _one(self, logits: Tensor, batch: dict[str, Tensor]) -> Tensor:
        count = len(self.task.structures)
        total = logits.new_zeros(())
        for index, sparse in enumerate(self.sparse):
            value, mask = logits[:, index], batch["mask"][:, index]
            held = batch["labelled"][:, index]
            if not bool(held.any()):
                continue
            if sparse:
                weight = held * (mask + self.task.sparse_background * (1 - mask))
                total = total + _cross_entropy(value, mask, weight)
            else:
                total = total + _cross_entropy(value, mask, held) + _dice(value, mask, held)
        known = batch["directed"]
        error = (logits[:, count:] - batch["direction"]).pow(2).sum(dim=1, keepdim=True)
        mean = (error * known).sum() / known.sum().clamp(min=1)
        return total + self.task.direction_weight * mean

    def validation_step(self, batch: dict[str, Tensor], _: int) -> None:
        """Lightning's hook: squared error of the direction, for the progress display."""
        found = self.network(batch["image"])[:, len(self.task.structures) :]
        error = (found - batch["direction"]).pow(2).sum(dim=1, keepdim=True)
        known = batch["directed"]
        if bool(known.any()):
            self._errors.append((error * known).sum() / known.sum())

    def on_validation_epoch_end(self) -> None:
        """Lightning's hook."""
        if self._errors:
            self.log("direction_error", torch.stack(self._errors).mean(), prog_bar=True)
        self._errors.clear()


def _cross_entropy(logit: Tensor, mask: Tensor, weight: Tensor) -> Tensor:
    loss = functional.binary_cross_entropy_with_logits(logit, mask, reduction="none")
    return (loss * weight).sum() / weight.sum().clamp(min=1)


def _dice(logit: Tensor, mask: Tensor, held: Tensor) -> Tensor:
    found = logit.sigmoid() * held
    common = (found * mask).sum()
    return 1 - (2 * common + 1) / (found.sum() + (mask * held).sum() + 1)


def train_oriented(
    training: Sequence[PartlyLabelled],
    validation: Sequence[PartlyLabelled],
    recipe: SegmentationRecipe,
    task: OrientedTask,
    *,
    folder: Path,
    fingerprint: str = "",
    initial: dict[str, Tensor] | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
) -> TrainedNetwork:
    """Train by `recipe`; see `sesamoid.learning.loop.fit` for what is resumed and taken.

    Parameters
    ----------
    training, validation : sequence of PartlyLabelled
        `validation` may be empty.
    recipe : SegmentationRecipe
    task : OrientedTask
    folder, fingerprint, on_epoch
        See `sesamoid.learning.loop.fit`.
    initial : dict, optional
        Weights to start from; those whose name and shape fit are taken.
    """
    prepare(recipe.seed)
    directed = task.structures.index(task.directed)
    varied = OrientedCanvasDataset(training, recipe, directed=directed, augment=True)
    data, sampler = in_rounds(varied, recipe)
    module = _Oriented(recipe, task)
    if initial:
        module.start_from(initial)
    checks = None
    if len(validation):
        checks = OrientedCanvasDataset(validation, recipe, directed=directed, augment=False)
    return fit(
        module, data, checks, folder=folder, fingerprint=fingerprint, on_epoch=on_epoch,
        sampler=sampler,
    )  # fmt: skip
