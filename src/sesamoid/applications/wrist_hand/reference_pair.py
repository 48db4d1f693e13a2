"""Training the published pair on the pictures of the joint network, for the comparison."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sesamoid import __version__
from sesamoid.applications.application import TrainingOutcome
from sesamoid.imaging.digest import sha256_of
from sesamoid.learning.joint_bundling import run_fingerprint
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.learning.reference_recipe import RESNET_SIZE, Kind, pictures_shown, reference_recipe
from sesamoid.learning.reference_training import (
    export_reference,
    reference_network,
    train_reference_network,
)
from sesamoid.models.joint_task import JointTask
from sesamoid.models.published_network import PublishedNetwork

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

    Beside it stands a ``.json``: see `sesamoid.models.published_network.PublishedNetwork`.

    Parameters
    ----------
    pack, task, pictures
    joint : JointRecipe
        The joint network's, whose canvas and variation it shares.
    out, settings, progress
        See `sesamoid.applications.wrist_hand.training.train`.
    """
    kind = cast(Kind, settings.recipe)
    recipe = reference_recipe(kind, joint, settings.epochs)
    rounds = sum(phase.rounds for phase in recipe.phases)

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
    PublishedNetwork(
        network=kind,
        version=__version__,
        sha256=sha256_of(trained.weights),
        canvas_size=recipe.phases[-1].canvas_size,
        packed_size=recipe.canvas_size,
        grey_exponent=recipe.grey_exponent,
        task=task,
        data=pictures.name,
        licence=pictures.licence,
        origin="virtual" if pictures.origin == "virtual" else settings.origin,
        training={
            "pictures": len(pictures.training),
            "pictures_shown": pictures_shown(recipe),
            "minutes": None if math.isnan(trained.minutes) else round(trained.minutes, 1),
            "starting_weights": "random",
            "recipe": recipe.as_dict(),
            "command": f"sesamoid train wrist_hand --data {pictures.name} --recipe {kind} --seed "
            f"{settings.seed}" + (f" --epochs {settings.epochs}" if settings.epochs else ""),
            "date": datetime.now(UTC).date().isoformat(),
        },
        figures=trained.figures,
    ).write(trained.weights)
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
