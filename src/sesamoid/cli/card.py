"""`sesamoid card`: put measured figures into a bundle's manifest and its model card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from sesamoid.cli.console import output, plain
from sesamoid.errors import DataError, SesamoidError

_FIX = "give a file that `sesamoid evaluate` or `sesamoid bench live --json` wrote."


def card(
    application: str = typer.Argument(..., help="See `sesamoid applications`."),
    add: list[Path] = typer.Option(
        [],
        "--add",
        help="A file of figures, e.g. metrics.json or sweeps.json; may be given several times.",
    ),
    model: str | None = typer.Option(None, "--model", help="Another model: its name or folder."),
) -> None:
    """Write a bundle's model card again from its manifest, with the figures that were measured.

    Takes what `sesamoid evaluate wrist_hand` and `sesamoid bench live --json` wrote, of these very
    weights. Figures of the same measurement on the same data are replaced. The weights are not
    touched.

    Example: sesamoid card wrist_hand --add figures/metrics.json --add figures/sweeps.json
    """
    from sesamoid.applications import application as named
    from sesamoid.evidence.measured import MeasuredTable, with_measured
    from sesamoid.models import bundle

    one = named(application)
    if not (hasattr(one, "measured_tables") and hasattr(one, "write_card")):
        raise SesamoidError(
            f"the card of {application!r} takes no further figures: its training writes them all",
            fix="see the application's page.",
        )
    found = bundle(model or one.model)
    found.verified_weights()
    tables: list[MeasuredTable] = []
    for path in add:
        try:
            tables += one.measured_tables(_read(path), found.manifest)
        except DataError as error:
            raise DataError(error.problem, path=path, fix=error.fix) from None
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"figures are missing in it ({error!r})", path=path, fix="measure again."
            ) from None
    if tables:
        found = found.described(with_measured(found.manifest, tables))
    written = one.write_card(found)
    for line in tables:
        output.print(f"{plain(line.origin)}: {plain(line.title)}")
    output.print(f"Card: {plain(written)}")


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"it cannot be read ({error.strerror})", path=path, fix=_FIX) from None
    except ValueError as error:
        raise DataError(f"it is no JSON ({error})", path=path, fix=_FIX) from None
    if not isinstance(content, dict):
        raise DataError("it holds no figures", path=path, fix=_FIX)
    return content
