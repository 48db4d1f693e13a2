"""A dense field of fibre directions with a weight at every pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.measure.muscle.angles import Array


@dataclass(frozen=True)
class OrientationField:
    """Fibre direction at every pixel.

    Parameters
    ----------
    angle : ndarray, shape (rows, columns)
        Radians in pixel steps: 0 along the columns, positive when rising to the right of the
        picture, in [-pi/2, pi/2). For square pixels it is the angle in the body.
    weight : ndarray, shape (rows, columns)
        0 where nothing is known, else up to 1.
    """

    angle: Array
    weight: Array

    def __post_init__(self) -> None:
        if self.angle.ndim != 2 or self.angle.shape != self.weight.shape:
            raise SesamoidError(
                f"angles of shape {self.angle.shape} and weights of shape {self.weight.shape} "
                "are not one field of rows and columns"
            )

    def at(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[Array, Array]:
        """Angles and weights at pixels; weight 0 outside the field and where not finite."""
        height, width = self.angle.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        r, c = np.where(inside, rows, 0), np.where(inside, columns, 0)
        angle, weight = self.angle[r, c], self.weight[r, c]
        known = inside & np.isfinite(angle) & np.isfinite(weight)
        return np.where(known, angle, 0.0), np.where(known, np.maximum(weight, 0.0), 0.0)
