"""What a reviewer may change in a finding, and what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sesamoid.findings import GRADE_KEY, Category, GradeLetter, Line, Region, Result, category_key
from sesamoid.reports.finding_read import filled
from sesamoid.server.access import BadRequest
from sesamoid.server.store import Finding, FindingKind

MOST_POINTS = 4000
MOST_POLYGONS = 64

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Change:
    """What is to be different; only what fits the finding's kind may be given.

    Parameters
    ----------
    polygons : tuple of polygons, optional
        Outline of a region: points are (row, column) in pixels of the picture; a polygon within
        another one is a hole.
    line : tuple of points, optional
        Two ends of a caliper, or all points of a traced line.
    letter : str, optional
        Grade: A, B or C.
    choice : str, optional
        Of a category, among its classes.
    """

    polygons: tuple[Polygon, ...] | None = None
    line: Polygon | None = None
    letter: str | None = None
    choice: str | None = None


def changed_result(result: Result, finding: Finding, change: Change, *, by: str) -> Result:
    """`result` with one finding changed, and nothing else yet.

    Parameters
    ----------
    result : Result
    finding : Finding
        Of it.
    change : Change
    by : str
        Who and when.

    Raises
    ------
    BadRequest
        The change does not fit the finding or the picture.
    """
    kind = FindingKind(finding.kind)
    given = {name for name, value in vars(change).items() if value is not None}
    wanted = _FITTING.get(kind)
    if wanted is None:
        raise BadRequest(
            "a measurement follows from its outline or caliper", fix="change that instead."
        )
    if given != {wanted}:
        raise BadRequest(f"a {kind.value} is changed by its {wanted}", fix=f"give {wanted} alone.")
    if change.polygons is not None:
        return _outlined(result, finding.key, change.polygons)
    if change.line is not None:
        return _moved(result, finding.key, change.line)
    if change.letter is not None:
        return _graded(result, change.letter, by)
    return _chosen(result, finding.key, str(change.choice))


def target_of(finding: Finding) -> str:
    """The identifier by which the applications know what was changed."""
    return GRADE_KEY if finding.kind == FindingKind.GRADE else finding.key


_FITTING = {
    FindingKind.REGION: "polygons",
    FindingKind.LINE: "line",
    FindingKind.GRADE: "letter",
    FindingKind.CATEGORY: "choice",
}


def _outlined(result: Result, key: str, polygons: Sequence[Polygon]) -> Result:
    if not 1 <= len(polygons) <= MOST_POLYGONS:
        raise BadRequest(f"{len(polygons)} polygons", fix=f"give 1 to {MOST_POLYGONS}.")
    for polygon in polygons:
        if len(polygon) < 3:
            raise BadRequest(f"a polygon of {len(polygon)} points", fix="give three or more.")
        _check_points(polygon, result.image.size)
    mask = filled(polygons, result.image.size)
    if not mask.any():
        raise BadRequest("the outline encloses no pixel", fix="draw it larger, or reject it.")

    def new(region: Region) -> Region:
        return replace(region, mask=mask, confidence=None) if region.identifier == key else region

    return replace(result, regions=tuple(new(region) for region in result.regions))


def _moved(result: Result, key: str, points: Polygon) -> Result:
    if len(points) < 2:
        raise BadRequest("a line of one point", fix="give both ends.")
    _check_points(points, result.image.size)
    if all(point == points[0] for point in points):
        raise BadRequest("the ends of the line are one point", fix="draw it longer, or reject it.")

    def new(line: Line) -> Line:
        if line.identifier != key:
            return line
        return replace(line, start=points[0], end=points[-1], via=points[1:-1])

    return replace(result, lines=tuple(new(line) for line in result.lines))


def _graded(result: Result, letter: str, by: str) -> Result:
    try:
        wanted = GradeLetter(letter)
    except ValueError:
        raise BadRequest(f"no grade {letter!r}", fix="use A, B or C.") from None
    grade = result.grade
    reasons = (f"{wanted.value}: {by}; the rule said {grade.letter.value}", *grade.reasons)
    return replace(result, grade=replace(grade, letter=wanted, reasons=reasons))


def _chosen(result: Result, key: str, choice: str) -> Result:
    def new(one: Category) -> Category:
        if category_key(one) != key:
            return one
        names = [name for name, _ in one.probabilities]
        if choice not in names:
            raise BadRequest(f"no class {choice!r}", fix=f"use one of {', '.join(names)}.")
        sure = tuple((name, float(name == choice)) for name in names)
        return replace(one, probabilities=sure)

    return replace(result, categories=tuple(new(one) for one in result.categories))


def _check_points(points: Sequence[Sequence[float]], size: tuple[int, int]) -> None:
    if len(points) > MOST_POINTS:
        raise BadRequest(f"{len(points)} points", fix=f"give at most {MOST_POINTS}.")
    for row, column in points:
        # An outline runs half a pixel outside the outermost centres.
        inside = -1 <= row <= size[0] and -1 <= column <= size[1]
        if not inside:  # NaN too
            raise BadRequest(
                f"the point ({row:g}, {column:g}) is outside of the picture",
                fix=f"stay within {size[0]} rows and {size[1]} columns.",
            )


def as_plain(change: Change) -> dict[str, Any]:
    """For the audit log: what was changed, not the points."""
    return {"changed": sorted(name for name, value in vars(change).items() if value is not None)}
