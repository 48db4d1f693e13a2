"""Solids: smooth unions of superellipsoidal capsules, the matter that bones are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.compile import Real, inlined, kernel, single

Float32 = NDArray[np.float32]

# Columns of a packed part.
ORIGIN, AXES, LENGTH, SIZE, TO_SIZE, POWER, SIGN, BLEND = 0, 3, 12, 13, 16, 19, 20, 21
PART_COLUMNS = 22
ZERO, ONE, TWO, FOUR, TINY = (single(v) for v in (0, 1, 2, 4, 0.05))


@dataclass(frozen=True)
class Part:
    """A capsule with superelliptic cross-section, tapering from one end to the other.

    Parameters
    ----------
    frame : Frame
        Origin at the start; w along the part.
    length : float
        From start to end, in mm; 0 is an ellipsoid.
    size, to_size : tuple of float
        Half sizes (across, up, along) at start and end; the last one is the length of the cap.
    power : float
        2 round, 3 or 4 boxier.
    cut : bool
        Taken away instead of added.
    blend : float
        Radius of the smooth join with the parts before it, in mm.
    name : str
    """

    frame: Frame
    length: float
    size: tuple[float, float, float]
    to_size: tuple[float, float, float]
    power: float = 2.0
    cut: bool = False
    blend: float = 1.5
    name: str = ""

    def packed(self) -> Float32:
        """The row that the kernels read."""
        row = np.zeros(PART_COLUMNS, dtype=np.float32)
        row[ORIGIN:AXES] = self.frame.origin
        row[AXES:LENGTH] = self.frame.axes.ravel()
        row[LENGTH] = self.length
        row[SIZE:TO_SIZE], row[TO_SIZE:POWER] = self.size, self.to_size
        row[POWER], row[SIGN], row[BLEND] = self.power, -1.0 if self.cut else 1.0, self.blend
        return row

    def scaled(self, factor: float) -> Part:
        """All sizes times a factor, about the body's origin."""
        return replace(
            self,
            frame=Frame(self.frame.origin * factor, self.frame.axes),
            length=self.length * factor,
            size=(self.size[0] * factor, self.size[1] * factor, self.size[2] * factor),
            to_size=(self.to_size[0] * factor, self.to_size[1] * factor, self.to_size[2] * factor),
        )

    def surface_points(self) -> Array:
        """Points on the surface, shape (n, 3), in mm, for hulls and boxes."""
        circle = _circle(self.power)
        share, beyond = np.array(_SHARE), np.array(_BEYOND)
        start, stop = np.array(self.size), np.array(self.to_size)
        ring = (1 - np.abs(beyond) ** self.power) ** (1 / self.power)
        half = (start[:2] + share[:, None] * (stop - start)[:2]) * ring[:, None]
        cap = np.where(beyond < 0, start[2], stop[2])
        local = np.empty((len(share), len(circle), 3))
        local[..., :2] = circle * half[:, None]
        local[..., 2] = (share * self.length + beyond * cap)[:, None]
        result: Array = self.frame.origin + local.reshape(-1, 3) @ self.frame.axes
        return result


# Rings of a part's surface: where along it, and how far into the caps.
_SHARE = (0.0, 0.25, 0.5, 0.75, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0)
_BEYOND = (0.0, 0.0, 0.0, 0.0, 0.0, -0.45, -0.8, -1.0, 0.45, 0.8, 1.0)


@cache
def _circle(power: float) -> Array:
    """A superellipse of radius one, shape (16, 2)."""
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    result: Array = circle / (np.abs(circle) ** power).sum(axis=1, keepdims=True) ** (1 / power)
    return result


@dataclass(frozen=True)
class Solid:
    """A smooth union of parts.

    Parameters
    ----------
    key : str
        The structure that it is.
    parts : tuple of Part
    meets : tuple of (str, float, float)
        Neighbours that it yields to: name, gap in mm, weight (1 alone, 0.5 half-way).
    """

    key: str
    parts: tuple[Part, ...]
    meets: tuple[tuple[str, float, float], ...] = field(default=())

    def packed(self) -> Float32:
        """Rows of the parts, shape (parts, PART_COLUMNS)."""
        return np.stack([part.packed() for part in self.parts])

    def box(self) -> tuple[Array, Array]:
        """Lowest and highest corner of the parts that are not cut away."""
        points = self.surface_points()
        return points.min(axis=0), points.max(axis=0)

    def surface_points(self) -> Array:
        """Points on the surfaces of the parts that are not cut away."""
        return np.concatenate([p.surface_points() for p in self.parts if not p.cut])

    def distance(self, points: ArrayLike) -> NDArray[np.float32]:
        """Signed distance in mm, negative inside, of points of shape (..., 3); no neighbours."""
        given = np.asarray(points, dtype=np.float32)
        flat = np.ascontiguousarray(given.reshape(-1, 3))
        return solid_distances(self.packed(), flat).reshape(given.shape[:-1])


