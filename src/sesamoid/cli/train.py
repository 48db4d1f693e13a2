"""`sesamoid train`: a network of your own, with figures that can be trusted."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from typing import Any

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, progress, table
from sesamoid.errors import DataError, MissingExtra, SesamoidError


def train(
    application: str = typer.Argument(..., help="See `sesamoid applications`."),
    data: Path = typer.Option(
        ...,
        "--data",
        help="A folder: nnU-Net raw layout; wrist_hand: also your own pictures with frames.csv.",
    ),
    out: Path = typer.Option(Path("runs"), "--out", "-o", help="Folder for checkpoints, bundle."),
    folds: int = typer.Option(5, "--folds", min=0, help="Of the cross-validation; 0: none."),
    floor_folds: int = typer.Option(
        0, "--floor-folds", min=0, help="Folds on which a plain U-Net is trained for comparison."
    ),
    final: bool = typer.Option(True, "--final/--no-final", help="Train the network that ships."),
    epochs: int | None = typer.Option(None, "--epochs", min=1, help="In place of the recipe's."),
    classical: bool = typer.Option(
        True, "--classical/--no-classical", help="Compare classical classifiers on the same folds."
    ),
    jobs: int = typer.Option(1, "--jobs", min=1, help="Trainings at a time."),
    seed: int = typer.Option(0, "--seed", help="Of weights, order and augmentation."),
    credit: str = typer.Option("not stated", "--credit", help="Credit that the data ask for."),
    origin: str = typer.Option("real", "--origin", help="Of the data: real or virtual."),
    recipe: str | None = typer.Option(
        None, "--recipe", help="Of an application that has several, e.g. joint, resnet50."
    ),
    initial: str | None = typer.Option(
        None, "--initial", help="Fine-tune: a bundle's name or folder to start from."
    ),
) -> None:
    """Cross-validate by groups of similar images, then train on all and write a model bundle.

    Can be stopped and started again: it goes on where it was.

    Example: sesamoid train nerve --data data/nerve-usgra --out runs/nerve --folds 5 --jobs 2
    """
    from sesamoid.applications import application as named
    from sesamoid.models.bundle import ORIGINS

    require_training_libraries()
    one = named(application)
    if not data.is_dir():
        raise DataError("there is no such folder", path=data, fix="give the folder of a data set.")
    if origin not in ORIGINS:
        raise SesamoidError(f"--origin {origin!r} is not known", fix=f"use {' or '.join(ORIGINS)}.")
    require_writable(out)
    settings: dict[str, Any] = {
        "folds": folds,
        "floor_folds": min(floor_folds, folds),
        "final": final,
        "epochs": epochs,
        "classical": classical,
        "jobs": jobs,
        "seed": seed,
        "credit": credit,
        "origin": origin,
    }
    for option, value in (("recipe", recipe), ("initial", initial)):
        if value is None:
            continue
        if not getattr(one, "recipes", ()):
            raise SesamoidError(
                f"{application} has one recipe, which starts from its own weights",
                fix=f"leave --{option} out.",
            )
        settings[option] = value
    with progress() as bar:
        tasks: dict[str, Any] = {}

        def report(name: str, epoch: int, total: int, loss: float) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=total)
            state = "trained before" if math.isnan(loss) else f"loss {loss:.3f}"
            if math.isinf(loss):  # no training, but what comes before
                state = ""
            bar.update(tasks[name], completed=epoch, description=f"{name}  {state}")
            if not errors.is_terminal and (epoch % 10 == 0 or epoch == total):
                errors.print(f"{name}: epoch {epoch} of {total}, {state}", highlight=False)

        outcome = one.train(data, out, {**settings, "progress": report})
    if "table" in outcome.figures:
        print_table(outcome.figures)
    elif outcome.figures:
        print_cross_validation(outcome.figures)
    if outcome.bundle is not None:
        output.print(f"Bundle: {plain(outcome.bundle.folder)}")


def require_training_libraries() -> None:
    """Refuse to train where the extra is not installed; MissingExtra."""
    for module in ("torch", "monai", "lightning", "onnx"):
        if importlib.util.find_spec(module) is None:
            raise MissingExtra(
                f"training needs {module}, which is not installed",
                fix="pip install 'sesamoid[train]', or use the environment of `make test`.",
            )


def print_table(figures: dict[str, Any]) -> None:
    """Figures that an application has put into a table of its own."""
    own = figures["table"]
    shown = table(own["title"], own["columns"][0], *(f">{name}" for name in own["columns"][1:]))
    for row in own["rows"]:
        shown.add_row(*row)
    output.print(shown)


def print_cross_validation(figures: dict[str, Any]) -> None:
    """The figures as a table, network and plain U-Net side by side."""
    shown = table(
        f"{figures['origin']} data {figures['data']}, {figures['split']}, out of fold",
        "run",
        "class",
        ">images",
        ">Dice mean",
        ">95 % CI",
        ">median",
        ">HD95 px",
        ">NSD",
        ">sensitivity",
        ">precision",
    )
    for run in ("network", "network_on_the_same_folds", "plain_unet"):
        for name, row in figures.get(run, {}).get("classes", {}).items():
            ci = row["dice"]["ci95"]
            shown.add_row(
                run.replace("_", " "),
                name,
                str(figures[run]["n_images"]),
                f"{row['dice']['mean']:.3f}",
                f"{ci[0]:.3f}-{ci[1]:.3f}" if ci else "",
                f"{row['dice']['median']:.3f}",
                _number(row["hd95_px"]["mean"], 1),
                f"{row['nsd']['mean']:.3f}",
                _number(row["detection"]["sensitivity"], 3),
                _number(row["detection"]["precision"], 3),
            )
    for classifier, classes in figures.get("classical", {}).get("classifiers", {}).items():
        for name, row in classes.items():
            shown.add_row(
                f"classical: {classifier.replace('_', ' ')}",
                name,
                str(figures["classical"]["n_images"]),
                f"{row['mean']:.3f}",
                f"{row['ci95'][0]:.3f}-{row['ci95'][1]:.3f}",
            )
    output.print(shown)
    for name, value in figures.get("difference_in_dice", {}).items():
        output.print(f"{name}: {100 * value:+.1f} Dice points against the plain U-Net")


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"
