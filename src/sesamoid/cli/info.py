"""`sesamoid info`: what a file is, before anything is done with it."""

from __future__ import annotations

import json
from typing import Any

import typer

from sesamoid.cli.console import errors, output, plain, table
from sesamoid.errors import SesamoidError


def info(
    paths: list[str] = typer.Argument(..., help="Files, folders or patterns."),
    as_json: bool = typer.Option(False, "--json", help="Print a list of JSON objects."),
) -> None:
    """Show format, modality, shape, spacing, time and calibrated regions of images.

    Example: sesamoid info scan.dcm exams/ --json
    """
    from sesamoid.imaging import describe, find_inputs, read_images

    rows: list[dict[str, Any]] = []
    failed = False
    for path in find_inputs(paths):
        try:
            rows += [describe(image) for image in read_images(path)]
        except SesamoidError as error:
            failed = True
            errors.print(f"[bold red]failed[/]: {plain(error)}", soft_wrap=True, highlight=False)
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        _print(rows)
    if failed:
        raise typer.Exit(1)


def _print(rows: list[dict[str, Any]]) -> None:
    out = table(
        "Images", "path", "format", "modality", "shape", "spacing mm", "time", "regions", "notes"
    )
    for row in rows:
        spacing = row["spacing_mm"]
        out.add_row(
            plain(row["path"]),
            plain(" ".join(str(row[k]) for k in ("format", "transfer_syntax") if row.get(k))),
            plain(row["modality"]),
            " x ".join(map(str, row["shape"])) + f" {row['dtype']}",
            " x ".join(f"{s:.4g}" for s in spacing) if spacing else "not calibrated",
            f"{row['frame_rate_hz']:.4g} Hz" if row.get("frame_rate_hz") else "",
            plain("\n".join(_region(region) for region in row.get("regions") or ())),
            plain("\n".join(row.get("notes") or ())),
        )
    output.print(out)


def _region(region: dict[str, Any]) -> str:
    spacing = region.get("spacing_mm")
    scale = " x ".join(f"{s:.4g}" for s in spacing) + " mm" if spacing else "no length scale"
    return f"{region['kind']}: {scale}"
