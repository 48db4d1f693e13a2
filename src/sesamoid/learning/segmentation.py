"""Training a segmentation network on images that are labelled throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from monai.losses import DiceCELoss
from monai.metrics import DiceMetric
from monai.networks.utils import one_hot
from torch import Tensor
from torch.nn import functional

from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.canvases import CanvasDataset, in_rounds
from sesamoid.learning.loop import TrainedNetwork, Training, fit, prepare
from sesamoid.learning.recipe import SegmentationRecipe


class _Segmentation(Training):
    recipe: SegmentationRecipe

    def __init__(self, recipe: SegmentationRecipe, classes: int) -> None:
        super().__init__(recipe, classes)
        self.classes = classes
        self.loss = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False, batch=True)
        self.dice = DiceMetric(include_background=False, ignore_empty=False)

    def loss_of(self, batch: dict[str, Tensor]) -> Tensor:
        logits = self.network(batch["image"])
        outputs = logits if isinstance(logits, list) else [logits]
        total: Tensor = self.loss(outputs[0].float(), batch["label"])
        weight = self.recipe.deep_supervision
        for deeper in outputs[1:] if weight else []:
            label = functional.interpolate(
                batch["label"].float(), size=deeper.shape[2:], mode="nearest-exact"
            )
            total = total + weight * self.loss(deeper.float(), label.long())
            weight /= 2
        return total

    def validation_step(self, batch: dict[str, Tensor], _: int) -> None:
        chosen = self.network(batch["image"]).argmax(dim=1, keepdim=True)
        self.dice(one_hot(chosen, self.classes), one_hot(batch["label"], self.classes))

    def on_validation_epoch_end(self) -> None:
        value = self.dice.aggregate().item()
        self.dice.reset()
        self.log("dice", value, prog_bar=True)


def train_segmentation(
    training: Sequence[LabelledImage],
    validation: Sequence[LabelledImage],
    recipe: SegmentationRecipe,
    *,
    classes: int,
    folder: Path,
    fingerprint: str = "",
    initial: dict[str, Tensor] | None = None,
    on_epoch: Callable[[int, float], None] | None = None,
    validate_every: int = 15,
) -> TrainedNetwork:
    """Train by `recipe`; see `sesamoid.learning.loop.fit` for what is resumed and taken.

    Parameters
    ----------
    training, validation : sequence of LabelledImage
        `validation` may be empty.
    recipe : SegmentationRecipe
    classes : int
        Background included.
    folder, fingerprint, on_epoch, validate_every
        See `sesamoid.learning.loop.fit`.
    initial : dict, optional
        Weights to start from; those whose name and shape fit are taken.
    """
    prepare(recipe.seed)
    data, sampler = in_rounds(CanvasDataset(training, recipe, augment=True), recipe)
    module = _Segmentation(recipe, classes)
    if initial:
        module.start_from(initial)
    return fit(
        module,
        data,
        CanvasDataset(validation, recipe, augment=False) if len(validation) else None,
        folder=folder,
        fingerprint=fingerprint,
        on_epoch=on_epoch,
        validate_every=validate_every,
        sampler=sampler,
    )
