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
            }
            for name, one in found.items()
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    out = table("Applications", "name", "question", "reads", "methods", "intended use")
    for name, one in found.items():
        out.add_row(
            f"[bold]{plain(name)}[/]",
            plain(one.question),
            ", ".join(sorted(m.value for m in one.modalities)),
            ", ".join(one.methods),
            plain(one.intended_use),
        )
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
    out = table("Models", "name", "version", "classes", "trained on", "data", ">size", "card")
    for name, one in found.items():
        manifest = one.manifest
        size = one.weights.stat().st_size / 2**20 if one.weights.is_file() else 0.0
        out.add_row(
            f"[bold]{plain(name)}[/]",
            plain(manifest.version),
            ", ".join(manifest.classes[1:]),
            plain(manifest.trained_on),
            plain(manifest.origin),
            f"{size:.1f} MiB",
            plain(one.card),
        )
    output.print(out)
