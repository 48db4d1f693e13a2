"""The truth of a virtual picture as shapes for the board."""

from __future__ import annotations

from collections.abc import Collection

from sesamoid.server.pages.board import Point, Shape
from sesamoid.server.teaching.gallery import TeachingPicture
from sesamoid.server.teaching.outlined import outlined
from sesamoid.server.teaching.parts import capitalised

HALF = 0.5
"""From the centre of a pixel to its corner."""
LEAD_PX = 26.0
"""A label farther than this from its outline is joined to it by a line."""


def truth_shapes(
    picture: TeachingPicture, *, only: Collection[str] | None = None, key: str = ""
) -> list[Shape]:
    """Outlines of what a picture shows.

    Parameters
    ----------
    picture : TeachingPicture
    only : collection of str, optional
        Structure keys.
    key : str
        Of the part that stands out; the others are faint.
    """
    shapes = []
    for one in outlined(picture, only=only):
        at = on_board(*one.label_at)
        nearest = min(
            (on_board(*point) for polygon in one.polygons for point in polygon),
            key=lambda point: (point[0] - at[0]) ** 2 + (point[1] - at[1]) ** 2,
        )
        far = (nearest[0] - at[0]) ** 2 + (nearest[1] - at[1]) ** 2 > LEAD_PX**2
        shapes.append(
            Shape(
                key=one.part.key,
                polygons=tuple(
                    tuple(on_board(row, column) for row, column in polygon)
                    for polygon in one.polygons
                ),
                colour=one.colour,
                label=one.group.label,
                title=capitalised(one.part.title),
                at=at,
                to=nearest if far else None,
                faint=bool(key) and one.part.key != key,
            )
        )
    return shapes


def on_board(row: float, column: float) -> Point:
    """(x, y) from the corner of the first pixel, of a place from its centre."""
    return float(column) + HALF, float(row) + HALF


def on_picture(point: Point) -> tuple[float, float]:
    """(row, column) from the centre of the first pixel, of a place on the board."""
    return point[1] - HALF, point[0] - HALF
