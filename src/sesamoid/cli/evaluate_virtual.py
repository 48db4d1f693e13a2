"""Virtual examinations as an evaluation: sweeps of novices, and the robustness table."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from sesamoid.applications import AnalysisSettings, Application
from sesamoid.cli.console import output, plain, progress, table
from sesamoid.errors import SesamoidError
from sesamoid.imaging import atomic_path

if TYPE_CHECKING:
    from sesamoid.applications.wrist_hand.sweeps import SweepSettings

ONLY = "wrist_hand"


def evaluate_virtual(
    application: Application,
    out: Path,
    *,
    model: str | None,
    sweeps: int | None,
    unguided: int | None,
    as_told: bool,
    robustness: int | None,
    seed: int,
    jobs: int,
    as_json: bool,
) -> None:
    """Run what was asked for and write ``sweeps.json`` and ``robustness.json``."""
    if application.name != ONLY:
        raise SesamoidError(f"{application.name!r} has no virtual examinations", fix=f"use {ONLY}.")
    if sweeps is not None:
        from sesamoid.applications.wrist_hand.sweeps import SweepSettings
        from sesamoid.live.sources.skill import Skill

        settings = SweepSettings(
            people=sweeps, unguided=sweeps if unguided is None else min(unguided, sweeps),
            seed=seed, skill=Skill(own_eyes=not as_told),
        )  # fmt: skip
        _sweeps(application, out, model, settings, jobs, as_json)
    if robustness is not None:
        _robustness(application, out, model, robustness, seed, as_json)


def _sweeps(
    application: Any, out: Path, model: str | None, settings: SweepSettings, jobs: int,
    as_json: bool,
) -> None:  # fmt: skip
    from sesamoid.applications.wrist_hand.measured_parts import share
    from sesamoid.applications.wrist_hand.sweeps import network_looker, sweep

    name = model or application.model
    _, bundle = application.looker(AnalysisSettings(model=name, threads=1))
    manifest = bundle.manifest
    with progress(quiet=as_json) as bar:
        task = bar.add_task("virtual examinations", total=None)
        figures = sweep(
            settings, out, looker=partial(network_looker, name), jobs=jobs,
            model={"name": manifest.name, "version": manifest.version,
                   "sha256": manifest.weights_sha256},
            on_exam=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    arms = figures["arms"]
    shown = table("Virtual novices on virtual people", "figure", *(f">{name}" for name in arms))
    for key, title in (
        ("acquired", "standard planes acquired"), ("grade_a", "grade A, of those kept"),
        ("grade_c", "grade C, of those kept"), ("wrong_plane", "wrong plane, of those kept"),
    ):  # fmt: skip
        shown.add_row(title, *(share(arm[key]) for arm in arms.values()))
    shown.add_row(
        "median seconds an examination",
        *(f"{arm['exam_seconds']['median']:.0f}" for arm in arms.values()),
    )
    output.print(shown)
    output.print(f"Figures: {plain(out / 'sweeps.json')}")


def _robustness(
    application: Any, out: Path, model: str | None, people: int, seed: int, as_json: bool
) -> None:
    from sesamoid.applications.wrist_hand.robustness import robustness

    looker, bundle = application.looker(AnalysisSettings(model=model))
    with progress(quiet=as_json) as bar:
        task = bar.add_task("robustness", total=None)
        figures = robustness(
            looker, people=people, seed=seed,
            on_frame=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    manifest = bundle.manifest
    figures["model"] = {
        "name": manifest.name, "version": manifest.version, "sha256": manifest.weights_sha256,
    }  # fmt: skip
    with atomic_path(out / "robustness.json") as path:
        path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
        return
    shown = table(
        f"Virtual frames of {people} people", "picture", ">plane F1", ">mean Dice", ">grade agrees"
    )
    for name, row in figures["rows"].items():
        shown.add_row(
            name, *(_number(row[k]) for k in ("macro_f1", "mean_dice", "grade_agreement"))
        )
    output.print(shown)
    output.print(f"Figures: {plain(out / 'robustness.json')}")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
