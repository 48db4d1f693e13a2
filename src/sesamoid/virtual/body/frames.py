"""Frames: where the parts of a body are, and which way they point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def unit(vector: ArrayLike) -> Array:
    """The vector with length one."""
    given = np.asarray(vector, dtype=np.float64)
    result: Array = given / np.linalg.norm(given)
    return result


@dataclass(frozen=True)
class Frame:
    """A right-handed frame of a bone or a finger segment.

    Parameters
    ----------
    origin : ndarray of shape (3,)
        In mm in the body's frame.
    axes : ndarray of shape (3, 3)
        Rows: u (across, radial), v (up, dorsal), w (along, distal).
    """

    origin: Array
    axes: Array

    @classmethod
    def along(cls, origin: ArrayLike, *, axis: ArrayLike, up: ArrayLike = (0, 1, 0)) -> Frame:
        """A frame with w along `axis` and v as near to `up` as can be."""
        w = unit(axis)
        hint = np.asarray(up, dtype=np.float64)
        v = hint - w * (hint @ w)
        if np.linalg.norm(v) < 1e-6:
            hint = np.array([0.0, 0.0, 1.0]) if abs(w[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
            v = hint - w * (hint @ w)
        v = unit(v)
        return cls(np.asarray(origin, dtype=np.float64), np.stack([np.cross(v, w), v, w]))

    def point(self, u: float, v: float, w: float) -> Array:
        """A place given in this frame, in the body's frame, in mm."""
        result: Array = self.origin + np.array([u, v, w]) @ self.axes
        return result

    def local(self, points: ArrayLike) -> Array:
        """Points of the body's frame, shape (..., 3), in this one."""
        result: Array = (np.asarray(points, dtype=np.float64) - self.origin) @ self.axes.T
        return result

    def moved(self, w: float, *, u: float = 0.0, v: float = 0.0) -> Frame:
        """The same directions from another origin."""
        return Frame(self.point(u, v, w), self.axes)
