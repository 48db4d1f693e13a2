"""Training a joint network: phases on growing canvases, each resumable after every round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_loss import head_losses, label_loss, weighted
from sesamoid.learning.joint_network import JointNetwork
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe, PhaseRecipe
from sesamoid.learning.loop import Training, fit, prepare
from sesamoid.learning.phases import OnRound, Weights, train_phases
from sesamoid.learning.rounds import RoundSampler
from sesamoid.models.cores import usable_cores
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
    folder : Path
        For checkpoints and the weights of finished phases.
    fingerprint : str
        Of recipe and data: only a run under the same one is resumed.
    initial : dict, optional
        Weights to start from; those whose name and shape fit are taken.
    threads : int
        0: all cores.
    on_round : callable, optional
        Told the number of finished rounds of all phases and the last one's mean loss; NaN of a
        phase that is read back.

    Returns
    -------
    network : JointNetwork
        Averaged weights, in evaluation mode, on the CPU.
    minutes : float
        Of training, all runs; NaN where a phase was cut off, for then it is not known.
    """
    torch.set_num_threads(threads or usable_cores())

    def train_phase(
        number: int, weights: Weights | None, own: str, told: OnRound | None
    ) -> Weights:
        return _train_phase(pack, task, recipe.of_phase(number), weights, folder, own, told)

    weights, minutes = train_phases(
        recipe.phases, train_phase, folder=folder, fingerprint=fingerprint, initial=initial,
        on_round=on_round,
    )  # fmt: skip
    network = bare_network(recipe, task)
    network.load_state_dict(weights)
    return network.eval(), minutes


def bare_network(recipe: JointRecipe, task: JointTask) -> JointNetwork:
    """The network of a recipe without ImageNet weights, to be filled."""
    plain = replace(recipe, network=replace(recipe.network, imagenet=False))
    return JointNetwork(plain, task)


def _train_phase(
    pack: JointPack,
    task: JointTask,
    recipe: PhaseRecipe,
    weights: Weights | None,
    folder: Path,
    fingerprint: str,
    on_round: OnRound | None,
) -> Weights:
    prepare(recipe.seed)
    data = JointDataset(
        pack, pack.where(held_out=False), task, recipe.whole, recipe.phase.canvas_size,
        augment=True, seed=recipe.seed,
    )  # fmt: skip
    module = JointTraining(recipe, task, pack, JointNetwork(recipe.whole, task))
    if weights:
        module.start_from(weights)
    trained = fit(
        module, data, None, folder=folder, fingerprint=fingerprint, on_epoch=on_round,
        checkpoint_every=1, sampler=RoundSampler(recipe.whole.round_pictures),
    )  # fmt: skip
    return dict(trained.network.state_dict())
