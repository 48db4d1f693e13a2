"""`sesamoid texture train`: disease groups learned from a user's own labelled images."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, progress, table
from sesamoid.cli.texture_features import families_of
from sesamoid.cli.texture_inputs import write_table
from sesamoid.errors import MissingExtra, SesamoidError

if TYPE_CHECKING:
    from sesamoid.evidence.texture_groups import HeldOut
    from sesamoid.learning.texture_labels import LabelLine
    from sesamoid.learning.texture_recipe import TextureRecipe

NEEDED = {"forest": ("sklearn",), "network": ("torch", "onnx")}


def train(
    labels: Path = typer.Argument(
        ..., help="CSV with the columns image, group, person and, optionally, mask."
    ),
    out: Path = typer.Option(..., "--out", "-o", help="Folder for the classifier."),
    folds: int = typer.Option(5, "--folds", min=2, help="Of the cross-validation, by person."),
    models: str = typer.Option("forest,network", "--models", help="forest, network or both."),
    families: str = typer.Option(
        "all", "--families", help="Texture families for the forest, separated by commas."
    ),
    trees: int | None = typer.Option(None, "--trees", min=1, help="Of the forest; default 300."),
    epochs: int | None = typer.Option(None, "--epochs", min=1, help="Of the network; default 30."),
    seed: int = typer.Option(0, "--seed", min=0, help="Of folds, trees and weights."),
) -> None:
    """Learn groups from labelled images: a forest and a network, cross-validated by person.

    Writes the classifier, held_out.csv (what was said of each image by models that had not seen
    its person) and figures.json. Needs the extra train.

    Example: sesamoid texture train labels.csv --out my-classifier
    """
    from sesamoid.evidence.texture_figures import assess
    from sesamoid.evidence.texture_groups import cross_validate
    from sesamoid.imaging import atomic_path
    from sesamoid.learning.texture_labels import load_examples, read_labels
    from sesamoid.learning.texture_recipe import feature_table
    from sesamoid.learning.texture_training import fit_classifier

    recipe = _recipe(models, families, trees=trees, epochs=epochs, folds=folds, seed=seed)
    _require(recipe.models)
    lines = read_labels(labels)
    require_writable(out)
    with progress() as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, share: float) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=100)
                if not errors.is_terminal:
                    errors.print(what, highlight=False)
            bar.update(tasks[what], completed=round(100 * share))

        examples = load_examples(lines, on_progress=told)
        features = feature_table(examples, recipe.families, on_progress=told)
        held_out = cross_validate(examples, recipe, features=features, on_progress=told)
        figures = assess(held_out)
        fit_classifier(
            examples,
            recipe,
            temperatures=held_out.temperatures,
            figures=figures,
            features=features,
            on_progress=lambda _, share: told("all people", share),
        ).save(out)
    write_table(out / "held_out.csv", _held_out_rows(held_out, lines, labels.parent))
    with atomic_path(out / "figures.json") as path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    _show(figures)
    output.print(f"Classifier: {plain(out)}", soft_wrap=True)


def _recipe(
    models: str, families: str, *, trees: int | None, epochs: int | None, folds: int, seed: int
) -> TextureRecipe:
    from dataclasses import replace

    from sesamoid.learning.texture_recipe import MODELS, TextureRecipe

    wanted = tuple(dict.fromkeys(part.strip() for part in models.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in MODELS]
    if unknown or not wanted:
        raise SesamoidError(
            f"no model {unknown[0]!r}" if unknown else "no model is named",
            fix=f"use {' or '.join(MODELS)}, or both with a comma.",
        )
    own = TextureRecipe(families=families_of(families), models=wanted, folds=folds, seed=seed)
    if trees is not None:
        own = replace(own, forest=replace(own.forest, trees=trees))
    if epochs is not None:
        own = replace(own, network=replace(own.network, epochs=epochs))
    return own


def _require(models: tuple[str, ...]) -> None:
    for model in models:
        for module in NEEDED[model]:
            if importlib.util.find_spec(module) is None:
                raise MissingExtra(
                    f"training the {model} needs {module}, which is not installed",
                    fix="pip install 'sesamoid[train]'.",
                )


def _held_out_rows(
    held_out: HeldOut, lines: tuple[LabelLine, ...], folder: Path
) -> list[dict[str, Any]]:
    rows = []
    for model, said in held_out.calibrated.items():
        for index, line in enumerate(lines):
            row = {
                "image": str(
                    line.image.relative_to(folder)
                    if line.image.is_relative_to(folder)
                    else line.image
                ),
                "person": line.person,
                "group": line.group,
                "fold": int(held_out.fold[index]),
                "model": model,
                "said": held_out.groups[int(said[index].argmax())],
            }
            probabilities = zip(held_out.groups, said[index], strict=True)
            rows.append(row | {f"probability_{g}": round(float(p), 4) for g, p in probabilities})
    return rows


def _show(figures: dict[str, Any]) -> None:
    shown = table(
        f"{figures['images']} images of {figures['people']} people, {figures['folds']} folds by "
        "person; figures per person, out of fold",
        "figure",
        *(f">{model}" for model in figures["models"]),
    )
    every = figures["models"].values()
    for key, name in (
        ("auc", "AUC"), ("accuracy", "accuracy"), ("balanced_accuracy", "balanced accuracy")
    ):  # fmt: skip
        shown.add_row(name, *(_interval(own["person"][key]) for own in every))
    shown.add_row("AUC per image", *(_interval(own["image"]["auc"]) for own in every))
    for key, name in (("brier", "Brier score"), ("expected_error", "calibration error")):
        shown.add_row(name, *(f"{own['calibration'][key]:.3f}" for own in every))
    output.print(shown)
    if "forest_minus_network" in figures:
        output.print(
            f"AUC, forest minus network: {_interval(figures['forest_minus_network'])}",
            highlight=False,
        )
    importance = sorted(figures["family_importance"].items(), key=lambda item: -item[1])
    if importance:
        losses = ", ".join(f"{name} {loss:.3f}" for name, loss in importance)
        output.print(
            f"Forest's loss of AUC when a family is shuffled: {losses}",
            highlight=False,
            soft_wrap=True,
        )


def _interval(one: dict[str, Any]) -> str:
    low, high = one["ci95"]
    return f"{one['estimate']:.3f} ({low:.3f} to {high:.3f})"
