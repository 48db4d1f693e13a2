"""Calipers: the longest and the shortest extent of a mask, with end points to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from sesamoid.findings.evidence import Line
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing


@dataclass(frozen=True)
class Caliper:
    """A measured segment.

    Parameters
    ----------
    start, end : tuple of float
        (row, column) in pixels, fractional.
    length : float
        In the unit of the spacing that it was measured with.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    length: float

    @classmethod
    def between(
        cls, start: NDArray[np.floating], end: NDArray[np.floating], spacing: Spacing
    ) -> Caliper:
        """The caliper between two (row, column) points in pixels."""
        step = (np.asarray(end, float) - np.asarray(start, float)) * np.asarray(spacing)
        return cls(
            (float(start[0]), float(start[1])),
            (float(end[0]), float(end[1])),
            float(np.hypot(*step)),
        )

    def line(self, identifier: str, name: str, *, frame: int = 0) -> Line:
        """The same segment as a finding."""
        return Line(identifier, name, self.start, self.end, frame)


def feret(mask: NDArray[np.generic], spacing: Spacing) -> tuple[Caliper, Caliper]:
    """Shortest and longest Feret diameter: extent between two parallel lines that touch the mask.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
        May have several parts; they are measured together.
    spacing : tuple of float
        (row, column), mm or pixels; need not be square.

    Returns
    -------
    shortest, longest : Caliper

    Raises
    ------
    SesamoidError
        The mask is empty.

    Notes
    -----
    The outline runs through the middles of the pixel edges, so a row of n pixels is n pixels long.
    The shortest diameter has one side flush with an edge of the convex hull (rotating calipers;
    Toussaint 1983).
    """
    step = np.asarray(checked_spacing(spacing))
    hull = _hull(checked_mask(mask), step)
    gaps = hull[:, None] - hull[None]
    first, second = np.unravel_index(int(np.argmax((gaps**2).sum(-1))), (len(hull), len(hull)))
    longest = Caliper.between(hull[first] / step, hull[second] / step, (step[0], step[1]))

    edges = np.roll(hull, -1, axis=0) - hull
    along = edges / np.linalg.norm(edges, axis=1, keepdims=True)
    normals = np.stack([-along[:, 1], along[:, 0]], axis=1)
    heights = np.abs(np.einsum("ejk,ek->ej", hull[None] - hull[:, None], normals))
    edge = int(np.argmin(heights.max(axis=1)))
    opposite = hull[int(np.argmax(heights[edge]))]
    foot = hull[edge] + np.dot(opposite - hull[edge], along[edge]) * along[edge]
    shortest = Caliper.between(foot / step, opposite / step, (step[0], step[1]))
    return shortest, longest


def _hull(mask: NDArray[np.bool_], step: NDArray[np.float64]) -> NDArray[np.float64]:
    """Corners of the convex hull of the pixel-edge middles, in order, in the spacing's unit."""
    padded = np.pad(mask, 1)
    inner = padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
    centres = np.argwhere(mask & ~inner).astype(float)
    shifts = np.array([[0.5, 0], [-0.5, 0], [0, 0.5], [0, -0.5]])
    points = (centres[:, None] + shifts[None]).reshape(-1, 2) * step
    corners: NDArray[np.float64] = points[ConvexHull(points).vertices]
    return corners
