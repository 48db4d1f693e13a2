"""The bones of a finger in profile, and the lines that tendons take over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.rays import Ray

STEP_MM = 1.0
PERIOSTEUM_MM = 0.35


@dataclass(frozen=True)
class Waypoints:
    """A line over a finger, to be joined to its part in the hand.

    Parameters
    ----------
    points, up : ndarray of shape (n, 3)
    half : ndarray of shape (n, 2)
    """

    points: Array
    half: Array
    up: Array


@dataclass(frozen=True)
class Profile:
    """The bones of a finger in its sagittal plane, along the axis of its head frame.

    Parameters
    ----------
    t : ndarray of shape (n,)
        Axis coordinate in mm, 0 at the centre of the metacarpal's head.
    dorsal, palmar : ndarray of shape (n,)
        Distance of the surface from the axis, in mm; a taut line over it.
    """

    t: Array
    dorsal: Array
    palmar: Array

    def dorsal_at(self, t: float) -> float:
        """Distance of the back of the bones from the axis."""
        return float(np.interp(t, self.t, self.dorsal))

    def palmar_at(self, t: float) -> float:
        """Distance of the palmar face of the bones from the axis."""
        return float(np.interp(t, self.t, self.palmar))


def profile(skeleton: Skeleton, ray: Ray, *, u: float = 0.0) -> Profile:
    """Cast rays from both sides on the bones of one ray."""
    last = ray.segments[-1]
    end = ray.head.local(last.frame.point(0, 0, last.length))[2]
    t = np.arange(-0.55 * ray.length, end + STEP_MM, STEP_MM)
    v = np.arange(-16.0, 16.0, 0.1)
    points = (
        ray.head.origin
        + u * ray.head.axes[0]
        + v[None, :, None] * ray.head.axes[1]
        + t[:, None, None] * ray.head.axes[2]
    )
    keys = [f"metacarpal_{ray.number}", *(s.key for s in ray.segments)]
    inside = np.min([skeleton.solid(k).distance(points) for k in keys], axis=0) < 0
    top = np.where(inside, v, -np.inf).max(axis=1)
    bottom = np.where(inside, -v, -np.inf).max(axis=1)
    return Profile(t, _taut(top), _taut(bottom))


def _taut(height: NDArray[np.float64]) -> Array:
    """A line that lies on the heights and bridges gaps and valleys."""
    known = np.isfinite(height)
    filled = np.interp(np.arange(len(height)), np.flatnonzero(known), height[known])
    closed = ndimage.grey_closing(filled, size=9, mode="nearest")
    smooth = ndimage.gaussian_filter1d(closed, 1.6, mode="nearest")
    result: Array = ndimage.gaussian_filter1d(np.maximum(smooth, filled), 1.0, mode="nearest")
    return np.maximum(result, filled)


def straight(level: Array, size: int) -> Array:
    """A tendon's floor: it does not follow dips shorter than `size` samples."""
    closed = ndimage.grey_closing(level, size=size, mode="nearest")
    smooth = ndimage.gaussian_filter1d(closed, size / 4, mode="nearest")
    lack = np.maximum(level - smooth, 0)
    result: Array = smooth + ndimage.gaussian_filter1d(lack, size / 5, mode="nearest")
    return np.maximum(result, level)


def laid_on(
    frame: Frame, t: Array, v: Array, u: Array | float, half: Array, sign: float
) -> Waypoints:
    """A line over a finger from its coordinates in the finger's frame."""
    local = np.c_[np.broadcast_to(u, t.shape), v, t]
    points = frame.origin + local @ frame.axes
    return Waypoints(points, half, np.broadcast_to(frame.axes[1] * sign, points.shape).copy())
