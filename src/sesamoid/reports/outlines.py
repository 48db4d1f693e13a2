"""Masks as polygons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage import measure

SIMPLIFICATION_PX = 0.2
"""Largest distance by which a simplified outline may stray from the true one."""


@dataclass(frozen=True)
class Outline:
    """A closed polygon around a part of a mask, or around a hole in it.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        (row, column); (0, 0) is the centre of the first pixel. The first point is not repeated.
    hole : bool
    """

    points: NDArray[np.float64]
    hole: bool

    @property
    def area_px(self) -> float:
        """Enclosed area in pixels, by the shoelace formula."""
        rows, columns = self.points.T
        return float(abs(np.dot(rows, np.roll(columns, 1)) - np.dot(columns, np.roll(rows, 1))) / 2)


def outlines(mask: NDArray[np.bool_]) -> tuple[Outline, ...]:
    """The outlines of a mask, largest first, holes after what is filled.

    Marching squares at level 0.5, so an outline runs half a pixel outside the outermost pixel
    centres, where the edge is; see `skimage.measure.find_contours`.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)

    Returns
    -------
    tuple of Outline
        Empty for an empty mask.
    """
    rows, columns = np.any(mask, axis=1).nonzero()[0], np.any(mask, axis=0).nonzero()[0]
    if rows.size == 0:
        return ()
    top, left = int(rows[0]), int(columns[0])
    part = np.pad(mask[top : rows[-1] + 1, left : columns[-1] + 1], 1).astype(np.uint8)
    found = []
    for contour in measure.find_contours(part, 0.5):
        points = measure.approximate_polygon(contour, SIMPLIFICATION_PX)[:-1]
        if len(points) < 3:
            continue
        signed = _signed_area(points)
        found.append(Outline(points + np.array([top - 1, left - 1]), hole=signed < 0))
    return tuple(sorted(found, key=lambda o: (o.hole, -o.area_px)))


def _signed_area(points: NDArray[np.float64]) -> float:
    rows, columns = points.T
    return float(np.dot(rows, np.roll(columns, 1)) - np.dot(columns, np.roll(rows, 1)))
