"""Training the published pair on the pictures of the joint network, for the comparison."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from sesamoid.applications.application import TrainingOutcome
from sesamoid.imaging import atomic_path
from sesamoid.learning.joint_bundling import run_fingerprint
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.learning.reference_training import (
    RESNET_SIZE,
    Kind,
    export_reference,
    reference_network,
    reference_recipe,
    train_reference_network,
)
from sesamoid.models.joint_task import JointTask

from .packing import LabelledPictures
from .task import joint_task
from .training_settings import TrainingSettings

Progress = Callable[[str, int, int, float], None]


def train_reference(
    pack: JointPack,
    task: JointTask,
    pictures: LabelledPictures,
    joint: JointRecipe,
    out: Path,
    settings: TrainingSettings,
    *,
    progress: Progress | None = None,
) -> TrainingOutcome:
    """Train one of the pair into ``out/resnet50.onnx`` or ``out/hrnet_w32.onnx``.

    Beside it stands a ``.json`` with its recipe, what it takes, and its figures on people held out.

    Parameters
    ----------
    pack, task, pictures
    joint : JointRecipe
        The joint network's, whose canvas and variation it shares.
    out, settings, progress
        See `sesamoid.applications.wrist_hand.training.train`.
    """
    kind = cast(Kind, settings.recipe)
    recipe = reference_recipe(kind, joint)
    if settings.epochs:
        phase = replace(recipe.phases[0], rounds=settings.epochs)
        recipe = replace(recipe, phases=(phase,))
    rounds = recipe.phases[0].rounds

    def on_round(done: int, loss: float) -> None:
        if progress is not None:
            progress(kind, done, rounds, loss)

    trained = train_reference_network(
        kind,
        pack,
        task,
        recipe,
        folder=out,
        fingerprint=run_fingerprint(pack, recipe, None),
        threads=settings.threads,
        on_round=on_round,
    )
    content: dict[str, Any] = {
        "network": kind,
        "data": pictures.name,
        "origin": pictures.origin,
        "canvas_size": list(recipe.phases[0].canvas_size),
        "grey_exponent": recipe.grey_exponent,
        "outputs": task.as_dict(),
        "recipe": recipe.as_dict(),
        "figures": trained.figures,
    }
    with atomic_path(trained.weights.with_suffix(".json")) as path:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    table = {
        "title": f"{kind} on {pictures.origin} people held out of the training",
        "columns": ["figure", "value"],
        "rows": [
            [name, "-" if value is None else f"{value:.3f}"]
            for name, value in trained.figures.items()
            if name in ("accuracy", "mean_dice")
        ],
    }
    return TrainingOutcome({"table": table, **trained.figures}, None)


def published_pair(folder: Path, canvas_size: tuple[int, int]) -> tuple[Path, Path]:
    """Both networks with random weights, as ONNX files: what they take does not hang on weights.

    Parameters
    ----------
    folder : Path
    canvas_size : (rows, columns)
        Of the joint network; HRNet sees the same, ResNet-50 224 x 224.
    """
    resnet, hrnet = folder / "resnet50.onnx", folder / "hrnet_w32.onnx"
    sizes: tuple[tuple[Kind, Path, tuple[int, int]], ...] = (
        ("resnet50", resnet, RESNET_SIZE),
        ("hrnet_w32", hrnet, canvas_size),
    )
    for kind, path, size in sizes:
        network = reference_network(kind, joint_task()).eval()
        path.write_bytes(export_reference(network, kind, size))
    return resnet, hrnet
