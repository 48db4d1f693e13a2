"""Where text goes: results to standard output, progress and errors to standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

output = Console()
errors = Console(stderr=True)

LONG_PATH = 40
Item = TypeVar("Item")


OnPart = Callable[[int, int], None]


def track(items: Iterable[Item], *, total: int, what: str, quiet: bool = False) -> Iterator[Item]:
    """Yield `items` under a progress bar on standard error; none where that is no terminal."""
    for item, _ in track_parts(items, total=total, what=what, quiet=quiet):
        yield item


def track_parts(
    items: Iterable[Item], *, total: int, what: str, quiet: bool = False
) -> Iterator[tuple[Item, OnPart]]:
    """`track`; with each item comes a function to tell how many of its frames are done."""
    with progress(quiet=quiet) as bar:
        task = bar.add_task(what, total=total)
        parts = bar.add_task("frames", total=1, visible=False)

        def on_part(done: int, of: int) -> None:
            bar.update(parts, completed=done, total=of, visible=done < of)

        for item in items:
            yield item, on_part
            bar.advance(task)
            bar.update(parts, visible=False)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Progress]:
    """A progress display in the house style."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    hidden = quiet or not errors.is_terminal
    with Progress(*columns, console=errors, disable=hidden, transient=True) as bar:
        yield bar


def table(title: str, *columns: str) -> Table:
    """A table in the house style; columns named ``>x`` are right-aligned."""
    out = Table(title=title, title_justify="left", header_style="bold", expand=False)
    for column in columns:
        right = column.startswith(">")
        out.add_column(column.lstrip(">"), justify="right" if right else "left", overflow="fold")
    return out


def plain(value: object) -> str:
    """`value` as text in which brackets are no markup."""
    return escape(str(value))


def shown_path(path: object) -> str:
    """`path` short enough for a table: its last two parts where it is long."""
    text = str(path)
    parts = Path(text).parts
    return plain(text if len(text) <= LONG_PATH or len(parts) < 3 else str(Path("…", *parts[-2:])))
