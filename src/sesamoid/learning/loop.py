"""The training loop: Lightning around a recipe, resumable, on whatever the machine has."""

from __future__ import annotations

import logging
import math
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightning
import torch
from lightning.pytorch.callbacks import Callback, EMAWeightAveraging, ModelCheckpoint
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Sampler

from sesamoid.learning.memory import keep_freed_memory
from sesamoid.learning.recipe import LoopRecipe

WARM_UP_SHARE = 0.05


@dataclass(frozen=True)
class TrainedNetwork:
    """A network after training, on the CPU and in evaluation mode.

    Parameters
    ----------
    network : nn.Module
        With averaged weights where the recipe averages.
    history : tuple of dict
        One entry an epoch: ``epoch``, ``loss``, ``minutes``. Those of runs before a stop are there.
    precision : str
        What the arithmetic was done in.
    """

    network: nn.Module
    history: tuple[dict[str, float], ...]
    precision: str

    @property
    def minutes(self) -> float:
        """Of all epochs, also before a stop; NaN where a run before this was kept did them."""
        return sum(entry.get("minutes", math.nan) for entry in self.history)


class Training(lightning.LightningModule, ABC):  # type: ignore[misc]
    """What every training shares: optimiser, schedule, history. A subclass says what is lost.

    Parameters
    ----------
    recipe : LoopRecipe
    network : int or nn.Module
        The network, or the channels of the output of the one that the recipe builds.
    """

    def __init__(self, recipe: LoopRecipe, network: int | nn.Module) -> None:
        super().__init__()
        self.recipe = recipe
        built = recipe.network.build(network) if isinstance(network, int) else network
        self.network = built
        self.network.to(memory_format=recipe.network.memory_format)  # type: ignore[call-overload]
        self.history: list[dict[str, float]] = []
        self._losses: list[Tensor] = []
        self._began = math.nan

    @abstractmethod
    def loss_of(self, batch: dict[str, Tensor]) -> Tensor:
        """The loss of one batch, a scalar."""

    def start_from(self, weights: dict[str, Tensor]) -> None:
        """Take over those of `weights` whose name and shape fit."""
        own = self.network.state_dict()
        fitting = {k: v for k, v in weights.items() if k in own and own[k].shape == v.shape}
        self.network.load_state_dict({**own, **fitting})

    def training_step(self, batch: dict[str, Tensor], _: int) -> Tensor:
        """Lightning's hook: the loss, remembered for the epoch's mean."""
        total = self.loss_of(batch)
        self._losses.append(total.detach())
        self.log("loss", total, prog_bar=True)
        return total

    def on_train_epoch_start(self) -> None:
        """Lightning's hook."""
        self._losses.clear()
        self._began = time.monotonic()

    def on_train_epoch_end(self) -> None:
        """Lightning's hook: one entry of the history."""
        minutes = (time.monotonic() - self._began) / 60
        entry = {"epoch": float(self.current_epoch), "loss": self.mean_loss(), "minutes": minutes}
        self.history.append(entry)

    def mean_loss(self) -> float:
        """Of the epoch that runs or has just ended."""
        return float(torch.stack(self._losses).mean())

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Lightning's hook: the history goes with the weights."""
        checkpoint["history"] = list(self.history)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Lightning's hook."""
        self.history = list(checkpoint.get("history", []))

    def configure_optimizers(self) -> Any:
        """AdamW, one cosine cycle after a linear warm-up; the encoder at its own rate."""
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
            total_steps=int(self.trainer.estimated_stepping_batches) + 1,
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


def best_precision() -> str:
    """bfloat16 where the processor or GPU computes in it faster than in float32."""
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "16-mixed"
    return "bf16-mixed" if torch.cpu._is_avx512_bf16_supported() else "32-true"


def checkpoint_path(folder: Path, fingerprint: str) -> Path:
    """Where a run keeps its newest epoch."""
    return folder / f"last-{fingerprint[:12]}.ckpt"


def fit(
    module: Training,
    data: Dataset[dict[str, Tensor]],
    checks: Dataset[dict[str, Tensor]] | None,
    *,
    folder: Path,
    fingerprint: str = "",
    on_epoch: Callable[[int, float], None] | None = None,
    validate_every: int = 15,
    checkpoint_every: int = 5,
    sampler: Sampler[int] | None = None,
) -> TrainedNetwork:
    """Train `module` on `data`; a run that was cut off goes on from its last finished epoch.

    The last weights are taken, never the best on `checks`: validation only informs.

    Parameters
    ----------
    module : Training
    data, checks : Dataset
        `checks` is None where there is nothing to validate on.
    folder : Path
        For the checkpoint.
    fingerprint : str
        Only a checkpoint written under the same one is resumed.
    on_epoch : callable, optional
        Told the number of finished epochs and the last one's mean loss.
    validate_every, checkpoint_every : int
        Epochs between validations, and between checkpoints.
    sampler : Sampler, optional
        Which items an epoch has; all of `data` in random order if left out.
    """
    recipe = module.recipe
    loader = DataLoader(
        data,
        batch_size=recipe.batch_size,
        shuffle=sampler is None,
        sampler=sampler,
        drop_last=True,
        num_workers=8 if torch.cuda.is_available() else 0,
        persistent_workers=torch.cuda.is_available(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    last = checkpoint_path(folder, fingerprint)
    # Without a metric to monitor, the one checkpoint that is kept is the newest.
    checkpoint = ModelCheckpoint(
        folder,
        filename=last.stem,
        save_top_k=1,
        every_n_epochs=checkpoint_every,
        save_on_train_epoch_end=True,
        enable_version_counter=False,
    )
    callbacks: list[Any] = [checkpoint]
    if on_epoch is not None:
        callbacks.append(_Report(on_epoch))
    if recipe.ema_decay:
        callbacks.append(EMAWeightAveraging(decay=recipe.ema_decay))
    precision = best_precision()
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
        limit_val_batches=1.0 if checks is not None else 0,
        gradient_clip_val=2.0,
        default_root_dir=folder,
    )
    trainer.fit(
        module,
        loader,
        None if checks is None else DataLoader(checks, batch_size=1),
        ckpt_path=last if last.is_file() else None,
    )
    network = module.network.cpu().eval()
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    return TrainedNetwork(network, tuple(module.history), precision)


def prepare(seed: int) -> None:
    """Seed everything, before a network is built, and keep Lightning's advice to itself."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="lightning")
    lightning.seed_everything(seed, verbose=False)
    keep_freed_memory()
