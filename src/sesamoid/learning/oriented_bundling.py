"""A trained oriented network as a model bundle in a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sesamoid.learning.bundling import (
    CHECKED_SHARE,
    TrainedBundle,
    network_canvas,
    store_bundle,
    train_once,
)
from sesamoid.learning.export import check_oriented_parity
from sesamoid.learning.oriented import OrientedTask, train_oriented
from sesamoid.learning.oriented_data import PartlyLabelled
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest


def train_oriented_bundle(
    recipe: SegmentationRecipe,
    task: OrientedTask,
    training: Sequence[PartlyLabelled],
    validation: Sequence[PartlyLabelled],
    manifest: Manifest,
    folder: Path,
    *,
    fingerprint: str,
    threads: int = 0,
    on_epoch: Callable[[int, float], None] | None = None,
) -> TrainedBundle:
    """Train by `recipe` and write the bundle into ``folder/bundle``.

    Parameters
    ----------
    recipe, task, training, validation, on_epoch
        See `sesamoid.learning.oriented.train_oriented`.
    manifest : Manifest
        How the runtime is to treat the network.
    folder : Path
    fingerprint : str
        Of recipe and data: only a run under the same one is resumed.
    threads : int
        0: all cores.
    """
    trained = train_once(
        recipe,
        task.outputs,
        lambda: train_oriented(
            training,
            validation,
            recipe,
            task,
            folder=folder,
            fingerprint=fingerprint,
            on_epoch=on_epoch,
        ),
        folder=folder,
        fingerprint=fingerprint,
        threads=threads,
        on_epoch=on_epoch,
    )
    canvases = [
        network_canvas(case.grey, case.box, size, grey_exponent=manifest.grey_exponent)
        for case in training[::CHECKED_SHARE]
        for size in (manifest.canvas_size, *manifest.further_canvas_sizes)
    ]
    bundle = store_bundle(
        trained.network,
        manifest,
        folder / "bundle",
        canvases=canvases,
        check=check_oriented_parity,
        eight_bit=recipe.eight_bit,
    )
    return TrainedBundle(bundle, trained.precision, trained.minutes)
