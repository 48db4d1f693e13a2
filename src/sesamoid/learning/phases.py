"""The phases of a training on packed pictures; what is finished is read back."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from sesamoid.cores import usable_cores
from sesamoid.imaging import atomic_path
from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe, PhaseRecipe
from sesamoid.learning.loop import Training, fit, prepare
from sesamoid.learning.rounds import RoundSampler
from sesamoid.models.joint_task import JointTask

Weights = dict[str, Tensor]
OnRound = Callable[[int, float], None]


def train_phases(
    module_of: Callable[[PhaseRecipe], Training],
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    *,
    folder: Path,
    fingerprint: str,
    name: str = "",
    stretched: bool = False,
    initial: Weights | None = None,
    threads: int = 0,
    on_round: OnRound | None = None,
) -> tuple[Weights, float]:
    """Train every phase on what `pack` does not hold out, each from the weights before.

    Parameters
    ----------
    module_of : callable
        Makes the loss with a fresh network for a phase.
    pack, task, recipe
    folder : Path
        For checkpoints and the weights of finished phases.
    fingerprint : str
        Of recipe and data: only a run under the same one is resumed.
    name : str
        Tells the networks apart that are trained in one folder.
    stretched : bool
        See `sesamoid.learning.joint_data.JointDataset`.
    initial : dict, optional
        Weights to start from; those whose name and shape fit are taken.
    threads : int
        0: all cores.
    on_round : callable, optional
        Told the number of finished rounds of all phases and the last one's mean loss; NaN of a
        phase that is read back.

    Returns
    -------
    weights : dict
        Averaged, of the last phase.
    minutes : float
        Of training, all runs; NaN where it is not known.
    """
    torch.set_num_threads(threads or usable_cores())
    folder.mkdir(parents=True, exist_ok=True)
    prefix = f"{name}-" if name else ""
    weights, minutes, before = initial, 0.0, 0
    for number, phase in enumerate(recipe.phases):
        finished = folder / f"{prefix}phase-{number}-{fingerprint[:12]}.pt"
        read_back = finished.is_file()
        if not read_back:
            one = recipe.of_phase(number)
            own = f"{name[:1]}{number}{fingerprint}"  # a checkpoint is named after its beginning
            prepare(one.seed)
            data = JointDataset(
                pack, pack.where(held_out=False), task, recipe, phase.canvas_size,
                augment=True, seed=one.seed, stretched=stretched,
            )  # fmt: skip
            module = module_of(one)
            if weights:
                module.start_from(weights)
            trained = fit(
                module, data, None, folder=folder, fingerprint=own,
                on_epoch=_shifted(on_round, before), checkpoint_every=1,
                sampler=RoundSampler(recipe.round_pictures),
            )  # fmt: skip
            with atomic_path(finished) as path:
                content = {"weights": trained.network.state_dict(), "minutes": trained.minutes}
                torch.save(content, path)
        content = torch.load(finished, weights_only=True)
        weights, minutes = content["weights"], minutes + float(content["minutes"])
        before += phase.rounds
        if read_back and on_round is not None:
            on_round(before, math.nan)
    assert weights is not None
    return weights, minutes


def _shifted(on_round: OnRound | None, before: int) -> OnRound | None:
    if on_round is None:
        return None
    return lambda done, loss: on_round(before + done, loss)
