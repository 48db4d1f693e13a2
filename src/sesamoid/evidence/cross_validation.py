"""Grouped cross-validation of a segmentation recipe, in parallel, resumable.

What is scored is what would ship: the network is exported to ONNX and run by the runtime, islands
dropped as in an analysis, on the original pixels.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.segmentation import ImageFigures, compare_labels
from sesamoid.imaging import atomic_path
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest, ModelBundle

if TYPE_CHECKING:
    from sesamoid.learning.bundling import TrainedBundle
    from sesamoid.learning.starting import Start


@dataclass(frozen=True)
class Fold:
    """One fold to train and score.

    Parameters
    ----------
    number : int
    recipe : SegmentationRecipe
    training, validation : tuple of LabelledImage
    manifest : Manifest
        How the runtime is to treat the network; its weights fields are filled in.
    folder : Path
        For checkpoint, bundle and ``figures.json``.
    start : Start, optional
        Weights to start from.
    threads : int
        For training and inference; 0: all cores.
    keep : bool
        Keep bundle and weights after they are scored; the figures always stay.
    """

    number: int
    recipe: SegmentationRecipe
    training: tuple[LabelledImage, ...]
    validation: tuple[LabelledImage, ...]
    manifest: Manifest
    folder: Path
    start: Start | None = None
    threads: int = 0
    keep: bool = True

    @property
    def fingerprint(self) -> str:
        """Changes with recipe, split or start, so that a stale result is never taken."""
        start = str(self.start.fingerprint if self.start else None)
        content = json.dumps(
            [self.recipe.as_dict(), [c.name for c in self.training], start], sort_keys=True
        )
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def scoring_fingerprint(self) -> str:
        """Changes with the training or with how the runtime treats the network."""
        treatment = replace(self.manifest, training={}, figures={})
        content = self.fingerprint + treatment.to_json()
        return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True)
class FoldFigures:
    """What a fold's network reached on images that it never saw.

    Parameters
    ----------
    number : int
    recipe, precision : str
    minutes : float
        Of training; NaN where it is not known.
    rows : tuple of ImageFigures
    """

    number: int
    recipe: str
    precision: str
    minutes: float
    rows: tuple[ImageFigures, ...]


def run_folds(
    folds: Sequence[Fold],
    *,
    jobs: int,
    on_epoch: Callable[[int, int, float], None] | None = None,
) -> list[FoldFigures]:
    """Train and score `folds`, `jobs` at a time; finished ones are read, not repeated.

    Parameters
    ----------
    folds : sequence of Fold
    jobs : int
        Processes; two with one thread each use two cores better than one with two.
    on_epoch : callable, optional
        Told index in `folds`, finished epochs and loss.
    """
    if jobs <= 1:
        return [
            run_fold(fold, None if on_epoch is None else _Bound(on_epoch, index))
            for index, fold in enumerate(folds)
        ]
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        queue = manager.Queue()
        with ProcessPoolExecutor(jobs, mp_context=context) as pool:
            futures = [
                pool.submit(run_fold, fold, _Queued(queue, index))
                for index, fold in enumerate(folds)
            ]
            while not all(future.done() for future in futures):
                try:
                    message = queue.get(timeout=0.5)
                except Exception:
                    continue
                if on_epoch is not None:
                    on_epoch(*message)
            return [future.result() for future in futures]


@dataclass(frozen=True)
class _Bound:
    on_epoch: Callable[[int, int, float], None]
    index: int

    def __call__(self, epoch: int, loss: float) -> None:
        self.on_epoch(self.index, epoch, loss)


class _Queued:
    def __init__(self, queue: object, index: int) -> None:
        self.queue, self.index = queue, index

    def __call__(self, epoch: int, loss: float) -> None:
        self.queue.put((self.index, epoch, loss))  # type: ignore[attr-defined]


def run_fold(fold: Fold, on_epoch: Callable[[int, float], None] | None = None) -> FoldFigures:
    """Train on a fold's training part, export, and score on its validation part."""
    figures = _read_figures(fold)
    if figures is None:
        figures = _train_and_score(fold, on_epoch)
    elif on_epoch is not None:
        on_epoch(fold.recipe.epochs, float("nan"))
    if not fold.keep:
        _clear(fold)
    return figures


def _train_and_score(fold: Fold, on_epoch: Callable[[int, float], None] | None) -> FoldFigures:
    trained = train_fold(fold, on_epoch)
    rows = score_bundle(trained.bundle, fold.validation, threads=fold.threads)
    figures = FoldFigures(
        fold.number, fold.recipe.name, trained.precision, trained.minutes, tuple(rows)
    )
    with atomic_path(fold.folder / "figures.json") as path:
        content = {"fingerprint": fold.scoring_fingerprint, **asdict(figures)}
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return figures


def _clear(fold: Fold) -> None:
    """Remove all but the figures: weights and optimiser state are many times their size."""
    shutil.rmtree(fold.folder / "bundle", ignore_errors=True)
    for pattern in ("network-*.pt", "last-*.ckpt"):
        for path in fold.folder.glob(pattern):
            path.unlink(missing_ok=True)


def _read_figures(fold: Fold) -> FoldFigures | None:
    path = fold.folder / "figures.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    if content.pop("fingerprint") != fold.scoring_fingerprint:
        return None
    content["rows"] = tuple(ImageFigures(**row) for row in content["rows"])
    return FoldFigures(**content)


def train_fold(fold: Fold, on_epoch: Callable[[int, float], None] | None = None) -> TrainedBundle:
    """Train on a fold's training part and write the bundle into its folder."""
    from sesamoid.learning.bundling import train_bundle

    return train_bundle(
        fold.recipe,
        fold.training,
        fold.validation,
        fold.manifest,
        fold.folder,
        fingerprint=fold.fingerprint,
        start=fold.start,
        threads=fold.threads,
        on_epoch=on_epoch,
    )


def score_bundle(
    bundle: ModelBundle, cases: Sequence[LabelledImage], *, threads: int = 0
) -> list[ImageFigures]:
    """Figures of a bundle on labelled images, one row per image and class."""
    from sesamoid.models.decide import label_map
    from sesamoid.models.runtime import SegmentationRuntime

    runtime = SegmentationRuntime(bundle, threads=threads)
    rows: list[ImageFigures] = []
    for case in cases:
        probabilities = runtime.probabilities([case.grey])[0]
        predicted: NDArray[np.uint8] = label_map(probabilities, bundle.manifest)
        rows += compare_labels(case.name, predicted, case.label, bundle.manifest.classes[1:])
    return rows
