"""Findings of a stored picture as shapes on the board, and changed shapes as changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sesamoid.server.pages.board import Point, Shape
from sesamoid.server.pages.truth_shapes import on_board, on_picture
from sesamoid.server.reviewing import Change
from sesamoid.server.store import Finding, FindingKind, FindingStatus, Picture

LINE_COLOUR = "#F0E442"
"""Yellow of Okabe and Ito's palette: calipers show on every grey."""
NOTE_COLOUR = "#FFFFFF"


def finding_shapes(findings: Iterable[Finding]) -> list[Shape]:
    """Outlines and lines; what was rejected is left out."""
    shapes = []
    for row in findings:
        if row.status == FindingStatus.REJECTED:
            continue
        if row.kind == FindingKind.REGION:
            shapes.append(_region(row))
        elif row.kind == FindingKind.LINE:
            shapes.append(_line(row))
    return shapes


def drawn_shapes(picture: Picture) -> list[Shape]:
    """What was drawn on the picture while it was scanned."""
    shapes = []
    for number, one in enumerate(picture.annotations):
        if one["kind"] == "caliper":
            ends = tuple((float(x), float(y)) for x, y in one["ends"])
            unit = "mm" if one["unit"] == "mm" else "px"
            text = f"{one['value']:.1f} {unit}"
            shapes.append(
                Shape(f"drawn-{number}", (ends,), LINE_COLOUR, text, f"Caliper, {text}",
                      at=_above(ends), closed=False)
            )  # fmt: skip
        else:
            x, y = one["at"]
            shapes.append(
                Shape(f"drawn-{number}", (((x - 4.0, y), (x + 4.0, y)),), NOTE_COLOUR,
                      str(one["text"]), "Note", at=(float(x), float(y) - 10), closed=False)
            )  # fmt: skip
    return shapes


def editable(row: Finding, part: int = 0) -> Shape | None:
    """What of a finding can be dragged; None where nothing can.

    Parameters
    ----------
    row : Finding
    part : int
        Of a region with several outlines: which.
    """
    if row.kind == FindingKind.LINE:
        return _line(row)
    if row.kind != FindingKind.REGION or not row.payload["contours"]:
        return None
    whole = _region(row)
    chosen = _polygon(row.payload["contours"][part])
    return Shape(whole.key, (chosen,), whole.colour, whole.label, whole.title)


def change_of(row: Finding, points: Sequence[Point], *, part: int = 0) -> Change:
    """The change that dragged points make; other outlines and holes of a region stay."""
    moved = tuple(on_picture(point) for point in points)
    if row.kind == FindingKind.LINE:
        return Change(line=moved)
    contours = [_places(one) for one in row.payload["contours"]]
    contours[part] = moved
    holes = [_places(one) for one in row.payload.get("holes", [])]
    return Change(polygons=(*contours, *holes))


def _region(row: Finding) -> Shape:
    content = row.payload
    polygons = tuple(_polygon(one) for one in (*content["contours"], *content.get("holes", [])))
    known = content["structure"]
    return Shape(
        key=row.key,
        polygons=polygons,
        colour=known["colour"],
        label=known.get("abbreviation") or content["label"],
        title=row.name,
        at=_above(polygons[0]) if polygons else None,
    )


def _line(row: Finding) -> Shape:
    content = row.payload
    points = tuple(
        on_board(*place) for place in (content["start"], *content.get("via", []), content["end"])
    )
    return Shape(row.key, (points,), LINE_COLOUR, "", row.name, closed=False)


def _polygon(places: Any) -> tuple[Point, ...]:
    return tuple(on_board(row, column) for row, column in places)


def _places(points: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(row), float(column)) for row, column in points)


def _above(points: Sequence[Point]) -> Point:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs) + max(xs)) / 2, max(12.0, min(ys) - 10)
