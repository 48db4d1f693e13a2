"""Counting a map's structures in one pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Tally:
    """Where each structure of a map lies; arrays by structure index.

    Parameters
    ----------
    pixels : ndarray of int64, shape (structures,)
    by_row : ndarray of int64, shape (structures, rows)
        Pixels on each row.
    by_column : ndarray of int64, shape (structures, columns)
    """

    pixels: NDArray[np.int64]
    by_row: NDArray[np.int64]
    by_column: NDArray[np.int64]

    @classmethod
    def of(cls, labels: NDArray[np.uint8], structures: int) -> Tally:
        """Of a map of shape (rows, columns) with values below `structures`."""
        rows, columns = labels.shape
        wide = labels.astype(np.int64)
        by_row = np.bincount(
            (wide * rows + np.arange(rows)[:, None]).ravel(), minlength=structures * rows
        ).reshape(structures, rows)
        by_column = np.bincount(
            (wide * columns + np.arange(columns)).ravel(), minlength=structures * columns
        ).reshape(structures, columns)
        return cls(by_row.sum(axis=1), by_row, by_column)

    def present(self) -> NDArray[np.intp]:
        """Indices that occur, without 0."""
        return np.flatnonzero(self.pixels[1:]) + 1
