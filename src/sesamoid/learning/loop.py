"""The training loop: Lightning around a recipe, resumable, on whatever the machine has."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, EMAWeightAveraging, ModelCheckpoint
from monai.losses import DiceCELoss
from monai.metrics import DiceMetric
from monai.networks.utils import one_hot
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader

from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.canvases import CanvasDataset
from sesamoid.learning.network import NetworkSettings
from sesamoid.learning.recipe import SegmentationRecipe

WARM_UP_SHARE = 0.05


@dataclass(frozen=True)
class TrainedNetwork:
    """A network after training, on the CPU and in evaluation mode.

    Parameters
    ----------
    network : nn.Module
        With averaged weights where the recipe averages.
    history : tuple of dict
        One entry an epoch: ``epoch``, ``loss`` and, where validated, ``dice``.
    precision : str
        What the arithmetic was done in.
    """

    network: nn.Module
    history: tuple[dict[str, float], ...]
    precision: str


class _Segmentation(lightning.LightningModule):  # type: ignore[misc]
    def __init__(self, recipe: SegmentationRecipe, classes: int, steps: int) -> None:
        super().__init__()
        self.recipe, self.classes, self.steps = recipe, classes, steps
        self.network = recipe.network.build(classes)
        self.network.to(memory_format=recipe.network.memory_format)  # type: ignore[call-overload]
        self.loss = DiceCELoss(to_onehot_y=True, softmax=True, include_background=False, batch=True)
        self.dice = DiceMetric(include_background=False, ignore_empty=False)
        self.history: list[dict[str, float]] = []
        self._losses: list[Tensor] = []

    def training_step(self, batch: dict[str, Tensor], _: int) -> Tensor:
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
        self._losses.append(total.detach())
        self.log("loss", total, prog_bar=True)
        return total

    def on_train_epoch_start(self) -> None:
        self._losses.clear()

    def on_train_epoch_end(self) -> None:
        self.history.append({"epoch": float(self.current_epoch), "loss": self.mean_loss()})

    def mean_loss(self) -> float:
        """Of the epoch that runs or has just ended."""
        return float(torch.stack(self._losses).mean())

    def validation_step(self, batch: dict[str, Tensor], _: int) -> None:
        chosen = self.network(batch["image"]).argmax(dim=1, keepdim=True)
        self.dice(one_hot(chosen, self.classes), one_hot(batch["label"], self.classes))

    def on_validation_epoch_end(self) -> None:
        value = self.dice.aggregate().item()
        self.dice.reset()
        self.log("dice", value, prog_bar=True)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["history"] = list(self.history)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.history = list(checkpoint.get("history", []))

    def configure_optimizers(self) -> Any:
        rate = self.recipe.learning_rate
        named = list(self.network.named_parameters())
        encoder = [weights for name, weights in named if name.startswith("encoder.")]
        rest = [weights for name, weights in named if not name.startswith("encoder.")]
        parts = [
            (part, rate * factor)
            for part, factor in ((encoder, self.recipe.encoder_rate), (rest, 1.0))
            if part
        ]
        optimiser = torch.optim.AdamW(
            [{"params": part, "lr": own} for part, own in parts],
            weight_decay=self.recipe.weight_decay,
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=[own for _, own in parts],
            total_steps=self.steps + 1,
            pct_start=WARM_UP_SHARE,
            cycle_momentum=False,
        )
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


class _Report(Callback):  # type: ignore[misc]
    def __init__(self, on_epoch: Callable[[int, float], None]) -> None:
        self.on_epoch = on_epoch

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        self.on_epoch(trainer.current_epoch + 1, pl_module.mean_loss())


def best_precision(network: NetworkSettings) -> str:
    """bfloat16 where the processor or GPU computes `network` in it faster than in float32."""
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    fast = network.bfloat16_pays and torch.cpu._is_avx512_bf16_supported()
    return "bf16-mixed" if fast else "32-true"


def checkpoint_path(folder: Path, fingerprint: str) -> Path:
    """Where a run keeps its newest epoch."""
    return folder / f"last-{fingerprint[:12]}.ckpt"


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
    """Train by `recipe`; a run that was cut off goes on from its last finished epoch.

    The last weights are taken, never the best on `validation`: validation only informs.

    Parameters
    ----------
    training, validation : sequence of LabelledImage
        `validation` may be empty.
    recipe : SegmentationRecipe
    classes : int
        Background included.
    folder : Path
        For the checkpoint.
    fingerprint : str
        Only a checkpoint written under the same one is resumed.
    initial : dict, optional
        Weights to start from; those whose name and shape fit are taken.
    on_epoch : callable, optional
        Told the number of finished epochs and the last one's mean loss.
    validate_every : int
        Epochs between validations.
    """
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    lightning.seed_everything(recipe.seed, verbose=False)
    data = CanvasDataset(training, recipe, augment=True)
    data.seed(recipe.seed)
    loader = DataLoader(
        data,
        batch_size=recipe.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=8 if torch.cuda.is_available() else 0,
        persistent_workers=torch.cuda.is_available(),
    )
    checks = DataLoader(CanvasDataset(validation, recipe, augment=False), batch_size=1)
    module = _Segmentation(recipe, classes, steps=recipe.epochs * len(loader))
    if initial:
        own = module.network.state_dict()
        fitting = {k: v for k, v in initial.items() if k in own and own[k].shape == v.shape}
        module.network.load_state_dict({**own, **fitting})
    folder.mkdir(parents=True, exist_ok=True)
    # Without a metric to monitor, the one checkpoint that is kept is the newest.
    checkpoint = ModelCheckpoint(
        folder,
        filename=checkpoint_path(folder, fingerprint).stem,
        save_top_k=1,
        every_n_epochs=5,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
    )
    callbacks: list[Any] = [checkpoint]
    if on_epoch is not None:
        callbacks.append(_Report(on_epoch))
    if recipe.ema_decay:
        callbacks.append(EMAWeightAveraging(decay=recipe.ema_decay))
    precision = best_precision(recipe.network)
    trainer = lightning.Trainer(
        max_epochs=recipe.epochs,
        accelerator="auto",
        devices=1,
        precision=precision,
        callbacks=callbacks,
        logger=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        check_val_every_n_epoch=min(validate_every, recipe.epochs),
        limit_val_batches=1.0 if len(validation) else 0,
        gradient_clip_val=2.0,
        default_root_dir=folder,
    )
    last = checkpoint_path(folder, fingerprint)
    trainer.fit(module, loader, checks, ckpt_path=last if last.is_file() else None)
    network = module.network.cpu().eval()
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return TrainedNetwork(network, tuple(module.history), precision)
