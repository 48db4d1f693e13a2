"""The published pair, trained on the same packed pictures: ResNet-50 for planes, HRNet for anatomy.

Tang 2026 (Radiology, as reported) found these two best of those compared. What is not published of
their training is done as for the joint network: the same pictures, grey and place variation,
optimiser, schedule and averaged weights.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.networks.nets import resnet50
from torch import Tensor, nn
from torch.nn import functional

from sesamoid.imaging import atomic_path
from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_export import export_graph
from sesamoid.learning.joint_loss import label_loss
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe, PhaseRecipe
from sesamoid.learning.loop import Training
from sesamoid.learning.phases import OnRound, train_phases
from sesamoid.learning.reference_hrnet import HRNet
from sesamoid.learning.reference_recipe import Kind
from sesamoid.models.joint_task import JointTask
from sesamoid.models.published_network import ANATOMY, PLANES

MOST_HELD_OUT = 500
"""Pictures held out that are looked at, evenly spread: all would take HRNet a long time."""


def reference_network(kind: Kind, task: JointTask) -> nn.Module:
    """One of the pair.

    ResNet-50 with the published stem (7 x 7, stride 2, then pooling; MONAI's own default has
    stride 1, four times the work), and a class for no plane.
    """
    if kind == ANATOMY:
        return HRNet(len(task.classes))
    network: nn.Module = resnet50(
        spatial_dims=2,
        n_input_channels=1,
        num_classes=len(task.planes) + 1,
        conv1_t_size=7,
        conv1_t_stride=2,
        shortcut_type="B",
        bias_downsample=False,
    )
    return network


class ReferenceTraining(Training):
    """Loss of either: cross-entropy of the plane or of none; or that of the label map.

    Parameters
    ----------
    recipe : PhaseRecipe
    kind : str
    task : JointTask
    pack : JointPack
    """

    recipe: PhaseRecipe

    def __init__(self, recipe: PhaseRecipe, kind: Kind, task: JointTask, pack: JointPack) -> None:
        super().__init__(recipe, reference_network(kind, task))
        self.kind, self.planes = kind, len(task.planes)
        share = torch.tensor(pack.label_share).float().clamp(min=1e-5)
        rare = share.pow(-recipe.whole.rare_exponent)
        self.register_buffer("rare", rare / (rare * share).sum(), persistent=False)
        self.register_buffer("known", torch.tensor(pack.known_classes), persistent=False)

    def loss_of(self, batch: dict[str, Tensor]) -> Tensor:
        """See the class."""
        logits = self.network(batch["image"]).float()
        if self.kind == ANATOMY:
            # As published: to full size, then the loss.
            full = functional.interpolate(
                logits, scale_factor=4.0, mode="bilinear", align_corners=False
            )
            return label_loss(full, batch["label"], batch["labelled"], self.rare, self.known)
        inside = batch["inside"]
        known = ~inside.isnan()
        plane = torch.where(
            inside > 0, batch["nearest"], torch.tensor(self.planes, device=inside.device)
        )
        if not bool(known.any()):
            nothing: Tensor = logits.sum() * 0
            return nothing
        return functional.cross_entropy(logits[known], plane[known])


@dataclass(frozen=True)
class TrainedReference:
    """One of the pair after training.

    Parameters
    ----------
    weights : Path
        ONNX, float32: input ``image`` (batch, 1, rows, columns); output ``planes`` (batch, P + 1),
        probabilities with none as the last, or ``scores`` (batch, classes, rows, columns).
    minutes : float
        See `sesamoid.learning.phases.train_phases`.
    figures : dict
        On held-out pictures.
    """

    weights: Path
    minutes: float
    figures: dict[str, Any]


class _Graph(nn.Module):
    def __init__(self, network: nn.Module, kind: Kind) -> None:
        super().__init__()
        self.network, self.kind = network, kind

    def forward(self, image: Tensor) -> Tensor:
        out: Tensor = self.network(image)
        if self.kind == PLANES:
            return out.softmax(dim=1)
        return functional.interpolate(out, scale_factor=4.0, mode="bilinear", align_corners=False)


def export_reference(network: nn.Module, kind: Kind, canvas_size: tuple[int, int]) -> bytes:
    """One of the pair as ONNX, float32; see `TrainedReference.weights`."""
    return export_graph(
        _Graph(network, kind).eval(),
        (torch.zeros(1, 1, *canvas_size),),
        inputs=("image",),
        outputs=("planes" if kind == PLANES else "scores",),
    )


def train_reference_network(
    kind: Kind,
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    *,
    folder: Path,
    fingerprint: str,
    threads: int = 0,
    on_round: OnRound | None = None,
) -> TrainedReference:
    """Train one of the pair and export it; resumable at every round.

    Parameters
    ----------
    kind : str
    pack, task
    recipe : JointRecipe
        From `sesamoid.learning.reference_recipe.reference_recipe`.
    folder, fingerprint, threads, on_round
        See `sesamoid.learning.phases.train_phases`.
    """
    trained, minutes = train_phases(
        lambda phase: ReferenceTraining(phase, kind, task, pack), pack, task, recipe,
        folder=folder, fingerprint=fingerprint, name=kind, stretched=kind == PLANES,
        threads=threads, on_round=on_round,
    )  # fmt: skip
    network = reference_network(kind, task).eval()
    network.load_state_dict(trained)
    size = recipe.phases[-1].canvas_size
    weights = folder / f"{kind}.onnx"
    with atomic_path(weights) as path:
        path.write_bytes(export_reference(network, kind, size))
    held_out = pack.where(held_out=True)
    checks = JointDataset(
        pack, held_out, task, recipe, size, augment=False, stretched=kind == PLANES
    )
    return TrainedReference(weights, minutes, _figures(network, kind, checks, task))


def _figures(network: nn.Module, kind: Kind, data: JointDataset, task: JointTask) -> dict[str, Any]:
    """Accuracy over planes and none, or Dice by class over all pixels, on the canvas."""
    right: list[bool] = []
    common, sums = np.zeros(len(task.classes)), np.zeros(len(task.classes))
    chosen_ones = np.unique(
        np.linspace(0, len(data) - 1, min(len(data), MOST_HELD_OUT)).astype(int)
    )
    for number in chosen_ones:
        item = data[number]
        with torch.no_grad():
            out = _Graph(network, kind)(item["image"][None])[0]
        chosen = out.argmax(dim=0).numpy()
        if kind == PLANES:
            inside = float(item["inside"])
            truth = int(item["nearest"]) if inside > 0 else len(task.planes)
            if not math.isnan(inside):
                right.append(int(chosen) == truth)
            continue
        label = item["label"].numpy()
        common += np.bincount(label[label == chosen], minlength=len(common))
        sums += np.bincount(label.ravel(), minlength=len(common))
        sums += np.bincount(chosen.ravel(), minlength=len(common))
    if kind == PLANES:
        return {"pictures": len(right), "accuracy": float(np.mean(right)) if right else None}
    seen = np.flatnonzero(sums[1:] > 0) + 1
    dice = {task.classes[i]: round(float(2 * common[i] / sums[i]), 4) for i in seen}
    mean = float(np.mean(list(dice.values()))) if dice else None
    return {"pictures": len(chosen_ones), "mean_dice": mean, "dice": dice}
