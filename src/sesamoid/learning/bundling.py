"""A trained network as a model bundle in a folder."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sesamoid.imaging import atomic_path
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.export import check_parity, export_onnx
from sesamoid.learning.loop import checkpoint_path
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.learning.segmentation import train_segmentation
from sesamoid.models import Manifest, ModelBundle

CHECKED_SHARE = 4
"""Every so many training images calibrate and check the export."""


def write_bundle(
    network: nn.Module,
    manifest: Manifest,
    folder: Path,
    *,
    checks: Sequence[LabelledImage],
    eight_bit: bool = True,
) -> ModelBundle:
    """Export `network`, check it against itself on `checks`, and write weights and manifest.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, on the CPU.
    manifest : Manifest
        Its ``weights_*`` fields are replaced.
    folder : Path
    checks : sequence of LabelledImage
        Images that set the 8-bit ranges, and on which the export must say what the network says.
    eight_bit : bool
        Weights and activations in 8 bits; else in float32.
    """
    sizes = (manifest.canvas_size, *manifest.further_canvas_sizes)
    canvases = [_canvas(case, size, manifest) for case in checks for size in sizes]
    weights = export_onnx(network, manifest.canvas_size, calibration=canvases if eight_bit else ())
    parity = check_parity(network, weights, canvases)
    complete = replace(
        manifest,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        weights_precision="int8 weights and activations" if eight_bit else "float32",
        training={
            **manifest.training,
            "export_parity": {
                "largest_probability_difference": parity.largest_difference,
                "same_class_share": parity.same_class,
                "same_class_share_of_decided": parity.same_class_decided,
                "canvases": parity.canvases,
            },
        },
    )
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / "model.onnx") as path:
        path.write_bytes(weights)
    with atomic_path(folder / "manifest.json") as path:
        path.write_text(complete.to_json(), encoding="utf-8")
    return ModelBundle(folder, complete)


def _canvas(case: LabelledImage, size: tuple[int, int], manifest: Manifest) -> NDArray[np.float32]:
    fit = Letterbox.fit((case.grey.shape[0], case.grey.shape[1]), content_box(case.grey), size)
    canvas = fit.forward(case.grey)
    return standardise(canvas, fit.placed, grey_exponent=manifest.grey_exponent)


@dataclass(frozen=True)
class TrainedBundle:
    """A bundle that was written after training.

    Parameters
    ----------
    bundle : ModelBundle
    precision : str
        What the training arithmetic was done in.
    minutes : float
        Wall time of the training; NaN where it is not known.
    """

    bundle: ModelBundle
    precision: str
    minutes: float


def train_bundle(
    recipe: SegmentationRecipe,
    training: Sequence[LabelledImage],
    validation: Sequence[LabelledImage],
    manifest: Manifest,
    folder: Path,
    *,
    fingerprint: str,
    initial: Path | None = None,
    threads: int = 0,
    on_epoch: Callable[[int, float], None] | None = None,
) -> TrainedBundle:
    """Train by `recipe` and write the bundle into ``folder/bundle``.

    A finished network is kept as ``network-*.pt``, so that a change of the export alone does not
    train again.

    Parameters
    ----------
    recipe, training, validation, on_epoch
        See `sesamoid.learning.segmentation.train_segmentation`.
    manifest : Manifest
        How the runtime is to treat the network.
    folder : Path
    fingerprint : str
        Of recipe and data: only a run under the same one is resumed.
    initial : Path, optional
        Weights to start from.
    threads : int
        0: all cores.
    """
    torch.set_num_threads(threads or os.cpu_count() or 1)
    finished = folder / f"network-{fingerprint[:12]}.pt"
    if finished.is_file():
        content = torch.load(finished, weights_only=True)
        network = replace(recipe.network, imagenet=False).build(len(manifest.classes)).eval()
        network.load_state_dict(content["weights"])
        precision = str(content["precision"])
        minutes = float(content.get("minutes", math.nan))
        if on_epoch is not None:
            on_epoch(recipe.epochs, math.nan)
    else:
        resumed = checkpoint_path(folder, fingerprint).is_file()
        started = time.monotonic()
        trained = train_segmentation(
            training,
            validation,
            recipe,
            classes=len(manifest.classes),
            folder=folder,
            fingerprint=fingerprint,
            initial=torch.load(initial) if initial else None,
            on_epoch=on_epoch,
        )
        network, precision = trained.network, trained.precision
        # What a run took before it was cut off is not known.
        minutes = math.nan if resumed else (time.monotonic() - started) / 60
        content = {"weights": network.state_dict(), "precision": precision, "minutes": minutes}
        with atomic_path(finished) as path:
            torch.save(content, path)
    bundle = write_bundle(
        network,
        manifest,
        folder / "bundle",
        checks=training[::CHECKED_SHARE],
        eight_bit=recipe.eight_bit,
    )
    return TrainedBundle(bundle, precision, minutes)
