"""An exercise with the probe: the task beside the live picture of a virtual patient."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from nicegui import ui

from sesamoid.errors import SesamoidError
from sesamoid.server.pages.badges import grade_badge
from sesamoid.server.pages.elements import Tag, box, button, go
from sesamoid.server.pages.guarded import attempted, succeeded
from sesamoid.server.pages.learn_room import close_room, room_of
from sesamoid.server.pages.scan_view import ScanView
from sesamoid.server.pages.shell import Shell
from sesamoid.server.pages.states import error_state, tell
from sesamoid.server.pages.theme import STATIC
from sesamoid.server.scanning.room import ScanRoom
from sesamoid.server.store import Attempt
from sesamoid.server.teaching import exercise, joints
from sesamoid.server.teaching.exercises import synovitis_grades
from sesamoid.server.teaching.scan_marks import CaptureMark
from sesamoid.server.teaching.scans import best_letters

STYLE = f'<link rel="stylesheet" href="{STATIC}/pages/learn_scan.css">'
MOST_TOLD = 30


class LearnScan:
    """Runs a scanning attempt in the browser of one learner.

    Parameters
    ----------
    page : Shell
    attempt : Attempt
    """

    def __init__(self, page: Shell, attempt: Attempt):
        ui.add_head_html(STYLE)
        self.page, self.attempt = page, attempt
        self.exercise = exercise(attempt.exercise)
        self.scans = page.services.teaching.scans
        self.protocol = page.services.teaching.gallery.protocol
        self.place = box("scan-exercise")
        with self.place, box("state", role="status"):
            box("sv-spin")
            Tag("h2", "The virtual patient takes a seat …")

    async def show(self) -> None:
        """Open the room and show it."""
        services, actor = self.page.services, self.page.actor
        try:
            self.task = await asyncio.to_thread(self.scans.task, actor, self.attempt.id)
            self.room: ScanRoom = await asyncio.to_thread(room_of, services, actor, self.attempt)
        except SesamoidError as error:
            self.place.clear()
            with self.place:
                error_state(error)
            return
        self.letters = best_letters(self.task, self.attempt.detail)
        missing = [plane for plane, letter in self.letters.items() if not letter]
        self.wanted = missing[0] if missing else next(iter(self.letters), "")
        self.grades: dict[str, int] = {}
        self.place.clear()
        with self.place:
            view = ScanView(
                self.room, actor, title="Virtual patient",
                subtitle=f"{self.room.opened.side or 'one'} hand", exit_url="/learn", exercise=True,
            )  # fmt: skip
            view.on("asked", self.capture, [])
            with view.add_slot("task"):
                self._panel()

    def _panel(self) -> None:
        with box("task-head"):
            Tag("h1", self.exercise.title)
            Tag("p", self.exercise.question, "muted small")
        self.list = box("task-list")
        self.now = box("stack tight task-now")
        self.told = Tag("ol", "", "task-told", aria_live="polite")
        with box("row-line tight task-end"):
            button("Finish", self.finish, kind="primary", sign="flag", small=True)
            button("Give up", self.give_up, kind="quiet", small=True)
        self._show_task()
        for one in self.attempt.detail.get("captures", []):
            self._tell(one["text"], one["letter"] if one["hit"] else "miss")

    def _show_task(self) -> None:
        self.list.clear()
        self.now.clear()
        if self.task.planes:
            with self.list:
                self._planes()
            with self.now:
                plane = self.protocol.plane(self.wanted)
                Tag("h2", f"{plane.id}, {plane.name}", "small")
                with _keeping_focus(box("row-line tight")):
                    button(f"Capture {plane.id}", self.capture, kind="primary",
                           sign="photo_camera", small=True, title="Enter")  # fmt: skip
                    button("Hint", self.hint, sign="lightbulb", small=True)
            return
        with self.list:
            self._joints()
        with self.now, _keeping_focus(box("row-line tight")):
            for text, plane_id, digit in (
                ("Wrist", "S5", None), ("Index MCP", "S8", 2), ("Middle MCP", "S8", 3)
            ):  # fmt: skip
                button(text, self._going(plane_id, digit), small=True, sign="near_me")
            button("Hint", self.hint, sign="lightbulb", small=True)

    def _planes(self) -> None:
        if len(self.letters) == 1:
            return
        with Tag("ul", "", "plane-chips", aria_label="Planes to find"):
            for plane, letter in self.letters.items():
                with Tag("li"):
                    pressed = "true" if plane == self.wanted else "false"
                    made = Tag("button", "", "plane-chip", type="button", aria_pressed=pressed,
                               title=self.protocol.plane(plane).name)  # fmt: skip
                    with made:
                        Tag("span", plane)
                        grade_badge(letter or None)
                    made.on("click", self._choosing(plane), [])

    def _joints(self) -> None:
        options = {one.grade: f"{one.grade}  {one.name}" for one in synovitis_grades()}
        for key, joint in joints().items():
            ui.select(
                options, value=self.grades.get(key), label=joint.title.capitalize()
                if joint.title.islower() else joint.title[:1].upper() + joint.title[1:],
                on_change=self._grading(key),
            ).props("outlined dense options-dense").style("width: 100%")  # fmt: skip

    def _choosing(self, plane: str) -> Callable[[], None]:
        def choose() -> None:
            self.wanted = plane
            self._show_task()

        return choose

    def _grading(self, key: str) -> Callable[[Any], None]:
        def grade(event: Any) -> None:
            self.grades[key] = int(event.value)

        return grade

    def _going(self, plane: str, digit: int | None) -> Callable[[], Any]:
        async def go_there() -> None:
            if self.room.probe is not None:
                await succeeded(self.room.probe.go, plane, digit=digit)

        return go_there

    async def capture(self) -> None:
        """Judge the picture of now as one of the wanted plane."""
        if not self.task.planes:
            ui.notify("Nothing is to be captured here: grade the joints.", position="top")
            return
        try:
            frame = await asyncio.to_thread(self.room.frame)
        except SesamoidError as error:
            tell(error)
            return
        if frame is None:
            return
        mark: CaptureMark | None = await attempted(
            self.scans.capture, self.page.actor, self.attempt.id, self.wanted, frame
        )
        if mark is None:
            return
        self._tell(mark.text, mark.letter if mark.hit else "miss")
        before = self.letters[mark.plane]
        # C < B < A: the better of the two counts.
        if mark.letter and (not before or mark.letter < before):
            self.letters[mark.plane] = mark.letter
        if len(self.letters) == 1:
            if mark.letter == "A":
                await self.finish()
            return
        missing = [plane for plane, letter in self.letters.items() if not letter]
        if mark.hit and missing:
            self.wanted = missing[0]
        self._show_task()

    async def hint(self) -> None:
        """The next help, at its price."""
        pose = None
        if self.room.probe is not None:
            pose = self.room.probe.held.at(0.0)[0]
        hint = await attempted(self.scans.hint, self.page.actor, self.attempt.id, self.wanted, pose)
        if hint is not None:
            self._tell(hint.text, "hint")

    async def finish(self) -> None:
        """Score, and go to the result."""
        actor, number = self.page.actor, self.attempt.id
        if self.task.planes:
            good = await succeeded(self.scans.finish, actor, number)
        else:
            good = await succeeded(self.scans.grade, actor, number, dict(self.grades))
        if good:
            await self._leave(f"/learn/attempts/{number}")

    async def give_up(self) -> None:
        """End without a score."""
        if await succeeded(self.page.services.teaching.give_up, self.page.actor, self.attempt.id):
            await self._leave(f"/learn/{self.exercise.key.value}")

    async def _leave(self, path: str) -> None:
        await asyncio.to_thread(close_room, self.page.services, self.page.actor, self.room)
        go(path)

    def _tell(self, text: str, kind: str) -> None:
        with self.told:
            entry = Tag("li", "", f"told {kind.lower()}".strip())
            with entry:
                if kind in ("A", "B", "C"):
                    grade_badge(kind)
                else:
                    sign = {"miss": "close", "hint": "lightbulb"}[kind]
                    Tag("span", sign, "material-icons", aria_hidden="true")
                Tag("p", text)
        entry.move(self.told, 0)
        children = list(self.told.default_slot.children)
        for old in children[MOST_TOLD:]:
            old.delete()


def _keeping_focus(row: Tag) -> Tag:
    """Buttons that a mouse presses without taking the keys away from the probe.

    Enter captures; a button that kept the focus would be pressed again instead.
    """
    return row.on("mousedown", js_handler="(event) => event.preventDefault()")
