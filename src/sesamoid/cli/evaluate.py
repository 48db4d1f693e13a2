"""`sesamoid evaluate`: figures of a model on labelled images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, table
from sesamoid.cli.train import print_table
from sesamoid.cores import usable_cores
from sesamoid.errors import DataError


def evaluate(
    application: str = typer.Argument(..., help="See `sesamoid applications`."),
    data: Path | None = typer.Argument(None, help="A data set; see the application's page."),
    out: Path = typer.Option(Path("out"), "--out", "-o", help="Folder for metrics.json."),
    method: str | None = typer.Option(None, "--method", help="Another method of the application."),
    model: str | None = typer.Option(None, "--model", help="Another model: its name or folder."),
    threads: int = typer.Option(0, "--threads", min=0, help="For one inference; 0: all cores."),
    reference: list[Path] = typer.Option(
        [],
        "--reference",
        help="wrist_hand: folder of the trained published pair, to compare; one a network, or one.",
    ),
    sweeps: int | None = typer.Option(
        None, "--sweeps", min=2, help="wrist_hand: let virtual novices scan that many people."
    ),
    unguided: int | None = typer.Option(
        None, "--unguided", min=0, help="Of them, scanned without guidance too; all if left out."
    ),
    as_told: bool = typer.Option(
        False, "--as-told", help="Of --sweeps: guided novices undo nothing by their own eyes."
    ),
    robustness: int | None = typer.Option(
        None, "--robustness", min=2, help="wrist_hand: the robustness table on that many people."
    ),
    seed: int = typer.Option(0, "--seed", min=0, help="Of sweeps and the robustness table."),
    transfer: Path | None = typer.Option(
        None, "--transfer", help="wrist_hand: train on these real images, from several starts."
    ),
    starts: str = typer.Option(
        "virtual,imagenet,scratch", "--starts", help="Of --transfer: what is compared."
    ),
    counts: str = typer.Option(
        "20,50,all", "--counts", help="Of --transfer: numbers of real images to train on."
    ),
    folds: int = typer.Option(3, "--folds", min=2, help="Of --transfer, by groups."),
    seeds: int = typer.Option(1, "--seeds", min=1, help="Of --transfer: draws of the images."),
    jobs: int = typer.Option(
        0, "--jobs", min=0, help="Processes for sweeps and --transfer; 0: one a core."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print metrics.json to standard output."),
) -> None:
    """Score a model on labelled images: overlap, distances, detection; for wrist_hand also planes,
    grades and poses; each with a 95 % interval.

    Takes the images kept for testing where there are such, else all. --sweeps and --robustness
    make virtual frames of their own and need no data set; sweeps go on where an earlier run
    stopped.

    --transfer trains: the shipped network's encoder and decoder on few and on many real images
    of nerve and vessel, beside the same network from ImageNet and from nothing. It goes on where it
    was stopped.

    --reference scores the published pair on the same frames, and says what lies between.

    Example: sesamoid evaluate nerve data/nerve-usgra --out figures

    Example: sesamoid evaluate wrist_hand test --reference runs/pair --out figures

    Example: sesamoid evaluate wrist_hand --sweeps 200 --out figures

    Example: sesamoid evaluate wrist_hand --transfer data/nerve-usgra --out figures
    """
    from sesamoid.applications import AnalysisSettings
    from sesamoid.applications import application as named
    from sesamoid.imaging import atomic_path

    one = named(application)
    if sweeps is not None or robustness is not None:
        from sesamoid.cli.evaluate_virtual import evaluate_virtual

        require_writable(out)
        evaluate_virtual(
            one, out, model=model, sweeps=sweeps, unguided=unguided, as_told=as_told,
            robustness=robustness, seed=seed, jobs=jobs or usable_cores(), as_json=as_json,
        )  # fmt: skip
    if transfer is not None:
        from sesamoid.cli.evaluate_transfer import evaluate_transfer

        require_writable(out)
        evaluate_transfer(
            one, transfer, out, starts=starts, counts=counts, folds=folds, seeds=seeds,
            model=model, jobs=jobs or usable_cores(), as_json=as_json,
        )  # fmt: skip
    if data is None:
        if reference or (sweeps is None and robustness is None and transfer is None):
            raise DataError("no data set is given", fix="name its folder.")
        return
    if not data.is_dir():
        raise DataError("there is no such folder", path=data, fix="give the folder of a data set.")
    require_writable(out)
    if reference:
        from sesamoid.cli.evaluate_reference import evaluate_reference

        evaluate_reference(
            one, data, reference, out, model=model, threads=threads, as_json=as_json
        )  # fmt: skip
        return
    settings = AnalysisSettings(method=method or one.methods[0], model=model, threads=threads)
    with errors.status(f"evaluating {one.name} on {data}") if errors.is_terminal else _nothing():
        figures = one.evaluate(data, settings)
    with atomic_path(out / "metrics.json") as path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    if "table" in figures:
        print_table(figures)
    else:
        _print(figures)
    if figures.get("warning"):
        errors.print(f"[yellow]note[/]: {plain(figures['warning'])}", highlight=False)
    output.print(f"Figures: {plain(out / 'metrics.json')}")


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _print(figures: dict[str, Any]) -> None:
    model = figures["model"]
    shown = table(
        f"{model['name']} {model['version']} ({model['method']}) on {figures['n_images']} images "
        f"of {figures['data']['name']}",
        "class",
        ">Dice mean",
        ">95 % CI",
        ">median",
        ">IoU",
        ">HD95 px",
        ">NSD",
        ">sensitivity",
        ">precision",
    )
    for name, row in figures["classes"].items():
        ci = row["dice"]["ci95"]
        detection = row["detection"]
        shown.add_row(
            name,
            _number(row["dice"]["mean"]),
            f"{ci[0]:.3f}-{ci[1]:.3f}" if ci else "",
            _number(row["dice"]["median"]),
            _number(row["iou"]["mean"]),
            _number(row["hd95_px"]["mean"], 1),
            _number(row["nsd"]["mean"]),
            _number(detection["sensitivity"]),
            _number(detection["precision"]),
        )
    output.print(shown)


def _number(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}f}"
