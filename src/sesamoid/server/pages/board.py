"""The picture board: a picture with outlines to look at, to click on, or to change."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from sesamoid.server.pages.theme import STATIC

Point = tuple[float, float]
SCRIPT = Path(__file__).parents[1] / "static" / "pages" / "picture_board.js"


@dataclass(frozen=True)
class Shape:
    """Something drawn on a picture.

    Parameters
    ----------
    key : str
    polygons : tuple of tuple of (x, y)
        In picture pixels, (0, 0) the upper left corner.
    colour : str
        ``#rrggbb``.
    label, title : str
        As it is written beside it, and in full.
    at : (x, y), optional
        Where the label goes.
    to : (x, y), optional
        Where a line leads from the label.
    faint : bool
    closed : bool
        False: a line, not an outline.
    """

    key: str
    polygons: tuple[tuple[Point, ...], ...]
    colour: str
    label: str = ""
    title: str = ""
    at: Point | None = None
    to: Point | None = None
    faint: bool = False
    closed: bool = True

    def as_json(self) -> dict[str, Any]:
        """For the browser."""
        return {
            "key": self.key,
            "polygons": [
                [[round(x, 1), round(y, 1)] for x, y in polygon] for polygon in self.polygons
            ],
            "colour": self.colour,
            "label": self.label,
            "title": self.title,
            "at": self.at,
            "to": self.to,
            "faint": self.faint,
            "closed": self.closed,
        }


class PictureBoard(Element, component=SCRIPT):
    """A picture and what is drawn on it.

    Parameters
    ----------
    source : str
        URL, or a data URL; see `data_url`.
    size : (rows, columns)
        Of the picture.
    alt : str
        What it shows, for those who do not see it.
    spacing_mm : (row, column), optional
    """

    def __init__(
        self,
        source: str,
        size: tuple[int, int],
        *,
        alt: str,
        spacing_mm: tuple[float, float] | None = None,
    ) -> None:
        super().__init__()
        ui.add_head_html(f'<link rel="stylesheet" href="{STATIC}/pages/board.css">')
        self._props |= {"src": source, "alt": alt, "width": size[1], "height": size[0]}
        if spacing_mm is not None:
            self._props["spacing"] = list(spacing_mm)
        self._edited: Callable[[tuple[Point, ...]], Any] = lambda points: None
        # Once and for all: an event that is added later draws the whole board anew.
        self.on("edited", self._tell)

    def show(
        self, shapes: Sequence[Shape] = (), *, marker: Point | None = None, selected: str = ""
    ) -> None:
        """Draw other shapes."""
        self._props["shapes"] = [shape.as_json() for shape in shapes]
        self._props["marker"] = marker
        self._props["selected"] = selected
        self.update()

    def select(self, key: str) -> None:
        """Let one shape stand out; none where empty."""
        self._props["selected"] = key
        self.update()

    def set_view(self, *, visible: bool | None = None, opacity: float | None = None) -> None:
        """Show or hide everything that is drawn, or fill it more or less."""
        if visible is not None:
            self._props["visible"] = visible
        if opacity is not None:
            self._props["opacity"] = opacity
        self.update()

    def edit(self, shape: Shape | None) -> None:
        """Let a shape's first polygon, or line, be dragged; None ends it."""
        self._props["edit"] = (
            None
            if shape is None
            else {
                "key": shape.key,
                "points": [list(point) for point in shape.polygons[0]],
                "colour": shape.colour,
                "closed": shape.closed,
            }
        )
        self.update()

    def undo(self) -> None:
        """Take the last drag back."""
        self.run_method("undo")

    def allow_picking(self, on: bool) -> None:
        """Whether a place can be picked."""
        self._props["pickable"] = on
        self.update()

    def on_pick(self, handler: Callable[[Point], Any]) -> None:
        """`handler` gets (x, y)."""
        self.on("pick", lambda event: handler((float(event.args[0]), float(event.args[1]))))

    def on_choose(self, handler: Callable[[str], Any]) -> None:
        """`handler` gets the key of the shape that was clicked on."""
        self.on("choose", lambda event: handler(str(event.args)))

    def on_edited(self, handler: Callable[[tuple[Point, ...]], Any]) -> None:
        """`handler`, in place of the one before, gets the points after each drag."""
        self._edited = handler

    def _tell(self, event: GenericEventArguments) -> None:
        self._edited(tuple((float(x), float(y)) for x, y in event.args))


def data_url(content: bytes, *, kind: str = "jpeg") -> str:
    """A picture within the page itself; nobody else can fetch it."""
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
