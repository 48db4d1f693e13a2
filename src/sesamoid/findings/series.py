"""A quantity over the frames of a cine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings.measurements import Quantity


@dataclass(frozen=True)
class Stretch:
    """Named frames of a series, `first` to `last` inclusive, e.g. a phase of a contraction."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class TimeSeries:
    """One quantity, frame by frame.

    Parameters
    ----------
    quantity : Quantity
    unit : str
        UCUM.
    frames : ndarray of int, shape (n,)
        Counted from 0.
    seconds : ndarray of float, shape (n,), optional
        None where the file gives no usable frame times.
    raw, smooth : ndarray of float, shape (n,)
        As measured, NaN where a frame gave none; and without outliers.
    rejected : ndarray of bool, shape (n,)
        Taken for an outlier.
    stretches : tuple of Stretch
    """

    quantity: Quantity
    unit: str
    frames: NDArray[np.int64]
    seconds: NDArray[np.float64] | None
    raw: NDArray[np.float64]
    smooth: NDArray[np.float64]
    rejected: NDArray[np.bool_]
    stretches: tuple[Stretch, ...] = ()

    def __post_init__(self) -> None:
        shapes = {a.shape for a in (self.frames, self.raw, self.smooth, self.rejected)}
        if self.seconds is not None:
            shapes.add(self.seconds.shape)
        if len(shapes) != 1 or self.frames.ndim != 1:
            raise SesamoidError(f"the series {self.quantity.key!r} has arrays of several lengths")
