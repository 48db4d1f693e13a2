"""Pictures, the chosen one with its outlines, and its findings side by side."""

from __future__ import annotations

import asyncio

from nicegui import ui

from sesamoid.anatomy import protocols
from sesamoid.errors import SesamoidError
from sesamoid.server.access import Role
from sesamoid.server.pages.badges import grade_badge
from sesamoid.server.pages.board import PictureBoard
from sesamoid.server.pages.elements import Tag, box, button, icon
from sesamoid.server.pages.finding_list import FindingList, entries
from sesamoid.server.pages.finding_shapes import drawn_shapes, finding_shapes
from sesamoid.server.pages.guarded import attempted
from sesamoid.server.pages.review_actions import ReviewActions
from sesamoid.server.pages.shell import Shell
from sesamoid.server.pages.states import done, tell
from sesamoid.server.store import Exam, Finding, FindingStatus, Picture


class ExamReview:
    """The review of one exam in one browser.

    Parameters
    ----------
    page : Shell
    exam : Exam
        With pictures, findings and decisions.
    picture_id : int
        To begin with; the first with something to decide where it is not of this exam.
    """

    def __init__(self, page: Shell, exam: Exam, picture_id: int):
        self.page, self.exam = page, exam
        self.earlier = False
        self.visible = True
        self.picture = self._first(picture_id)
        self.chosen: int | None = None
        with box("review"):
            self.strip = Tag("nav", "", "strip", aria_label="Pictures")
            with box("stack tight"):
                self.bar = box("row-line")
                self.place = box("")
                self.facts = box("stack tight")
            with box("review-side"):
                with Tag("section", "", "panel flush", aria_label="Findings of this picture"):
                    self.head = box("row-line list-head")
                    self.list = FindingList(self.choose)
                self.panel = box("panel stack", aria_live="polite")
        self._show_picture()

    @property
    def pictures(self) -> list[Picture]:
        """Those that are shown in the strip."""
        return [one for one in self.exam.pictures if one.current or self.earlier]

    def choose(self, finding_id: int) -> None:
        """Show one finding and what can be done with it."""
        self.chosen = finding_id
        self.list.choose(finding_id)
        self.board.edit(None)
        row = self._row(finding_id)
        self.board.select(row.key if row is not None else "")
        self.panel.clear()
        with self.panel:
            if row is None:
                Tag("p", "Choose a finding to see how it was made and to decide on it.", "muted")
            else:
                ReviewActions(self.page, row, self.board, self.refresh)

    def step(self, by: int) -> None:
        """To the next finding of the list, or the one before."""
        ids = [entry.row.id for entry in entries(self.picture.findings)]
        if ids:
            at = ids.index(self.chosen) if self.chosen in ids else -1 if by > 0 else 0
            self.choose(ids[(at + by) % len(ids)])

    def turn(self, by: int) -> None:
        """To the next picture, or the one before."""
        shown = self.pictures
        self.open(shown[(shown.index(self.picture) + by) % len(shown)].id)

    def open(self, picture_id: int) -> None:
        """Show another picture."""
        self.picture = next(one for one in self.exam.pictures if one.id == picture_id)
        self.chosen = None
        self._show_picture()
        ui.navigate.history.replace(f"/exams/{self.exam.id}?picture={picture_id}")

    async def refresh(self) -> None:
        """Read the exam anew and show what became of it; then go to what is still to decide."""
        try:
            self.exam = await asyncio.to_thread(
                self.page.services.exams.get, self.page.actor, self.exam.id
            )
        except SesamoidError as error:
            tell(error)
            return
        self.picture = next(one for one in self.exam.pictures if one.id == self.picture.id)
        self._show_strip()
        self._show_bar()
        self._draw()
        rows = [entry.row for entry in entries(self.picture.findings)]
        at = next((i for i, row in enumerate(rows) if row.id == self.chosen), 0)
        # From the chosen one on, and round again.
        coming = [*rows[at:], *rows[:at]]
        waiting = [row for row in coming if row.status == FindingStatus.PENDING]
        if waiting:
            self.choose(waiting[0].id)
        elif self.chosen is not None:
            self.choose(self.chosen)

    async def accept_rest(self) -> None:
        """Accept what nobody has decided on, of this picture."""
        count = await attempted(
            self.page.services.reviewing.accept_rest, self.page.actor, self.exam.id,
            picture_id=self.picture.id,
        )  # fmt: skip
        if count is not None:
            done(f"{count} accepted")
            await self.refresh()

    def toggle_outlines(self) -> None:
        """Show or hide what is drawn."""
        self.visible = not self.visible
        self.board.set_view(visible=self.visible)

    def _first(self, picture_id: int) -> Picture:
        pictures = self.exam.pictures
        current = [one for one in pictures if one.current] or list(pictures)
        given = [one for one in pictures if one.id == picture_id]
        waiting = [one for one in current if waiting_in(one)]
        return (given or waiting or current)[0]

    def _row(self, finding_id: int | None) -> Finding | None:
        return next((row for row in self.picture.findings if row.id == finding_id), None)

    def _show_picture(self) -> None:
        self._show_strip()
        self._show_bar()
        picture = self.picture
        spacing = picture.spacing_mm
        self.place.clear()
        with self.place:
            self.board = PictureBoard(
                f"/api/v1/pictures/{picture.id}.png",
                (picture.rows, picture.columns),
                alt=f"Ultrasound picture {picture.number}, {plane_name(self.exam, picture)}",
                spacing_mm=None if spacing is None else (spacing[0], spacing[1]),
            )
            self.board.on_choose(self._choose_shape)
            self.board.set_view(visible=self.visible)
        self._draw()
        self.choose(self.chosen or 0)

    def _choose_shape(self, key: str) -> None:
        row = next((one for one in self.picture.findings if one.key == key), None)
        if row is not None:
            self.choose(row.id)

    def _draw(self) -> None:
        shapes = [*finding_shapes(self.picture.findings), *drawn_shapes(self.picture)]
        self.board.show(shapes)
        self.list.show(entries(self.picture.findings), self.chosen)
        self.head.clear()
        with self.head:
            Tag("h2", "Findings", "grow")
            if self.page.actor.has(Role.REVIEWER) and waiting_in(self.picture):
                button("Accept the rest", self.accept_rest, small=True, sign="done_all")
        self.facts.clear()
        with self.facts:
            _facts(self.picture)

    def _show_bar(self) -> None:
        self.bar.clear()
        with self.bar:
            grade_badge(self.picture.letter)
            Tag("h2", plane_name(self.exam, self.picture), "grow wrap")
            button("", lambda: self.turn(-1), sign="navigate_before", small=True, key="p",
                   aria_label="Picture before", data_key_text="Picture before")  # fmt: skip
            button("", lambda: self.turn(1), sign="navigate_next", small=True, key="n",
                   aria_label="Next picture", data_key_text="Next picture")  # fmt: skip
            button("Outlines", self.toggle_outlines, sign="visibility", small=True, key="o")
            for key, by, text in (("j", 1, "Next finding"), ("k", -1, "Finding before")):
                made = button(
                    text, lambda by=by: self.step(by), key=key, data_key_text=text, tabindex="-1"
                )
                made.classes("only-key")

    def _show_strip(self) -> None:
        self.strip.clear()
        with self.strip:
            for one in self.pictures:
                self._thumb(one)
            if any(not one.current for one in self.exam.pictures):
                text = "Hide earlier pictures" if self.earlier else "Earlier pictures"
                button(text, self._toggle_earlier, small=True, kind="quiet")

    def _thumb(self, one: Picture) -> None:
        waiting = waiting_in(one)
        current = "true" if one.id == self.picture.id else None
        made = Tag("button", "", "thumb", type="button", aria_current=current)
        with made:
            Tag("img", "", "picture", src=f"/api/v1/pictures/{one.id}.png", alt="", loading="lazy")
            with box("caption"):
                grade_badge(one.letter)
                Tag("strong", one.plane or f"Picture {one.number}")
                Tag("span", "", "grow")
                _state(one, waiting)
        made.on("click", lambda: self.open(one.id), [])

    def _toggle_earlier(self) -> None:
        self.earlier = not self.earlier
        if self.picture not in self.pictures:
            self.open(self.pictures[0].id)
        self._show_strip()


