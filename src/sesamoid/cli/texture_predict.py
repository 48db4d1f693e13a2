"""`sesamoid texture predict`: probabilities of a user's own groups for new images."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from sesamoid.cli.analyze import require_writable
from sesamoid.cli.console import errors, output, plain, shown_path, table
from sesamoid.cli.texture_inputs import fail, texture_inputs, write_table
from sesamoid.errors import SesamoidError


def predict(
    classifier: Path = typer.Argument(..., help="The folder that `sesamoid texture train` wrote."),
    paths: list[str] = typer.Argument(..., help="Images, folders or patterns."),
    mask: Path | None = typer.Option(
        None,
        "--mask",
        help="Region: a label image, or a folder of them named as the images; else what is not "
        "black. As in the training.",
    ),
    model: str | None = typer.Option(
        None, "--model", help="forest or network; else the first that the classifier holds."
    ),
    frame: int = typer.Option(0, "--frame", min=0, help="Of a cine, from 0."),
    out: Path = typer.Option(
        Path("out"), "--out", "-o", help="Folder for predictions.csv and predictions.json."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print predictions.json."),
) -> None:
    """Tell the probabilities of each group, and how unlike the training images an image is.

    Research only: probabilities hold for the machine, preset, scale and muscle of the training
    images. Exit code 1 where an image failed; the others are written.

    Example: sesamoid texture predict my-classifier new/ --mask masks/ --out out
    """
    from sesamoid.imaging import atomic_path
    from sesamoid.learning.texture_classifier import TextureClassifier
    from sesamoid.learning.texture_range import unlike_limit

    loaded = TextureClassifier.load(classifier)
    if model is not None and model not in loaded.models:
        raise SesamoidError(
            f"this classifier has no {model!r}",
            path=classifier,
            fix=f"use {' or '.join(loaded.models)}.",
        )
    require_writable(out)
    limit = unlike_limit(sum(int(n) for n in loaded.described.get("people", {}).values()))
    rows: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    for one in texture_inputs(paths, mask, failed, frame=frame, quiet=as_json):
        try:
            said = loaded.predict(one.grey, one.region, model=model)
        except SesamoidError as error:
            fail(failed, one.path, error)
            continue
        share = said.unlike_training
        unlike = None if share is None else share > limit
        rows.append(
            one.place
            | {
                "model": said.model,
                "group": max(said.probabilities, key=lambda name: said.probabilities[name]),
                "probabilities": said.probabilities,
                "outside_training_range": share,
                "unlike_training": unlike,
            }
        )
        if unlike:
            errors.print(
                f"[yellow]warning[/]: {plain(one.path)}: {share:.0%} of its texture features lie "
                f"outside the range of the training images (warned of above {limit:.0%}). It may "
                "be of another machine, preset or region: do not trust the probabilities.",
                soft_wrap=True,
                highlight=False,
            )
    content = {
        "classifier": str(classifier),
        "groups": list(loaded.groups),
        "use": loaded.described.get("use", ""),
        "outside_training_range_limit": limit,
        "images": rows,
        "failed": failed,
    }
    if rows:
        write_table(out / "predictions.csv", [_flat(row) for row in rows])
    with atomic_path(out / "predictions.json") as path:
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(content, indent=2))
    else:
        _show(loaded.groups, rows, out)
    if failed:
        raise typer.Exit(1)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in row.items() if name != "probabilities"}
    probabilities = row["probabilities"].items()
    return flat | {f"probability_{group}": round(p, 4) for group, p in probabilities}


def _show(groups: tuple[str, ...], rows: list[dict[str, Any]], out: Path) -> None:
    shown = table("", "image", "model", *(f">{group}" for group in groups), ">outside training")
    for row in rows:
        share = row["outside_training_range"]
        text = "not known" if share is None else f"{share:.0%}"
        shown.add_row(
            shown_path(row["image"]),
            row["model"],
            *(f"{row['probabilities'][group]:.2f}" for group in groups),
            f"[yellow]{text}[/]" if row["unlike_training"] else text,
        )
    output.print(shown)
    output.print(f"Predictions: {plain(out / 'predictions.csv')}", soft_wrap=True)
