"""A course: one tendon, nerve or vessel on its way across wrist and palm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.finger_profile import Waypoints
from sesamoid.virtual.body.frames import Array


@dataclass
class Course:
    """One line across wrist and palm, before and after packing.

    Parameters
    ----------
    name : str
    entry : mapping
        Its row of the table.
    x, y, active, pinned, clearance, angle : ndarray of shape (nz,)
        angle is the direction of the width in the plane of constant z, in rad.
    half : ndarray of shape (nz, 2)
    """

    name: str
    entry: dict[str, Any]
    x: Array
    y: Array
    half: Array
    angle: Array
    clearance: Array
    active: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    tail: Waypoints | None = field(default=None)

    @property
    def can_shrink(self) -> bool:
        """Whether it is a tendon: they are drawn loosely; nerves and vessels are measured."""
        return "nerve" not in self.name and "artery" not in self.name


def near_z(z_reference: Array, middle: float, width: float) -> Array:
    """A bump along z, in reference mm; shape (nz, 1)."""
    away = (z_reference - middle) / width
    result: Array = np.exp(-(away**2))[:, None]
    return result
