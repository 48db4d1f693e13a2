"""The joint network beside the published pair, as a command: the same frames, in pairs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import typer

from sesamoid.applications import AnalysisSettings, Application
from sesamoid.cli.console import errors, output, plain, progress
from sesamoid.cli.evaluate_virtual import ONLY
from sesamoid.cli.train import print_table
from sesamoid.errors import SesamoidError
from sesamoid.imaging import atomic_path

TOLD_EVERY = 500
"""Frames between two lines where there is no terminal for a bar."""


def evaluate_reference(
    application: Application,
    data: Path,
    folders: Sequence[Path],
    out: Path,
    *,
    model: str | None,
    threads: int,
    as_json: bool,
) -> None:
    """Score both; writes ``metrics.json``, ``reference/metrics.json`` and ``comparison.json``."""
    if application.name != ONLY:
        raise SesamoidError(f"{application.name!r} has no published pair", fix=f"use {ONLY}.")
    from sesamoid.applications.frames import model_reference
    from sesamoid.applications.wrist_hand import APPLICATION
    from sesamoid.applications.wrist_hand.comparison import compare
    from sesamoid.applications.wrist_hand.comparison_models import joint_entry, pair_entry
    from sesamoid.models.published_pair import PublishedPair

    # `sesamoid bench live --reference` takes the files: they lead to the same folders.
    named = dict.fromkeys(path.parent if path.is_file() else path for path in folders)
    pair = PublishedPair(tuple(named), threads=threads)
    looker, one = APPLICATION.looker(AnalysisSettings(model=model, threads=threads))
    with progress(quiet=as_json) as bar:
        task = bar.add_task("frames", total=None)

        def on_frame(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if not errors.is_terminal and not as_json and done % TOLD_EVERY == 0:
                errors.print(f"frame {done} of {total}", highlight=False)

        found = compare(
            data, looker, pair, model=joint_entry(model_reference(one), one.manifest),
            pair_model=pair_entry(pair), progress=on_frame,
        )  # fmt: skip
    written = {
        out / "metrics.json": found.joint,
        out / "reference" / "metrics.json": found.pair,
        out / "comparison.json": found.differences,
    }
    for path, content in written.items():
        path.parent.mkdir(exist_ok=True)
        with atomic_path(path) as fresh:
            fresh.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(found.differences, indent=2))
        return
    for content in (found.joint, found.pair, found.differences):
        print_table(content)
    for path in written:
        output.print(f"Figures: {plain(path)}")
