"""`sesamoid applications` and `sesamoid models`: what there is, without loading any of it."""

from __future__ import annotations

import json

import typer

from sesamoid.cli.console import output, plain, table


def list_applications(
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """List the clinical questions that this installation can answer.

    Example: sesamoid applications
    """
    from sesamoid.applications import applications

    found = applications()
    if as_json:
        rows = [
            {
                "name": name,
                "question": one.question,
                "intended_use": one.intended_use,
                "modalities": sorted(m.value for m in one.modalities),
                "methods": list(one.methods),
                "model": one.model,
                "options": dict(one.options),
            }
            for name, one in found.items()
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, one in found.items():
        out = table("", "application", f"[bold]{plain(name)}[/]")
        out.add_row("question", plain(one.question))
        out.add_row("reads", ", ".join(sorted(m.value for m in one.modalities)))
        out.add_row("methods", ", ".join(one.methods))
        out.add_row("model", plain(one.model))
        for option, text in one.options.items():
            out.add_row(f"--set {plain(option)}=…", plain(text))
        out.add_row("intended use", plain(one.intended_use))
        output.print(out)


def list_models(
    as_json: bool = typer.Option(False, "--json", help="Print the manifests as JSON."),
) -> None:
    """List the model bundles, what they were trained on, and their figures.

    Example: sesamoid models --json
    """
    from dataclasses import asdict

    from sesamoid.models import bundles

    found = bundles()
    if as_json:
        rows = [{"folder": str(b.folder), **asdict(b.manifest)} for b in found.values()]
        typer.echo(json.dumps(rows, indent=2))
        return
    for name, one in found.items():
        manifest = one.manifest
        size = one.weights.stat().st_size / 1e6 if one.weights.is_file() else 0.0
        out = table("", "model", f"[bold]{plain(name)}[/] {plain(manifest.version)}")
        out.add_row("task", plain(manifest.task))
        out.add_row("classes", ", ".join(manifest.classes[1:]))
        out.add_row("trained on", f"{plain(manifest.trained_on)}")
        figures = manifest.figures.get("network", {}).get("classes", {})
        for key, row in figures.items():
            interval = row["dice"]["ci95"]
            spread = f" (95 % CI {interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
            out.add_row(
                f"Dice, {key}",
                f"{row['dice']['mean']:.3f}{spread}, cross-validated on "
                f"{manifest.figures['origin']} data",
            )
        out.add_row("weights", f"{size:.1f} MB, {plain(manifest.weights_precision)}")
        out.add_row("card", plain(one.card))
        output.print(out)
