"""What a running examination has kept: followed from update to update, and told when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from sesamoid.anatomy import Protocol
from sesamoid.live import Checklist, ChecklistItem, Kept, LiveUpdate, PlaneProgress, recorded
from sesamoid.live.history import checklist_items
from sesamoid.live.record_lines import LINES


class RoomChecklist:
    """The checklist of a room; updates come from the assessor's thread.

    Parameters
    ----------
    protocol : Protocol
    folder : Path
        Of the exam; where it has a record, the list begins with what that kept.
    by : "operator" or None
        Count what was kept by that one alone, where the assistant is silent.
    on_change : callable
        Told after each change that a viewer sees.
    """

    def __init__(
        self,
        protocol: Protocol,
        folder: Path,
        *,
        by: Literal["operator"] | None,
        on_change: Callable[[], object],
    ):
        lines = list(recorded(folder)) if (folder / LINES).exists() else []
        self._now = Checklist(checklist_items(lines, protocol, folder, by=by))
        self._revision = 0
        self._on_change = on_change

    @property
    def now(self) -> Checklist:
        """The newest."""
        return self._now

    @property
    def revision(self) -> int:
        """Rises with every change that a viewer sees."""
        return self._revision

    def hear(self, update: LiveUpdate) -> None:
        """Follow the session; without the assistant its updates have no checklist of their own."""
        given = update.checklist
        if given is None:
            if update.kept:
                kept = {one.plane: one for one in update.kept}
                self._know(_with(item, kept.get(item.plane)) for item in self._now.items)
        elif update.kept or self._differs(given):
            self._know(given.items)
        else:
            self._now = given

    def retake(self, plane: str) -> None:
        """A plane is to be taken again."""
        self._know(
            replace(item, progress=PlaneProgress.RETAKE) if item.plane == plane else item
            for item in self._now.items
        )

    def _know(self, items: Iterable[ChecklistItem]) -> None:
        self._now = Checklist(tuple(items))
        self._revision += 1
        self._on_change()

    def _differs(self, other: Checklist) -> bool:
        pairs = zip(self._now.items, other.items, strict=True)
        return any(a.progress is not b.progress or a.history != b.history for a, b in pairs)


def _with(item: ChecklistItem, kept: Kept | None) -> ChecklistItem:
    if kept is None:
        return item
    return replace(item, kept=kept, progress=PlaneProgress.KEPT, history=item.history + 1)
