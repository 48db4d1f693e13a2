"""Geometry that a number comes from, in the pixels of the original file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Code, Structure
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.errors import SesamoidError
from sesamoid.findings.measurements import Quantity

MODEL_PROBABILITY = Quantity(
    "model_probability",
    "Mean model probability",
    Code("CONFIDENCE", LOCAL_SCHEME, "Mean model probability in the outline"),
    "Mean probability of the class inside the outline; a model's figure, not a clinical one.",
)
"""The usual meaning of a region's confidence."""


@dataclass(frozen=True)
class Region:
    """An outlined structure.

    Parameters
    ----------
    identifier : str
        Unique in a result, e.g. ``"nerve-1"``; measurements refer to it.
    structure : Structure
    mask : ndarray of bool
        Shape (rows, columns) of the original frame.
    confidence : float or None
        0..1; None where nothing is known of it.
    frame : int
        From 0.
    confidence_is : Quantity
        What `confidence` says, for reports.
    """

    identifier: str
    structure: Structure
    mask: NDArray[np.bool_]
    confidence: float | None
    frame: int = 0
    confidence_is: Quantity = MODEL_PROBABILITY

    def __post_init__(self) -> None:
        if self.mask.ndim != 2 or self.mask.dtype != np.bool_:
            raise SesamoidError(
                f"a region's mask is 2-D and bool, not {self.mask.ndim}-D {self.mask.dtype}"
            )

    @property
    def pixels(self) -> int:
        """Number of pixels."""
        return int(np.count_nonzero(self.mask))


@dataclass(frozen=True)
class Landmark:
    """A named point: (row, column) in original pixels, fractional."""

    identifier: str
    name: str
    point: tuple[float, float]
    frame: int = 0


@dataclass(frozen=True)
class Line:
    """A named line between two (row, column) points in original pixels, e.g. a caliper.

    Parameters
    ----------
    identifier, name : str
    start, end : tuple of float
    frame : int
    via : tuple of points
        Between the ends where it is no straight segment, e.g. along a curved fascicle.
    """

    identifier: str
    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    frame: int = 0
    via: tuple[tuple[float, float], ...] = ()

    @property
    def points(self) -> NDArray[np.float64]:
        """All its points, shape (n, 2)."""
        return np.array([self.start, *self.via, self.end], dtype=np.float64)

    @property
    def length_px(self) -> float:
        """Length in pixels, along the line."""
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())
