"""Training the muscle network: cross-validation with the classical method beside it, the bundle."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid import __version__
from sesamoid.applications.application import AnalysisSettings, TrainingOutcome
from sesamoid.cores import usable_cores
from sesamoid.errors import DataError, SesamoidError
from sesamoid.evidence.model_card import write_card
from sesamoid.imaging import atomic_path
from sesamoid.learning.oriented_data import PartlyLabelled
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.models import Manifest, ModelBundle
from sesamoid.models.bundle import TrainingData

from . import recipes
from .card import TEXTS, figures_section, figures_table
from .data_sets import MuscleImages, read_muscle_images
from .folds import MuscleFold, muscle_folds, scan_groups
from .looking import looker
from .scoring import MuscleImageFigures, score_case, summary
from .virtual_accuracy import errors_on_drawn, virtual_summary, virtual_table
from .virtual_cases import virtual_cases, virtual_data

Progress = Callable[[str, int, int, float], None]


@dataclass(frozen=True)
class TrainingSettings:
    """What `sesamoid train muscle` may be told.

    Parameters
    ----------
    folds : int
        Of the cross-validation; 0: none, only the final network.
    final : bool
        Train the network that ships, on all images.
    epochs : int, optional
        In place of the recipe's; for a quick trial.
    seed : int
    credit, origin : str
        Of the data sets, for manifest, card and reports.
    floor_folds, jobs, classical
        Of other applications: no plain U-Net is compared here, folds run one after the other, and
        the classical method always stands beside the network.
    """

    folds: int = recipes.FOLDS
    final: bool = True
    epochs: int | None = None
    seed: int = 0
    credit: str = "not stated"
    origin: str = "real"
    floor_folds: int = 0
    jobs: int = 1
    classical: bool = True


def train(
    data: Path, out: Path, settings: TrainingSettings, *, progress: Progress | None = None
) -> TrainingOutcome:
    """Cross-validate on `data`, then train on all of it and write the bundle to ``out/bundle``.

    Everything is resumable: finished folds are read back, a cut-off one goes on.

    Parameters
    ----------
    data : Path
        See `sesamoid.applications.muscle.data_sets.muscle_sources`.
    out : Path
    settings : TrainingSettings
    progress : callable, optional
        Told name of the run, finished epochs, all epochs and loss.

    Raises
    ------
    DataError
        No such data, or too few groups to divide.
    """
    if settings.floor_folds:
        raise SesamoidError(
            "there is no plain U-Net to compare the muscle network with",
            fix="leave --floor-folds out.",
        )
    images = read_muscle_images(data)
    drawn = virtual_cases(recipes.VIRTUAL_IMAGES, first_seed=recipes.VIRTUAL_SEED)
    recipe = replace(
        recipes.MUSCLE, seed=settings.seed, epochs=settings.epochs or recipes.MUSCLE.epochs
    )
    manifest = _manifest(recipe, images, settings)
    figures: dict[str, Any] = {}
    if settings.folds:
        groups = scan_groups(images.cases)
        if len(np.unique(groups)) < settings.folds:
            raise DataError(
                f"{len(np.unique(groups))} groups of similar images cannot make "
                f"{settings.folds} folds",
                path=data,
                fix="use fewer folds, or more images.",
            )
        figures = _cross_validate(images, drawn, groups, recipe, manifest, out, settings, progress)
        with atomic_path(out / "cross_validation.json") as path:
            path.write_text(_json(figures), encoding="utf-8")
        figures.pop("images")  # in that file; a manifest is read at every start
    if not settings.final:
        return TrainingOutcome(figures, None)
    whole = MuscleFold(-1, recipe, recipes.TASK, (*images.cases, *drawn), (), out)
    bundle, _ = _trained(whole, replace(manifest, figures=figures), progress, "final")
    figures = figures | {"virtual": _on_virtual(bundle)}
    bundle = bundle.described(replace(bundle.manifest, figures=figures))
    write_card(bundle, texts=TEXTS, figures_section=figures_section(figures))
    return TrainingOutcome(figures, bundle)


def _trained(
    fold: MuscleFold, manifest: Manifest, progress: Progress | None, name: str
) -> tuple[ModelBundle, float]:
    from sesamoid.learning.oriented_bundling import train_oriented_bundle

    def on_epoch(epoch: int, loss: float) -> None:
        if progress is not None:
            progress(name, epoch, fold.recipe.epochs, loss)

    trained = train_oriented_bundle(
        fold.recipe,
        fold.task,
        fold.training,
        fold.validation,
        manifest,
        fold.folder,
        fingerprint=fold.fingerprint,
        threads=usable_cores(),
        on_epoch=on_epoch,
    )
    return trained.bundle, trained.minutes


def _on_virtual(bundle: ModelBundle) -> dict[str, Any]:
    """How the network that ships does on virtual muscles that it never saw."""
    look = looker(bundle, AnalysisSettings(model=str(bundle.folder), threads=1))
    found = virtual_summary(errors_on_drawn(look, recipes.VIRTUAL_TEST_SEEDS))
    title = f"{found['n_images']} virtual muscles that it never saw"
    return found | {"table": virtual_table(title, found)}


def _cross_validate(
    images: MuscleImages,
    drawn: tuple[PartlyLabelled, ...],
    groups: NDArray[np.int64],
    recipe: SegmentationRecipe,
    manifest: Manifest,
    out: Path,
    settings: TrainingSettings,
    progress: Progress | None,
) -> dict[str, Any]:
    from sesamoid.models.oriented import OrientedRuntime

    group_of = {c.name: int(g) for c, g in zip(images.cases, groups, strict=True)}
    rows: list[MuscleImageFigures] = []
    folds: list[dict[str, Any]] = []
    for fold in muscle_folds(
        images.cases, groups, recipe, folds=settings.folds, out=out, more=drawn
    ):
        bundle, minutes = _trained(fold, manifest, progress, f"fold {fold.number}")
        runtime = OrientedRuntime(bundle)
        scored = [score_case(case, runtime) for case in fold.validation]
        rows += scored
        own = summary(scored, group_of)
        folds.append(
            {
                "fold": fold.number,
                "minutes": None if math.isnan(minutes) else round(minutes, 1),
                **{k: v["median"] for k, v in own.items() if isinstance(v, dict)},
            }
        )
    data = ", ".join(source.name for source in images.sources)
    split = f"{settings.folds} folds over {len(np.unique(groups))} groups of similar images"
    found = summary(rows, group_of)
    return {
        "data": data,
        "origin": settings.origin,
        "split": split,
        "network": {**found, "folds": folds},
        "table": figures_table(f"{settings.origin} data {data}, {split}, out of fold", found),
        "images": [asdict(row) for row in rows],
    }


def _manifest(
    recipe: SegmentationRecipe, images: MuscleImages, settings: TrainingSettings
) -> Manifest:
    command = (
        f"sesamoid train muscle --data {images.sources[0].root.parent.name} "
        f"--folds {settings.folds} --seed {settings.seed}"
    )
    return Manifest(
        name="muscle",
        version=__version__,
        task="aponeuroses, fascicle fragments and fibre direction on longitudinal B-mode ultrasound"
        " of muscle",
        classes=("background", *recipes.TASK.structures),
        canvas_size=recipe.canvas_size,
        further_canvas_sizes=recipes.FURTHER_CANVAS_SIZES,
        grey_exponent=recipe.grey_exponent,
        mirror=recipes.MIRROR,
        threshold=recipes.THRESHOLD,
        weights_sha256="",
        weights_precision="",
        training_data=(
            *(
                TrainingData(
                    source.name,
                    source.licence,
                    settings.credit,
                    settings.origin,
                    len(source.training),
                )
                for source in images.sources
            ),
            virtual_data(recipes.VIRTUAL_IMAGES),
        ),
        training={
            "command": command,
            "recipe": recipe.as_dict(),
            "task": asdict(recipes.TASK),
            "starting_weights": recipe.network.starting_weights,
            "date": datetime.now(UTC).date().isoformat(),
            "versions": {
                name: metadata.version(name) for name in ("torch", "monai", "lightning", "onnx")
            },
        },
    )


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2) + "\n"
