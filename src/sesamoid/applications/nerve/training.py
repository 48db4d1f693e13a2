"""Training the nerve and vessel network: cross-validation, the floor beside it, the bundle."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid import __version__
from sesamoid.applications.application import TrainingOutcome
from sesamoid.cores import usable_cores
from sesamoid.evidence.cross_validation import Fold, FoldFigures, run_folds, train_fold
from sesamoid.evidence.model_card import write_card
from sesamoid.evidence.segmentation import summarise
from sesamoid.imaging import atomic_path
from sesamoid.imaging.raw_dataset import RawDataset
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest
from sesamoid.models.bundle import TrainingData

from . import recipes
from .card import TEXTS
from .classical_figures import classical_figures, write_classical
from .images import CLASSES, NerveImages, read_nerve_images
from .training_settings import TrainingSettings

Progress = Callable[[str, int, int, float], None]


def train(
    data: Path, out: Path, settings: TrainingSettings, *, progress: Progress | None = None
) -> TrainingOutcome:
    """Cross-validate on `data`, then train on all of it and write the bundle to ``out/bundle``.

    Everything is resumable: finished folds are read back, a cut-off one goes on.

    Parameters
    ----------
    data : Path
        A data set in nnU-Net raw layout with the classes background, nerve, vessel.
    out : Path
    settings : TrainingSettings
    progress : callable, optional
        Told name of the run, finished epochs, all epochs and loss.

    Raises
    ------
    DataError
        The data set lacks the classes, or has too few groups to divide.
    """
    images = read_nerve_images(data)
    cases, groups = images.cases, images.groups
    if settings.folds:
        images.require_folds(settings.folds)
    recipe = _recipe(recipes.NERVE, settings)
    manifest = _manifest(recipe, images.dataset, len(cases), settings)
    figures: dict[str, Any] = {}
    if settings.folds:
        figures = _cross_validate(images, recipe, manifest, out, settings, progress)
        if settings.classical:
            figures["classical"] = classical_figures(
                cases, images.folds(settings.folds), groups, out / "classical.json"
            )
        with atomic_path(out / "cross_validation.json") as path:
            path.write_text(_json(figures), encoding="utf-8")
    bundle = None
    if settings.final:
        manifest = replace(manifest, figures=figures)
        whole = Fold(-1, recipe, cases, (), manifest, out, threads=0)
        bundle = train_fold(whole, _report(progress, "final", recipe.epochs)).bundle
        if settings.classical:
            write_classical(cases, groups, bundle.folder)
        write_card(bundle, texts=TEXTS)
    return TrainingOutcome(figures, bundle)


def _recipe(recipe: SegmentationRecipe, settings: TrainingSettings) -> SegmentationRecipe:
    return replace(recipe, seed=settings.seed, epochs=settings.epochs or recipe.epochs)


def _cross_validate(
    images: NerveImages,
    recipe: SegmentationRecipe,
    manifest: Manifest,
    out: Path,
    settings: TrainingSettings,
    progress: Progress | None,
) -> dict[str, Any]:
    cases, groups = images.cases, images.groups
    assigned = images.folds(settings.folds)
    floor = _recipe(recipes.FLOOR, settings)
    plain = replace(
        manifest,
        canvas_size=floor.canvas_size,
        grey_exponent=floor.grey_exponent,
        mirror=False,
        further_canvas_sizes=(),
        threshold={},
        minimal_area_share={},
        minimal_peak={},
    )
    threads = max(1, usable_cores() // settings.jobs)
    runs: list[Fold] = []
    for name, one, how, count in (
        ("network", recipe, manifest, settings.folds),
        ("plain_unet", floor, plain, settings.floor_folds),
    ):
        for fold in range(count):
            runs.append(
                Fold(
                    number=fold,
                    recipe=one,
                    training=tuple(c for c, f in zip(cases, assigned, strict=True) if f != fold),
                    validation=tuple(c for c, f in zip(cases, assigned, strict=True) if f == fold),
                    manifest=how,
                    folder=out / name / f"fold{fold}",
                    threads=threads,
                )
            )

    def on_epoch(index: int, epoch: int, loss: float) -> None:
        if progress is not None:
            run = runs[index]
            kind = "network" if index < settings.folds else "plain U-Net"
            progress(f"{kind} fold {run.number}", epoch, run.recipe.epochs, loss)

    results = run_folds(runs, jobs=settings.jobs, on_epoch=on_epoch)
    network, plain_unet = results[: settings.folds], results[settings.folds :]
    groups_by_name = {c.name: g for c, g in zip(cases, groups, strict=True)}
    figures: dict[str, Any] = {
        "data": manifest.training_data[0].name,
        "origin": settings.origin,
        "split": f"{settings.folds} folds over {len(np.unique(groups))} groups of similar images",
        "network": _summary(network, groups_by_name),
    }
    if plain_unet:
        shared = {r.image for fold in plain_unet for r in fold.rows}
        same = [replace(f, rows=tuple(r for r in f.rows if r.image in shared)) for f in network]
        figures["plain_unet"] = _summary(plain_unet, groups_by_name)
        figures["network_on_the_same_folds"] = _summary([f for f in same if f.rows], groups_by_name)
        figures["difference_in_dice"] = {
            name: figures["network_on_the_same_folds"]["classes"][name]["dice"]["mean"]
            - figures["plain_unet"]["classes"][name]["dice"]["mean"]
            for name in CLASSES[1:]
        }
    return figures


def _summary(folds: Sequence[FoldFigures], groups: dict[str, int]) -> dict[str, Any]:
    rows = [row for fold in folds for row in fold.rows]
    images = list(dict.fromkeys(row.image for row in rows))
    summary = summarise(rows, groups=np.array([groups[name] for name in images]))
    summary["recipe"] = folds[0].recipe
    summary["folds"] = [
        {
            "fold": fold.number,
            "minutes": None if math.isnan(fold.minutes) else round(fold.minutes, 1),
            "precision": fold.precision,
            **{
                name: float(np.mean([r.dice for r in fold.rows if r.structure == name]))
                for name in CLASSES[1:]
            },
        }
        for fold in folds
    ]
    return summary


def _manifest(
    recipe: SegmentationRecipe, dataset: RawDataset, images: int, settings: TrainingSettings
) -> Manifest:
    return Manifest(
        name="nerve",
        version=__version__,
        task="segmentation of peripheral nerve and vessel on B-mode ultrasound",
        classes=CLASSES,
        canvas_size=recipe.canvas_size,
        further_canvas_sizes=recipes.FURTHER_CANVAS_SIZES,
        grey_exponent=recipe.grey_exponent,
        threshold=recipes.THRESHOLD,
        weights_sha256="",
        weights_precision="",
        training_data=(
            TrainingData(
                name=dataset.name,
                licence=dataset.licence,
                credit=settings.credit,
                origin=settings.origin,
                images=images,
            ),
        ),
        mirror=recipes.MIRROR,
        minimal_area_share=recipes.MINIMAL_AREA_SHARE,
        minimal_peak=recipes.MINIMAL_PEAK,
        training={
            "command": f"sesamoid train nerve --data {dataset.name} --folds {settings.folds} "
            f"--floor-folds {settings.floor_folds} --seed {settings.seed}",
            "recipe": recipe.as_dict(),
            "starting_weights": recipe.network.starting_weights,
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {
                name: metadata.version(name) for name in ("torch", "monai", "lightning", "onnx")
            },
        },
    )


def _report(
    progress: Progress | None, name: str, epochs: int
) -> Callable[[int, float], None] | None:
    if progress is None:
        return None
    return lambda epoch, loss: progress(name, epoch, epochs, loss)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2) + "\n"
