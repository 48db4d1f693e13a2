"""Figures that were measured after training, as tables in a bundle's manifest and on its card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sesamoid.models import Manifest

MEASURED = "measured"
"""The key in ``Manifest.figures``; a training writes figures anew, so that it drops them."""


@dataclass(frozen=True)
class MeasuredTable:
    """A table of figures, with what they were measured on and how.

    Parameters
    ----------
    of : str
        Names the measurement; the tables of another one under this name are replaced by it.
    title : str
    origin : str
        ``"real"`` or ``"virtual"``; of the data.
    data : str
        On what, in a sentence.
    command : str
    date : str
        ISO 8601; empty where it is not known.
    columns : tuple of str
    rows : tuple of tuple of str
    note : str
    """

    of: str
    title: str
    origin: str
    data: str
    command: str
    date: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def with_measured(manifest: Manifest, tables: Sequence[MeasuredTable]) -> Manifest:
    """The manifest with tables added; those of the same measurements are replaced where they stand.

    Parameters
    ----------
    manifest : Manifest
        All but its figures stays as it is.
    tables : sequence of MeasuredTable
    """
    before = _by_measurement(manifest.figures.get(MEASURED, ()))
    again = _by_measurement(asdict(one) for one in tables)
    listed = [one for group in (before | again).values() for one in group]
    return replace(manifest, figures={**manifest.figures, MEASURED: listed})


def measured_section(figures: Mapping[str, Any]) -> str:
    """The tables of a manifest's figures, Markdown; empty where there are none."""
    return "\n".join(_section(one) for one in figures.get(MEASURED, ()))


def heading(title: str, origin: str) -> str:
    """Of figures: it says what kind of data they come from."""
    return f"### {origin.upper()}: {title}"


def rows_of(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table as lines of Markdown."""
    lines = [list(columns), *(list(row) for row in rows)]
    shown = [f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines]
    return [shown[0], "|" + "---|" * len(lines[0]), *shown[1:]]


def _by_measurement(tables: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for one in tables:
        groups.setdefault(one["of"], []).append(one)
    return groups


def _section(one: Mapping[str, Any]) -> str:
    lines = [
        heading(one["title"], one["origin"]),
        "",
        f"{one['data']} `{one['command']}`, {one['date'] or 'date not recorded'}.",
        "",
        *rows_of(one["columns"], one["rows"]),
    ]
    if one["note"]:
        lines += ["", one["note"]]
    return "\n".join(lines) + "\n"
