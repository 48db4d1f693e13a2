"""Maps of muscles with known geometry, drawn without the virtual scanner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sesamoid.measure.muscle import OrientationField

Edge = Callable[[NDArray[np.float64]], NDArray[np.float64]]
SHAPE = (400, 500)


def line(row: float, angle_deg: float, *, shape: tuple[int, int] = SHAPE) -> Edge:
    """A straight edge that has `row` at the centre column; positive angles rise to the right."""
    centre = (shape[1] - 1) / 2
    return lambda x: row - np.tan(np.radians(angle_deg)) * (x - centre)


def band(
    edge: Edge, *, below: bool, thick: float = 9.0, shape: tuple[int, int] = SHAPE
) -> NDArray[np.float32]:
    """Probability of a band on one side of an edge, as shares of pixels covered."""
    rows, columns = np.arange(shape[0])[:, None], np.arange(shape[1], dtype=float)
    at = edge(columns)
    inner, outer = (rows - at, at + thick - rows) if below else (at - rows, rows - at + thick)
    share = np.clip(inner + 0.5, 0, 1) * np.clip(outer + 0.5, 0, 1)
    return share.astype(np.float32)


def uniform(angle_deg: float, *, shape: tuple[int, int] = SHAPE) -> OrientationField:
    """One direction everywhere, equally sure."""
    return OrientationField(np.full(shape, np.radians(angle_deg)), np.ones(shape))


def between(field: OrientationField, upper: Edge, lower: Edge) -> OrientationField:
    """The field with weight only between two edges."""
    rows = np.arange(field.angle.shape[0])[:, None]
    columns = np.arange(field.angle.shape[1], dtype=float)
    inside = (rows > upper(columns)) & (rows < lower(columns))
    return OrientationField(field.angle, field.weight * inside)
