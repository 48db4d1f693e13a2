"""What can be done with one finding: accept, change, reject; and its history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.reports.wording import UNIT_SYMBOLS, number
from sesamoid.server.access import Role
from sesamoid.server.pages.board import PictureBoard, Point
from sesamoid.server.pages.elements import Tag, box, button
from sesamoid.server.pages.finding_list import history, value_text
from sesamoid.server.pages.finding_shapes import change_of, editable
from sesamoid.server.pages.shell import Shell
from sesamoid.server.pages.states import done, tell
from sesamoid.server.reviewing import Change
from sesamoid.server.reviewing.deciding import LONGEST_COMMENT
from sesamoid.server.store import Finding, FindingKind, Verdict

LETTERS = {"A": "A, exemplary", "B": "B, usable", "C": "C, unacceptable"}
OnDecided = Callable[[], Awaitable[None]]


class ReviewActions:
    """The panel of one finding.

    Parameters
    ----------
    page : Shell
    row : Finding
    board : PictureBoard
        On which it is changed.
    on_decided : callable
        Awaited once a decision is on the disk.
    """

    def __init__(self, page: Shell, row: Finding, board: PictureBoard, on_decided: OnDecided):
        self.page, self.row, self.board, self.on_decided = page, row, board, on_decided
        self.points: tuple[Point, ...] | None = None
        self.part = 0
        self.comment: ui.input | None = None
        Tag("h2", row.name, "wrap")
        if page.actor.has(Role.REVIEWER):
            self.area = box("stack tight")
            with self.area:
                self._choices()
        self._facts()
        with Tag("section", "", "stack tight", aria_label="Decisions so far"):
            Tag("h3", "Decisions")
            history(row.decisions)

    def _facts(self) -> None:
        row, content = self.row, self.row.payload
        with Tag("dl", "", "facts"):
            _fact("Value", value_text(row))
            spread = content.get("uncertainty")
            if spread:
                unit = UNIT_SYMBOLS.get(row.unit or "", row.unit or "")
                text = f"{number(spread['low'])} to {number(spread['high'])} {unit}".strip()
                _fact(f"{spread['coverage']:.0%} interval", text)
            _fact("Why no value", content.get("reason") or "")
            _fact("Reasons", "; ".join(content.get("reasons", [])))
            if row.confidence is not None:
                what = content.get("confidence_quantity", {}).get("name", "Confidence")
                _fact(what, f"{row.confidence:.0%}")
            _fact("Method", row.method)
            _fact("Model", row.model)

    def _choices(self) -> None:
        row = self.row
        with box("row-line tight"):
            button("Accept", lambda: self.decide(Verdict.ACCEPT), kind="primary", sign="check",
                   key="a", small=True)  # fmt: skip
            if row.kind != FindingKind.MEASUREMENT:
                button("Change", self.change, sign="edit", key="e", small=True)
            button("Reject", lambda: self.decide(Verdict.REJECT), kind="danger", sign="close",
                   key="r", small=True)  # fmt: skip
        self._comment_field("Comment (optional)")
        if row.kind == FindingKind.MEASUREMENT:
            Tag("p", "It follows from its outline or caliper: change that instead.", "muted small")

    async def decide(self, verdict: Verdict, change: Change | None = None) -> None:
        """Keep a decision."""
        row = self.row
        seen = row.decisions[-1].id if row.decisions else 0
        comment = str(self.comment.value or "") if self.comment is not None else ""
        try:
            decided = await asyncio.to_thread(
                self.page.services.reviewing.decide, self.page.actor, row.id, verdict,
                change=change, comment=comment, seen=seen,
            )  # fmt: skip
        except SesamoidError as error:
            tell(error)
            return
        self.board.edit(None)
        text = {Verdict.ACCEPT: "Accepted", Verdict.MODIFY: "Changed", Verdict.REJECT: "Rejected"}
        followed = len(decided.followed)
        also = f"; {followed} measured on it changed too" if followed else ""
        done(f"{text[verdict]}: {row.name}{also}")
        await self.on_decided()

    async def change(self) -> None:
        """Open what fits the kind of finding."""
        self.area.clear()
        with self.area:
            if self.row.kind == FindingKind.GRADE:
                self._letters()
            elif self.row.kind == FindingKind.CATEGORY:
                self._classes()
            else:
                self._dragging()
            self._comment_field("Why (optional)")

    def _comment_field(self, label: str) -> None:
        self.comment = ui.input(label).props(f"outlined dense maxlength={LONGEST_COMMENT}")
        self.comment.style("width: 100%")

    def cancel(self) -> None:
        """Leave it as it was."""
        self.board.edit(None)
        self.area.clear()
        with self.area:
            self._choices()

    def _letters(self) -> None:
        Tag("p", "Which grade does this picture deserve?")
        with box("answers", role="group", aria_label="Grades"):
            for letter, text in LETTERS.items():
                self._choice(text, Change(letter=letter), letter == self.row.payload.get("letter"))
        self._cancel()

    def _classes(self) -> None:
        Tag("p", "Which is it?")
        with box("answers", role="group", aria_label="Classes"):
            for name in self.row.payload.get("probabilities", {}):
                chosen = name == self.row.payload.get("choice")
                self._choice(name, Change(choice=name), chosen)
        self._cancel()

    def _choice(self, text: str, change: Change, now: bool) -> None:
        made = button(text + (" (now)" if now else ""),
                      lambda: self.decide(Verdict.MODIFY, change), disabled=now)  # fmt: skip
        made.classes("answer")

    def _cancel(self) -> None:
        with box("row-line"):
            button("Cancel", self.cancel, kind="quiet", key="Escape", small=True)

    def _dragging(self) -> None:
        shape = editable(self.row, self.part)
        if shape is None:
            Tag("p", "There is no outline to change.", "muted")
            self._cancel()
            return
        self.board.edit(shape)
        self.points = None
        what = "ends of the caliper" if self.row.kind == FindingKind.LINE else "points"
        Tag("p", f"Drag the {what} on the picture; neighbours follow. With Alt only one point "
            "moves. Tab and the arrow keys work too.", "muted small")  # fmt: skip
        parts = len(self.row.payload.get("contours", []))
        if parts > 1:
            with box("row-line tight"):
                Tag("span", f"Outline {self.part + 1} of {parts}", "numbers")
                button("Next outline", self._next_part, small=True)
        with box("row-line tight"):
            self.save_button = button("Save", self.save, kind="primary", sign="save", key="s",
                                      small=True, disabled=True)  # fmt: skip
            button("Undo", self.board.undo, sign="undo", key="u", small=True)
            button("Cancel", self.cancel, kind="quiet", key="Escape", small=True)
        self.board.on_edited(self._moved)

    def _moved(self, points: tuple[Point, ...]) -> None:
        self.points = points
        self.save_button.put(disabled=None)

    async def _next_part(self) -> None:
        self.part = (self.part + 1) % len(self.row.payload["contours"])
        await self.change()

    async def save(self) -> None:
        """Keep what was dragged."""
        if self.points is not None:
            await self.decide(Verdict.MODIFY, change_of(self.row, self.points, part=self.part))


def _fact(name: str, text: str) -> None:
    if text:
        Tag("dt", name)
        Tag("dd", text, "wrap")
