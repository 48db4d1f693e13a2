"""Findings back from the plain types that `finding_json` made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage import draw

from sesamoid.anatomy import Code, Structure, structures
from sesamoid.errors import SesamoidError
from sesamoid.findings import (
    MODEL_PROBABILITY,
    Category,
    DataOrigin,
    Grade,
    GradeLetter,
    Line,
    Measurement,
    ModelReference,
    Quantity,
    Region,
    SubScore,
    Uncertainty,
)

Content = Mapping[str, Any]
Polygon = Sequence[Sequence[float]]


def filled(polygons: Iterable[Polygon], size: tuple[int, int]) -> NDArray[np.bool_]:
    """The mask that outlines enclose; a polygon within another one is a hole in it.

    The inverse of `sesamoid.reports.outlines.outlines`: pixels whose centre lies inside.

    Parameters
    ----------
    polygons : iterable of sequences of (row, column)
    size : tuple of int
        (rows, columns).
    """
    mask = np.zeros(size, dtype=bool)
    for polygon in polygons:
        points = np.asarray(polygon, dtype=np.float64)
        rows, columns = draw.polygon(points[:, 0], points[:, 1], size)
        mask[rows, columns] ^= True
    return mask


def region_from_json(content: Content, size: tuple[int, int]) -> Region:
    """A region, its mask filled from its outlines.

    Parameters
    ----------
    content : mapping
        From `region_as_json`.
    size : tuple of int
        (rows, columns) of the frame.
    """
    return Region(
        content["identifier"],
        structure_from_json(content["structure"]),
        filled([*content["contours"], *content.get("holes", ())], size),
        None if content["confidence"] is None else float(content["confidence"]),
        int(content["frame"]),
        _meant_by(content),
    )


def _meant_by(content: Content) -> Quantity:
    """What a region's confidence is: as `region_as_json` names it, or as it was described."""
    key = content.get("confidence_is", MODEL_PROBABILITY.key)
    if key == MODEL_PROBABILITY.key:
        return MODEL_PROBABILITY
    told = content.get("confidence_quantity")
    if told is None:
        raise SesamoidError(
            f"the confidence of {content['identifier']} is a {key}, which is not described",
            fix="store it with confidence_quantity: key, name, code, definition.",
        )
    return quantity_from_json(told)


def quantity_from_json(content: Content) -> Quantity:
    """What a number is."""
    return Quantity(
        content["key"], content["name"], code_from_json(content["code"]), content["definition"]
    )


def structure_from_json(content: Content) -> Structure:
    """The structure of that key; as it was described where this version does not know it."""
    known = structures().get(content["key"])
    if known is not None:
        return known
    return Structure(
        key=content["key"],
        name=content["name"],
        abbreviation=content.get("abbreviation", content["name"][:6]),
        code=code_from_json(content["code"]),
        category=content.get("category", "group"),
        colour=content["colour"],
        source="as stored with the finding",
    )


def measurement_from_json(content: Content) -> Measurement:
    """A measurement with its quantity."""
    spread = content.get("uncertainty")
    return Measurement(
        quantity=quantity_from_json(content),
        value=content["value"],
        unit=content["unit"],
        method=content["method"],
        evidence=tuple(content["evidence"]),
        uncertainty=None if spread is None else Uncertainty(**spread),
        reason=content["reason"],
        frame=int(content["frame"]),
        notes=tuple(content.get("notes", ())),
    )


def line_from_json(content: Content) -> Line:
    """A line."""
    return Line(
        content["identifier"],
        content["name"],
        _point(content["start"]),
        _point(content["end"]),
        int(content["frame"]),
        tuple(_point(point) for point in content.get("via", ())),
    )


def grade_from_json(content: Content) -> Grade:
    """A grade."""
    return Grade(
        GradeLetter(content["letter"]),
        content["score"],
        tuple(SubScore(**part) for part in content["sub_scores"]),
        tuple(content["reasons"]),
        content["rule"],
        int(content["frame"]),
    )


def category_from_json(content: Content) -> Category:
    """A category."""
    code = content.get("code")
    return Category(
        content["name"],
        tuple((name, float(p)) for name, p in content["probabilities"].items()),
        None if code is None else code_from_json(code),
        tuple(content.get("evidence", ())),
        int(content["frame"]),
    )


def model_from_json(content: Content) -> ModelReference:
    """Which model; "none" where nothing is said."""
    return ModelReference(
        content.get("name", "none"),
        content.get("version", ""),
        content.get("sha256", ""),
        content.get("trained_on", ""),
        DataOrigin(content.get("origin", DataOrigin.NONE.value)),
        content.get("card", ""),
    )


def code_from_json(content: Content) -> Code:
    """A coded concept."""
    return Code(content["value"], content["scheme"], content["meaning"])


def _point(content: Sequence[float]) -> tuple[float, float]:
    return float(content[0]), float(content[1])
