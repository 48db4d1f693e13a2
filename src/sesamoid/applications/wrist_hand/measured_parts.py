"""What the tables for the model card share: where figures come from, and how they are written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sesamoid.evidence.measured import MeasuredTable

Content = Mapping[str, Any]


def table_of(
    content: Content, *, of: str, data: str, command: str, origin: str | None = None
) -> Callable[..., MeasuredTable]:
    """Makes the tables of one file.

    Parameters
    ----------
    content : mapping
        What the file holds.
    of : str
        Names the measurement; see `MeasuredTable`.
    data : str
    command : str
    origin : str, optional
        Of the data; the content's own if left out.
    """

    def table(
        title: str, columns: Iterable[str], rows: Iterable[Iterable[str]], note: str = ""
    ) -> MeasuredTable:
        return MeasuredTable(
            of, title, origin or content["origin"], data, command, content.get("date", ""),
            tuple(columns), tuple(tuple(row) for row in rows), note,
        )  # fmt: skip

    return table


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def spread(interval: list[float] | None) -> str:
    """An interval; nothing where there is none, or where every resample was the same."""
    if interval is None or interval[0] == interval[1]:
        return ""
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


def share(row: Content) -> str:
    """A share with its interval, or with what it is of where there is none."""
    if row["value"] is None:
        return "-"
    ci95 = row["ci95"]
    if ci95 is None:
        return f"{row['value']:.1%} ({row['n']:,} of {row['of']:,})"
    return f"{row['value']:.1%} ({ci95[0]:.1%} to {ci95[1]:.1%})"
