"""From virtual to real, as a command: the same network from several starts on real images."""

from __future__ import annotations

import json
import math
from pathlib import Path

import typer

from sesamoid.applications import Application
from sesamoid.cli.console import errors, output, plain, progress
from sesamoid.cli.evaluate_virtual import ONLY
from sesamoid.cli.train import print_table, require_training_libraries
from sesamoid.errors import DataError, SesamoidError


def evaluate_transfer(
    application: Application,
    data: Path,
    out: Path,
    *,
    starts: str,
    counts: str,
    folds: int,
    seeds: int,
    model: str | None,
    jobs: int,
    as_json: bool,
) -> None:
    """Train and score every arm; writes ``transfer.json`` and ``transfer.md``."""
    if application.name != ONLY:
        raise SesamoidError(
            f"{application.name!r} has no start that virtual training made", fix=f"use {ONLY}."
        )
    if not data.is_dir():
        raise DataError(
            "there is no such folder", path=data, fix="give a data set in nnU-Net raw layout."
        )
    require_training_libraries()
    from sesamoid.applications.wrist_hand.transfer import TransferSettings, transfer

    settings = TransferSettings(
        starts=tuple(_words(starts)),
        counts=tuple(_count(word) for word in _words(counts)),
        folds=folds,
        seeds=seeds,
        model=model or application.model,
        jobs=jobs,
    )
    with progress(quiet=as_json) as bar:
        task = bar.add_task("trainings", total=None)
        last = ""

        def on_run(name: str, done: int, total: int, loss: float) -> None:
            nonlocal last
            state = "trained before" if math.isnan(loss) else f"loss {loss:.3f}"
            bar.update(task, completed=done, total=total, description=f"{name}  {state}")
            if name != last and not errors.is_terminal and not as_json:
                errors.print(f"{name}: round {done} of {total}", highlight=False)
            last = name

        figures = transfer(data, out, settings, on_run=on_run)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    print_table(figures)
    for sentence in figures["findings"]:
        output.print(plain(sentence))
    output.print(f"Figures: {plain(out / 'transfer.json')}")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _count(word: str) -> int | None:
    if word == "all":
        return None
    if not word.isdecimal():
        raise SesamoidError(f"{word!r} is no number of images", fix="give for instance 20,50,all.")
    return int(word)
