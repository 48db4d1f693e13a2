"""Training a joint network: phases on growing canvases, each resumable after every round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from sesamoid.learning.joint_loss import head_losses, label_loss, weighted
from sesamoid.learning.joint_network import JointNetwork
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe, PhaseRecipe
from sesamoid.learning.loop import Training
from sesamoid.learning.phases import OnRound, Weights, train_phases
from sesamoid.models.joint_task import JointTask


class JointTraining(Training):
    """The loss of a joint network, for the loop.

    Parameters
    ----------
    recipe : PhaseRecipe
    task : JointTask
    pack : JointPack
        For the shares of its label classes.
    network : JointNetwork
    """

    recipe: PhaseRecipe

    def __init__(
        self, recipe: PhaseRecipe, task: JointTask, pack: JointPack, network: JointNetwork
    ) -> None:
        super().__init__(recipe, network)
        self.task = task
        share = torch.tensor(pack.label_share).float().clamp(min=1e-5)
        rare = share.pow(-recipe.whole.rare_exponent)
        self.register_buffer("rare", rare / (rare * share).sum(), persistent=False)
        self.register_buffer("known", torch.tensor(pack.known_classes), persistent=False)
        self.register_buffer("owner", torch.tensor(task.part_owner), persistent=False)

    def loss_of(self, batch: dict[str, Tensor]) -> Tensor:
        """The weighted sum over the heads."""
        weights = self.recipe.whole.losses
        image = batch["image"].contiguous(memory_format=self.recipe.network.memory_format)
        out = self.network(image, batch["scalars"])
        losses = head_losses(out, batch, self.task, self.owner)
        total = weighted(losses, weights)
        share = weights.labels
        for scores in out.scores:
            if share:
                losses["labels"] = label_loss(
                    scores, batch["label"], batch["labelled"], self.rare, self.known
                )
                total = total + share * losses["labels"]
            share = weights.labels * weights.deeper if scores is out.scores[0] else share / 2
        return total


def train_joint(
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    *,
    folder: Path,
    fingerprint: str,
    initial: Weights | None = None,
    threads: int = 0,
    on_round: OnRound | None = None,
) -> tuple[JointNetwork, float]:
    """Train on what `pack` does not hold out; a finished phase is read back.

    Parameters
    ----------
    pack, task, recipe
    folder, fingerprint, initial, threads, on_round
        See `sesamoid.learning.phases.train_phases`.

    Returns
    -------
    network : JointNetwork
        Averaged weights, in evaluation mode, on the CPU.
    minutes : float
        See `sesamoid.learning.phases.train_phases`.
    """

    def module_of(phase: PhaseRecipe) -> JointTraining:
        return JointTraining(phase, task, pack, JointNetwork(recipe, task))

    weights, minutes = train_phases(
        module_of, pack, task, recipe, folder=folder, fingerprint=fingerprint, initial=initial,
        threads=threads, on_round=on_round,
    )  # fmt: skip
    network = bare_network(recipe, task)
    network.load_state_dict(weights)
    return network.eval(), minutes


def bare_network(recipe: JointRecipe, task: JointTask) -> JointNetwork:
    """The network of a recipe without ImageNet weights, to be filled."""
    plain = replace(recipe, network=replace(recipe.network, imagenet=False))
    return JointNetwork(plain, task)
