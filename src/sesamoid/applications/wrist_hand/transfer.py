"""From virtual to real: what training on virtual bodies gives on real images of nerves.

The trained encoder and decoder are trained on with few and many real images, beside the same
network from ImageNet (where the virtual training itself began) and from random weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sesamoid import __version__
from sesamoid.applications.nerve.images import CLASSES, NerveImages, read_nerve_images
from sesamoid.cores import usable_cores
from sesamoid.errors import ModelError, SesamoidError
from sesamoid.evidence.cross_validation import run_folds
from sesamoid.evidence.transfer import Arm, Count, TransferPlan, TransferRecipe, name_of
from sesamoid.evidence.transfer_figures import findings, transfer_figures, transfer_table
from sesamoid.imaging import atomic_path
from sesamoid.imaging.digest import sha256_of
from sesamoid.models import Manifest, ModelBundle, bundle
from sesamoid.models.bundle import TrainingData

from . import recipes
from .training import MODEL
from .transfer_page import IMAGENET, MEANT, NOTE, SCRATCH, STARTS, VIRTUAL, transfer_page

if TYPE_CHECKING:
    from sesamoid.learning.starting import Start

OnRun = Callable[[str, int, int, float], None]


@dataclass(frozen=True)
class TransferSettings:
    """What `sesamoid evaluate wrist_hand --transfer` may be told.

    Parameters
    ----------
    starts : tuple of str
        Some of `STARTS`.
    counts : tuple of int or None
        Real images to train on; None: all that a fold leaves.
    folds, seeds : int
        Each seed is another draw of the images, another order and other random weights.
    model : str
        The bundle's name or folder that the virtual start is taken from.
    jobs : int
        Trainings at a time; each takes its share of the cores.
    """

    starts: tuple[str, ...] = STARTS
    counts: tuple[Count, ...] = (20, 50, None)
    folds: int = 3
    seeds: int = 1
    model: str = MODEL
    jobs: int = 1

    def __post_init__(self) -> None:
        unknown = [name for name in self.starts if name not in STARTS]
        if unknown or not self.starts:
            raise SesamoidError(
                f"there is no start {', '.join(unknown)!r}", fix=f"use some of {', '.join(STARTS)}."
            )
        if not self.counts or any(count is not None and count < 1 for count in self.counts):
            raise SesamoidError(
                "the numbers of images are not 1 or more", fix="give for instance 20,50,all."
            )
        if self.folds < 2 or self.seeds < 1:
            raise SesamoidError(
                f"{self.folds} folds and {self.seeds} seeds", fix="use 2 folds and 1 seed or more."
            )


def transfer(
    data: Path,
    out: Path,
    settings: TransferSettings,
    *,
    recipe: TransferRecipe | None = None,
    on_run: OnRun | None = None,
) -> dict[str, Any]:
    """Train every arm and write ``transfer.json`` and ``transfer.md``.

    Finished trainings are read from ``out/transfer``, cut-off ones go on.

    Parameters
    ----------
    data : Path
        Real images in nnU-Net raw layout with the classes background, nerve, vessel.
    out : Path
    settings : TransferSettings
    recipe : TransferRecipe, optional
        In place of `recipes.TRANSFER`.
    on_run : callable, optional
        Told name of the run, finished and all rounds over all runs, and loss (NaN: was trained
        before).

    Raises
    ------
    DataError
        Other classes, too few groups for the folds, or fewer images than asked for.
    ModelError
        The bundle holds no weights to train on from, others than this network's, or was not
        trained on virtual images alone.
    """
    recipe = recipe or recipes.TRANSFER
    start, model = _virtual_start(settings, recipe)
    images = read_nerve_images(data)
    images.require_folds(settings.folds)
    arms = {
        VIRTUAL: Arm(VIRTUAL, start=start),
        IMAGENET: Arm(IMAGENET, imagenet=True),
        SCRATCH: Arm(SCRATCH),
    }
    plan = TransferPlan(
        cases=images.cases,
        groups=images.groups,
        folds=images.folds(settings.folds),
        arms=tuple(arms[name] for name in dict.fromkeys(settings.starts)),
        counts=tuple(dict.fromkeys(settings.counts)),
        seeds=settings.seeds,
        recipe=recipe,
        manifest=_manifest(images, recipe),
    )
    plan.require_counts(data)
    runs = plan.runs(out / "transfer", threads=max(1, usable_cores() // settings.jobs))
    done = [0] * len(runs)
    total = sum(run.fold.recipe.epochs for run in runs)

    def on_epoch(index: int, epoch: int, loss: float) -> None:
        done[index] = epoch
        if on_run is not None:
            on_run(runs[index].name, sum(done), total, loss)

    results = run_folds([run.fold for run in runs], jobs=settings.jobs, on_epoch=on_epoch)
    figures = transfer_figures(plan, runs, results, subject=VIRTUAL)
    content: dict[str, Any] = {
        "schema": "sesamoid-transfer-v1",
        "application": "wrist_hand",
        "origin": "real",
        "note": NOTE,
        "command": _command(images, settings),
        "date": datetime.now(UTC).date().isoformat(),
        "model": model,
        "data": {
            "name": images.dataset.name,
            "licence": images.dataset.licence,
            "origin": "real",
            "images": len(plan.cases),
            "groups": len(set(plan.groups.tolist())),
            "folds": settings.folds,
            "seeds": settings.seeds,
        },
        "starts": {arm.name: MEANT[arm.name] for arm in plan.arms},
        "recipe": recipe.as_dict(),
        "versions": {name: metadata.version(name) for name in ("torch", "monai", "lightning")},
        "findings": findings(figures, what="training on virtual bodies"),
        **figures,
    }
    title = f"Real images of {images.dataset.name}, {settings.folds} folds by groups"
    content["table"] = transfer_table(figures, title=title, subject=VIRTUAL)
    with atomic_path(out / "transfer.json") as path:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    with atomic_path(out / "transfer.md") as path:
        path.write_text(transfer_page(content), encoding="utf-8")
    return content


def _virtual_start(
    settings: TransferSettings, recipe: TransferRecipe
) -> tuple[Start | None, dict[str, Any] | None]:
    """The weights of the bundle, checked, and what is told of it; nothing where not asked for."""
    if VIRTUAL not in settings.starts:
        return None, None
    from sesamoid.learning.compact_weights import WEIGHTS
    from sesamoid.learning.starting import Start

    one: ModelBundle = bundle(settings.model)
    path = one.folder / WEIGHTS
    if not path.is_file():
        raise ModelError(
            f"this bundle holds no weights to train on from ({WEIGHTS})",
            path=one.folder,
            fix="give the folder of a bundle that `sesamoid train wrist_hand` wrote.",
        )
    if one.manifest.origin != "virtual":
        raise ModelError(
            f"this model was trained on {one.manifest.origin} images, so its start is not virtual",
            path=one.folder,
            fix="give a bundle that was trained on virtual images only.",
        )
    start = Start(path, heads=False)
    start.require_fit(recipe.whole.network, len(CLASSES))
    return start, {
        "name": one.manifest.name,
        "version": one.manifest.version,
        "sha256": one.manifest.weights_sha256,
        "starting_weights_sha256": sha256_of(path),
        "trained_on": one.manifest.trained_on,
        "origin": one.manifest.origin,
    }


def _manifest(images: NerveImages, recipe: TransferRecipe) -> Manifest:
    return Manifest(
        name="transfer",
        version=__version__,
        task="segmentation of nerve and vessel, one arm of a comparison of starts",
        classes=CLASSES,
        canvas_size=recipe.whole.canvas_size,
        grey_exponent=recipe.whole.grey_exponent,
        weights_sha256="",
        weights_precision="",
        training_data=(
            TrainingData(
                images.dataset.name, images.dataset.licence, "", "real", len(images.cases)
            ),
        ),
    )


def _command(images: NerveImages, settings: TransferSettings) -> str:
    counts = ",".join(name_of(count) for count in settings.counts)
    return (
        f"sesamoid evaluate wrist_hand --transfer {images.dataset.name} "
        f"--starts {','.join(settings.starts)} --counts {counts} --folds {settings.folds} "
        f"--seeds {settings.seeds}"
    )
