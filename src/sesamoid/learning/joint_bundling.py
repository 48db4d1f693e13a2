"""A joint network from its packed pictures to a bundle in a folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sesamoid.errors import ModelError
from sesamoid.imaging import atomic_path
from sesamoid.learning.compact_weights import WEIGHTS, save_compact
from sesamoid.learning.joint_data import JointDataset
from sesamoid.learning.joint_export import Given, check_joint_parity, export_joint
from sesamoid.learning.joint_network import JointNetwork
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.learning.joint_training import train_joint
from sesamoid.learning.phases import OnRound, Weights
from sesamoid.models import Manifest, ModelBundle
from sesamoid.models.joint_task import JointTask

CALIBRATION, CHECKS = 200, 60
"""Training pictures that set the 8-bit ranges; held-out pictures on which the export is checked."""


@dataclass(frozen=True)
class TrainedJoint:
    """A bundle that was written after training.

    Parameters
    ----------
    bundle : ModelBundle
    minutes : float
        Of training; NaN where it was cut off.
    """

    bundle: ModelBundle
    minutes: float


def train_joint_bundle(
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    manifest: Manifest,
    folder: Path,
    *,
    initial: Weights | None = None,
    threads: int = 0,
    on_round: OnRound | None = None,
) -> TrainedJoint:
    """Train by `recipe` and write the bundle into ``folder/bundle``.

    Parameters
    ----------
    pack, task, recipe, initial, threads, on_round
        See `sesamoid.learning.joint_training.train_joint`.
    manifest : Manifest
        Its fields about canvas, heads and weights are replaced.
    folder : Path
    """
    folder.mkdir(parents=True, exist_ok=True)
    network, minutes = train_joint(
        pack, task, recipe, folder=folder, fingerprint=run_fingerprint(pack, recipe, initial),
        initial=initial, threads=threads, on_round=on_round,
    )  # fmt: skip
    bundle = store_joint(network, pack, task, recipe, manifest, folder / "bundle")
    return TrainedJoint(bundle, minutes)


def store_joint(
    network: JointNetwork,
    pack: JointPack,
    task: JointTask,
    recipe: JointRecipe,
    manifest: Manifest,
    folder: Path,
) -> ModelBundle:
    """Export a network, check it, and write it with its manifest and weights to go on from.

    Where 8 bits change too much, the file is in float32, and the manifest says why.
    """
    training, held_out = pack.where(held_out=False), pack.where(held_out=True)
    given = _given(pack, training, CALIBRATION, task, recipe)
    checks = _given(pack, held_out if len(held_out) else training, CHECKS, task, recipe)
    precision, note = "int8 weights and activations, global branch float32", {}
    weights = export_joint(
        network, task, recipe.canvas_size, calibration=given if recipe.eight_bit else ()
    )
    try:
        parity = check_joint_parity(network, task, weights, checks)
    except ModelError as error:
        if not recipe.eight_bit:
            raise
        note = {"export_note": str(error)}
        weights = export_joint(network, task, recipe.canvas_size)
        parity = check_joint_parity(network, task, weights, checks)
    if note or not recipe.eight_bit:
        precision = "float32"
    complete = replace(
        manifest,
        canvas_size=recipe.canvas_size,
        grey_exponent=recipe.grey_exponent,
        classes=task.classes,
        outputs=task.as_dict(),
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        weights_precision=precision,
        training={
            **manifest.training,
            "export_check": parity.sentence,
            "joint_parity": parity.as_dict(),
            **note,
        },
    )
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / "model.onnx") as path:
        path.write_bytes(weights)
    save_compact(folder / WEIGHTS, network.state_dict())
    return ModelBundle(folder, complete).described(complete)


def run_fingerprint(pack: JointPack, recipe: JointRecipe, initial: Weights | None) -> str:
    """Of everything that decides a training's result."""
    digest = hashlib.sha256(f"{pack.fingerprint} {recipe!r}".encode())
    for name, value in (initial or {}).items():
        digest.update(name.encode() + value.contiguous().numpy().tobytes())
    return digest.hexdigest()


def _given(
    pack: JointPack,
    which: np.ndarray,
    count: int,
    task: JointTask,
    recipe: JointRecipe,
) -> list[Given]:
    chosen = which[np.unique(np.linspace(0, len(which) - 1, count).round().astype(int))]
    data = JointDataset(pack, chosen, task, recipe, recipe.canvas_size, augment=False)
    items = (data[number] for number in range(len(data)))
    return [(one["image"][0].numpy(), one["scalars"].numpy()) for one in items]
