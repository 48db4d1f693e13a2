"""A trained network as a model bundle in a folder."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from sesamoid.cores import usable_cores
from sesamoid.imaging import atomic_path
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.export import Parity, check_parity, export_onnx
from sesamoid.learning.loop import TrainedNetwork
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.learning.segmentation import train_segmentation
from sesamoid.learning.starting import Start
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
    """Export a segmentation network; see `store_bundle`.

    Parameters
    ----------
    network, manifest, folder, eight_bit
        See `store_bundle`.
    checks : sequence of LabelledImage
        Images that set the 8-bit ranges, and on which the export must say what the network says.
    """
    sizes = (manifest.canvas_size, *manifest.further_canvas_sizes)
    canvases = [_canvas(case, size, manifest) for case in checks for size in sizes]
    return store_bundle(
        network, manifest, folder, canvases=canvases, check=check_parity, eight_bit=eight_bit
    )


def store_bundle(
    network: nn.Module,
    manifest: Manifest,
    folder: Path,
    *,
    canvases: Sequence[NDArray[np.float32]],
    check: Callable[[nn.Module, bytes, Sequence[NDArray[np.float32]]], Parity],
    eight_bit: bool,
) -> ModelBundle:
    """Export `network`, check it against itself on `canvases`, and write weights and manifest.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, on the CPU.
    manifest : Manifest
        Its ``weights_*`` fields are replaced.
    folder : Path
    canvases : sequence of ndarray of shape (rows, columns)
        Standardised; they set the 8-bit ranges, and on them network and export are compared.
    check : callable
        Compares; raises ModelError where the two differ too much.
    eight_bit : bool
        Weights and activations in 8 bits; else in float32.
    """
    weights = export_onnx(network, manifest.canvas_size, calibration=canvases if eight_bit else ())
    parity = check(network, weights, canvases)
    complete = replace(
        manifest,
        weights_sha256=hashlib.sha256(weights).hexdigest(),
        weights_precision="int8 weights and activations" if eight_bit else "float32",
        training={**manifest.training, "export_parity": parity.as_dict()},
    )
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(folder / "model.onnx") as path:
        path.write_bytes(weights)
    return ModelBundle(folder, complete).described(complete)


def _canvas(case: LabelledImage, size: tuple[int, int], manifest: Manifest) -> NDArray[np.float32]:
    box = content_box(case.grey)
    return network_canvas(case.grey, box, size, grey_exponent=manifest.grey_exponent)


def network_canvas(
    grey: NDArray[np.generic], box: Crop, size: tuple[int, int], *, grey_exponent: float
) -> NDArray[np.float32]:
    """The part `box` of an image in a canvas of `size`, as a network takes it."""
    fit = Letterbox.fit((grey.shape[0], grey.shape[1]), box, size)
    return standardise(fit.forward(grey), fit.placed, grey_exponent=grey_exponent)


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
    start: Start | None = None,
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
    start : Start, optional
        Weights to start from.
    threads : int
        0: all cores.
    """
    trained = train_once(
        recipe,
        len(manifest.classes),
        lambda: train_segmentation(
            training,
            validation,
            recipe,
            classes=len(manifest.classes),
            folder=folder,
            fingerprint=fingerprint,
            initial=start.weights() if start else None,
            on_epoch=on_epoch,
        ),
        folder=folder,
        fingerprint=fingerprint,
        threads=threads,
        on_epoch=on_epoch,
    )
    bundle = write_bundle(
        trained.network,
        manifest,
        folder / "bundle",
        checks=training[::CHECKED_SHARE],
        eight_bit=recipe.eight_bit,
    )
    return TrainedBundle(bundle, trained.precision, trained.minutes)


@dataclass(frozen=True)
class FinishedNetwork:
    """A trained network, from this run or an earlier one.

    Parameters
    ----------
    network : nn.Module
        In evaluation mode, on the CPU.
    precision : str
    minutes : float
        Of training, all runs; NaN where it is not known.
    """

    network: nn.Module
    precision: str
    minutes: float


def train_once(
    recipe: SegmentationRecipe,
    outputs: int,
    train: Callable[[], TrainedNetwork],
    *,
    folder: Path,
    fingerprint: str,
    threads: int = 0,
    on_epoch: Callable[[int, float], None] | None = None,
) -> FinishedNetwork:
    """Call `train`, or read back what it made before under the same fingerprint.

    Parameters
    ----------
    recipe : SegmentationRecipe
    outputs : int
        Channels of the network's output.
    train : callable
    folder, fingerprint, on_epoch
        See `sesamoid.learning.loop.fit`.
    threads : int
        0: all cores.
    """
    torch.set_num_threads(threads or usable_cores())
    finished = folder / f"network-{fingerprint[:12]}.pt"
    if finished.is_file():
        content = torch.load(finished, weights_only=True)
        network = replace(recipe.network, imagenet=False).build(outputs).eval()
        network.load_state_dict(content["weights"])
        if on_epoch is not None:
            on_epoch(recipe.epochs, math.nan)
        minutes = float(content.get("minutes", math.nan))
        return FinishedNetwork(network, str(content["precision"]), minutes)
    trained = train()
    content = {
        "weights": trained.network.state_dict(),
        "precision": trained.precision,
        "minutes": trained.minutes,
    }
    with atomic_path(finished) as path:
        torch.save(content, path)
    return FinishedNetwork(trained.network, trained.precision, trained.minutes)
