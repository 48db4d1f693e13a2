"""What somebody draws on a picture: calipers and notes, checked and measured here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.measure.calipers import Caliper

MOST = 50
LONGEST_TEXT = 200
UNIT_PX, UNIT_MM = "{pixels}", "mm"
"""UCUM."""


def checked(
    items: Sequence[Mapping[str, Any]],
    shape: tuple[int, int],
    spacing_mm: tuple[float, float] | None,
) -> list[dict[str, Any]]:
    """Calipers and notes as they are stored.

    Parameters
    ----------
    items : sequence of mapping
        ``{"kind": "caliper", "ends": [[x, y], [x, y]]}`` or
        ``{"kind": "note", "at": [x, y], "text": …}``, in pixels of the picture.
    shape : (rows, columns)
    spacing_mm : (row, column) or None

    Returns
    -------
    list of dict
        A caliper with its ``"value"`` and ``"unit"``, mm where the picture is calibrated.

    Raises
    ------
    SesamoidError
        Something is no annotation, or lies outside of the picture.
    """
    if len(items) > MOST:
        raise SesamoidError(f"{len(items)} annotations on one picture", fix=f"keep to {MOST}.")
    return [_checked(one, shape, spacing_mm) for one in items]


def _checked(
    one: Mapping[str, Any], shape: tuple[int, int], spacing_mm: tuple[float, float] | None
) -> dict[str, Any]:
    kind = one.get("kind")
    if kind == "caliper":
        ends = one.get("ends")
        if not isinstance(ends, list) or len(ends) != 2:
            raise SesamoidError("a caliper without two ends", fix="give [[x, y], [x, y]].")
        first, second = (_point(end, shape) for end in ends)
        scale = spacing_mm if spacing_mm is not None else (1.0, 1.0)
        measured = Caliper.between(np.array(first[::-1]), np.array(second[::-1]), scale)
        return {
            "kind": "caliper",
            "ends": [list(first), list(second)],
            "value": round(measured.length, 3),
            "unit": UNIT_PX if spacing_mm is None else UNIT_MM,
        }
    if kind == "note":
        text = str(one.get("text", "")).strip()
        if not text or len(text) > LONGEST_TEXT:
            raise SesamoidError(f"a note of {len(text)} letters", fix=f"write 1 to {LONGEST_TEXT}.")
        return {"kind": "note", "at": list(_point(one.get("at"), shape)), "text": text}
    raise SesamoidError(f"no annotation {kind!r}", fix="use caliper or note.")


def _point(given: Any, shape: tuple[int, int]) -> tuple[float, float]:
    good = isinstance(given, list) and len(given) == 2
    good = good and all(isinstance(v, int | float) and math.isfinite(v) for v in given)
    if not good or not (0 <= given[0] <= shape[1] and 0 <= given[1] <= shape[0]):
        raise SesamoidError(f"{given!r} is no place on the picture", fix="give [x, y] in pixels.")
    return round(float(given[0]), 2), round(float(given[1]), 2)
