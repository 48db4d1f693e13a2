"""`sesamoid info`: what a file is, before anything is done with it."""

from __future__ import annotations

import json
from pathlib import Path
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
    from sesamoid.imaging import describe, find_inputs, read_each

    rows: list[dict[str, Any]] = []
    failed = False
    for path in find_inputs(paths):
        for image in read_each(path):
            if isinstance(image, SesamoidError):
                failed = True
                errors.print(f"[bold red]failed[/]: {plain(image)}", soft_wrap=True)
            else:
                rows.append(describe(image))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        _print(rows)
    if failed:
        raise typer.Exit(1)


def _print(rows: list[dict[str, Any]]) -> None:
    out = table("", "file", "kind", "shape", "spacing mm", "time", "regions")
    for row in rows:
        spacing = row["spacing_mm"]
        out.add_row(
            plain(Path(row["path"]).name),
            f"{row['modality']} {plain(row['format'])}",
            " x ".join(map(str, row["shape"])) + f" {row['dtype']}",
            " x ".join(f"{s:.4g}" for s in spacing) if spacing else "none",
            f"{row['frame_rate_hz']:.4g} Hz" if row.get("frame_rate_hz") else "",
            plain("\n".join(_region(region) for region in row.get("regions") or ())),
        )
    output.print(out)
    for row in rows:
        details = [
            ("stored as", row.get("transfer_syntax")),
            ("photometric", row.get("photometric")),
            ("orientation", row.get("orientation")),
            ("scan area", _box(row.get("scan_area"))),
            *(("note", note) for note in row.get("notes") or ()),
        ]
        said = [(name, text) for name, text in details if text]
        if said:
            output.print(f"[bold]{plain(row['path'])}[/]", soft_wrap=True, highlight=False)
        for name, text in said:
            output.print(f"  {name}: {plain(text)}", soft_wrap=True, highlight=False)


def _region(region: dict[str, Any]) -> str:
    spacing = region.get("spacing_mm")
    scale = " x ".join(f"{s:.4g}" for s in spacing) + " mm" if spacing else "no length scale"
    frames = region.get("frames")
    return f"{region['kind']}: {scale}" + (f", frames {frames}" if frames else "")


def _box(box: dict[str, int] | None) -> str:
    if not box:
        return ""
    return (
        f"rows {box['top']} to {box['top'] + box['height']}, "
        f"columns {box['left']} to {box['left'] + box['width']}"
    )
