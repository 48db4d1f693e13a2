"""`sesamoid texture features`: all texture families of images, as a table."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import typer

from sesamoid.cli.console import output, plain
from sesamoid.cli.texture_inputs import fail, texture_inputs, write_table
from sesamoid.errors import MissingExtra, OutputError, SesamoidError


def features(
    paths: list[str] = typer.Argument(..., help="Images, folders or patterns."),
    mask: Path | None = typer.Option(
        None,
        "--mask",
        help="Region: a label image, or a folder of them named as the images; else what is not "
        "black.",
    ),
    families: str = typer.Option(
        "all",
        "--families",
        help="Some of first_order, histogram, glcm, glrlm, lbp, gabor, wavelet.",
    ),
    with_radiomics: bool = typer.Option(
        False, "--radiomics", help="Add MIRP's families; needs the extra radiomics."
    ),
    frame: int = typer.Option(0, "--frame", min=0, help="Of a cine, from 0."),
    out: Path = typer.Option(Path("features.csv"), "--out", "-o", help="File for the table."),
) -> None:
    """Write the texture of images or of masked regions as a table, a line an image.

    Texture belongs to one spacing, machine and preset: compare like with like. Exit code 1 where
    an image failed; the others are written.

    Example: sesamoid texture features scans/ --mask masks/ --out features.csv
    """
    from sesamoid.features import radiomics, texture_features

    wanted = families_of(families)
    if with_radiomics and importlib.util.find_spec("mirp") is None:
        raise MissingExtra(
            "--radiomics needs MIRP, which is not installed",
            fix="pip install 'sesamoid[radiomics]'.",
        )
    if out.is_dir():
        raise OutputError("there is a folder of this name", path=out, fix="give --out a file.")
    rows: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    for one in texture_inputs(paths, mask, failed, frame=frame, quiet=False):
        try:
            found = texture_features(one.grey, one.region, families=wanted)
            if with_radiomics:
                found |= radiomics(one.grey, one.region)
            rows.append(one.place | found)
        except SesamoidError as error:
            fail(failed, one.path, error)
    if rows:
        write_table(out, rows)
        numbers = len(rows[0]) - len(one.place)
        output.print(
            f"{len(rows)} images, {numbers} features each: {plain(out)}",
            highlight=False,
            soft_wrap=True,
        )
    if failed:
        raise typer.Exit(1)


def families_of(text: str) -> tuple[str, ...]:
    """Texture families from ``glcm,gabor`` or ``all``.

    Raises
    ------
    SesamoidError
        An unknown one, or none.
    """
    from sesamoid.features import FAMILIES

    if text.strip() == "all":
        return tuple(FAMILIES)
    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in FAMILIES]
    if unknown or not wanted:
        raise SesamoidError(
            f"no texture family {unknown[0]!r}" if unknown else "no texture family is named",
            fix=f"use all, or some of {', '.join(FAMILIES)}.",
        )
    return wanted