@inlined
def part_distance(parts: Float32, i: int, x: Real, y: Real, z: Real) -> Real:
    """Signed distance to one part, to first order, in mm."""
    px, py, pz = x - parts[i, 0], y - parts[i, 1], z - parts[i, 2]
    u = px * parts[i, 3] + py * parts[i, 4] + pz * parts[i, 5]
    v = px * parts[i, 6] + py * parts[i, 7] + pz * parts[i, 8]
    t = px * parts[i, 9] + py * parts[i, 10] + pz * parts[i, 11]
    length = parts[i, 12]
    f = ZERO
    if length > 0:
        f = min(max(t / length, ZERO), ONE)
    w = parts[i, 13] + f * (parts[i, 16] - parts[i, 13])
    h = parts[i, 14] + f * (parts[i, 17] - parts[i, 14])
    beyond = t - f * length
    r = parts[i, 15] if t < 0 else parts[i, 18]
    a, b, c = abs(u) / w, abs(v) / h, abs(beyond) / r
    if parts[i, 19] == TWO:
        k0 = np.sqrt(a * a + b * b + c * c)
        if k0 < TINY:
            return -min(w, h)
        a, b, c = a / w, b / h, c / r
        return k0 * (k0 - ONE) / np.sqrt(a * a + b * b + c * c)
    if parts[i, 19] == FOUR:
        a2, b2, c2 = a * a, b * b, c * c
        k0 = np.sqrt(np.sqrt(a2 * a2 + b2 * b2 + c2 * c2))
        if k0 < TINY:
            return -min(w, h)
        a, b, c = a2 * a / w, b2 * b / h, c2 * c / r
        return k0 * k0 * k0 * (k0 - ONE) / np.sqrt(a * a + b * b + c * c)
    a2, b2, c2 = a * a, b * b, c * c
    k0 = np.cbrt(a2 * a + b2 * b + c2 * c)
    if k0 < TINY:
        return -min(w, h)
    a, b, c = a2 / w, b2 / h, c2 / r
    return k0 * k0 * (k0 - ONE) / np.sqrt(a * a + b * b + c * c)


@inlined
def solid_distance(parts: Float32, start: int, stop: int, x: Real, y: Real, z: Real) -> Real:
    """Signed distance to a solid: its parts joined smoothly, in order."""
    distance = np.float32(1e3)
    for i in range(start, stop):
        d = part_distance(parts, i, x, y, z)
        blend = parts[i, 21]
        if parts[i, 20] > 0:
            if d < distance + blend:
                h = max(blend - abs(d - distance), ZERO)
                distance = min(d, distance) - h * h / (FOUR * blend)
        elif -d > distance - blend:
            h = max(blend - abs(distance + d), ZERO)
            distance = max(distance, -d) + h * h / (FOUR * blend)
    return distance


@kernel
def solid_distances(parts: Float32, points: Float32) -> Float32:
    """`solid_distance` of points of shape (n, 3)."""
    result = np.empty(len(points), dtype=np.float32)
    for i in range(len(points)):
        result[i] = solid_distance(parts, 0, len(parts), points[i, 0], points[i, 1], points[i, 2])
    return result


def pack(solids: Sequence[Solid]) -> tuple[Float32, NDArray[np.int32], Float32]:
    """Parts of all solids, each solid's range of rows (n, 2), and boxes (n, 6)."""
    parts, ranges, boxes, start = [], [], [], 0
    for solid in solids:
        rows = solid.packed()
        parts.append(rows)
        ranges.append((start, start + len(rows)))
        start += len(rows)
        low, high = solid.box()
        boxes.append(np.r_[low, high])
    if not solids:
        return (
            np.zeros((0, PART_COLUMNS), np.float32),
            np.zeros((0, 2), np.int32),
            np.zeros((0, 6), np.float32),
        )
    return (
        np.concatenate(parts),
        np.array(ranges, dtype=np.int32),
        np.array(boxes, dtype=np.float32),
    )
