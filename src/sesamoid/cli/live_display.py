"""The terminal's view of a live session: what to do, what is seen, what is kept."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rich.console import Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from sesamoid.cli.console import errors

if TYPE_CHECKING:
    from sesamoid.anatomy import Protocol
    from sesamoid.live import LiveUpdate

REFRESH_S = 0.1
MARKS = {"kept": ("●", "green"), "seen": ("◐", "yellow"), "retake": ("↻", "yellow")}
LETTER_STYLE = {"A": "bold green", "B": "bold yellow", "C": "bold red"}


class LiveDisplay:
    """A context manager that draws updates; nothing where standard error is no terminal.

    Parameters
    ----------
    rule : Protocol
    shown : bool
    assistant : bool
        Without, only the number of frames is shown.
    """

    def __init__(self, rule: Protocol, *, shown: bool = True, assistant: bool = True):
        self.rule, self.assistant = rule, assistant
        self.on = shown and errors.is_terminal
        self._live = Live(console=errors, auto_refresh=False, transient=True) if self.on else None
        self._drawn_s = 0.0
        self._events: list[str] = []

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)

    def update(self, update: LiveUpdate) -> None:
        """Draw an update, at most ten times a second; kept planes and events at once."""
        self._events += [event.text for event in update.events]
        now = time.monotonic()
        urgent = bool(update.events or update.kept)
        if self._live is None or (now - self._drawn_s < REFRESH_S and not urgent):
            return
        self._drawn_s = now
        self._live.update(self.view(update), refresh=True)

    def view(self, update: LiveUpdate) -> Any:
        """What is drawn for one update."""
        if not self.assistant:
            return Panel(Text(f"recording: {update.frames_assessed} frames"), title="assistant off")
        said = "" if update.instruction is None else update.instruction.text
        parts: list[Any] = [Panel(Text(said, style="bold"), title="do this", title_align="left")]
        parts += [self._seen(update), self._checklist(update)]
        if self._events:
            parts.append(Text("; ".join(self._events[-2:]), style="yellow"))
        return Group(*parts)

    def _seen(self, update: LiveUpdate) -> Text:
        found, state = update.assessment, update.state
        line = Text()
        if found is None or state is None:
            return line
        line.append(f"plane {state.plane} ({state.belief:.0%})  ")
        if found.grade is not None:
            letter = found.grade.letter.value
            line.append(f"grade {letter} {found.grade.score:.2f}  ", style=LETTER_STYLE[letter])
            line.append("; ".join(found.grade.reasons[:2]), style="dim")
        if update.p95_s is not None:
            line.append(
                f"\n{update.frames_assessed} frames, {update.frames_dropped} dropped, "
                f"p95 {1000 * update.p95_s:.0f} ms",
                style="dim",
            )
        return line

    def _checklist(self, update: LiveUpdate) -> Table:
        shown = Table.grid(padding=(0, 1))
        if update.checklist is None:
            return shown
        for item in update.checklist.items:
            mark, colour = MARKS.get(item.progress.value, ("○", "dim"))
            letter = "" if item.kept is None else item.kept.letter.value
            shown.add_row(
                Text(mark, style=colour),
                item.plane,
                Text(letter, style=LETTER_STYLE.get(letter, "")),
                Text(f"{item.seconds:4.1f} s", style="dim"),
                self.rule.plane(item.plane).name,
            )
        return shown