def _state(one: Picture, waiting: int) -> None:
    if not one.current:
        Tag("span", "earlier", "muted")
        return
    text = f"{waiting} to decide" if waiting else "decided"
    with Tag("span", "", "row-line tight muted", title=text).style("gap: 3px; flex-wrap: nowrap"):
        if waiting:
            Tag("span", str(waiting), "numbers", aria_hidden="true")
        icon("hourglass_empty" if waiting else "done_all").style("font-size: 16px")
        Tag("span", text, "sr-only")


def waiting_in(picture: Picture) -> int:
    """How many findings nobody has decided on."""
    return sum(row.status == FindingStatus.PENDING for row in picture.findings)


def plane_name(exam: Exam, picture: Picture) -> str:
    """``"S11, Transverse section of …"``; the number where the picture is of no plane."""
    known = protocols().get(exam.protocol)
    if known is not None:
        for plane in known.planes:
            if plane.id == picture.plane:
                return f"{plane.id}, {plane.name}"
    return picture.plane or f"Picture {picture.number}"


def _facts(picture: Picture) -> None:
    because = f": {picture.kept_because}" if picture.kept_because else ""
    kept = f"Kept by the {picture.kept_by}{because}"
    scale = "calibrated" if picture.spacing_mm else "not calibrated: sizes in pixels"
    Tag("p", f"{kept} · {scale}", "muted small wrap")
    for text in (*picture.reasons, *picture.notes):
        if text.rstrip(".") != kept:
            Tag("p", text, "small wrap")
