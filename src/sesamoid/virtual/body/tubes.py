"""Tubes: elliptic cross-sections swept along a line; tendons, nerves, vessels and pulleys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from sesamoid.virtual.body.frames import Array, Frame, unit

Float32 = NDArray[np.float32]
STEP_MM = 1.0

# Columns of a station, all in the tube's own frame: centre, half sizes, tangent, across, up, arc
# length, shell thickness.
STATION_COLUMNS = 15


class Kind(IntEnum):
    """What is inside a tube."""

    SOLID = 0
    SHELL = 1
    VESSEL = 2
    NERVE = 3
    MUSCLE = 4


class Rank(IntEnum):
    """Who is seen where two meet: lower wins."""

    EXCLUSIVE = 0
    SHEATH = 1
    LIGAMENT = 2
    FILLER = 5


@dataclass(frozen=True)
class Tube:
    """A swept tube.

    Parameters
    ----------
    key : str
        The structure; empty for tissue without a name.
    tissue : str
    points : ndarray of shape (n, 3)
        Centre line in mm in the body's frame, monotone along `frame`'s w.
    half : ndarray of shape (n, 2)
        Half width and half height in mm.
    up : ndarray of shape (n, 3)
        Where the height points.
    frame : Frame
        Frame of the look-up; its w is the tube's overall direction.
    kind, rank : Kind, Rank
    power : float
        2 an ellipse; 3 or 4 boxier.
    shell_mm : float or ndarray of shape (n,)
        Wall of a shell or vessel.
    clip : float
        A shell has no wall where its height coordinate is above this share of the half height.
    fascicles : ndarray of shape (m, 3)
        Of a nerve: centre and radius in units of the half sizes and mm, see `nerves.py`.
    fascicle_half : tuple of float
        Half sizes that the fascicles were packed for.
    pulse : float
        Share by which an artery widens.
    glide : str
        Which excursion of `Motion` it follows; empty if none.
    bundle : str
        Tubes of one bundle share their texture; the key if empty.
    """

    key: str
    tissue: str
    points: Array
    half: Array
    up: Array
    frame: Frame
    kind: Kind = Kind.SOLID
    rank: Rank = Rank.EXCLUSIVE
    power: float = 2.0
    shell_mm: float | Array = 0.0
    clip: float = 2.0
    fascicles: Array = field(default_factory=lambda: np.zeros((0, 3)))
    fascicle_half: tuple[float, float] = (1.0, 1.0)
    pulse: float = 0.0
    glide: str = ""
    bundle: str = ""

    @cached_property
    def stations(self) -> tuple[float, float, Float32]:
        """First axis coordinate, step, and a row for each step (see STATION_COLUMNS)."""
        local = self.frame.local(self.points)
        axis = local[:, 2]
        count = max(int(np.ceil((axis[-1] - axis[0]) / STEP_MM)) + 1, 4)
        t = np.linspace(axis[0], axis[-1], count)
        swept = PchipInterpolator(axis, np.c_[local[:, :2], self.half])(t)
        centre = swept[:, :2]
        centre = _smooth(centre) if len(local) > 4 else centre
        line = np.c_[centre, t]
        tangent = np.gradient(line, t, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        up = np.stack(
            [np.interp(t, axis, (self.up @ self.frame.axes.T)[:, i]) for i in range(3)], 1
        )
        up -= tangent * (up * tangent).sum(axis=1, keepdims=True)
        up /= np.linalg.norm(up, axis=1, keepdims=True)
        rows = np.zeros((count, STATION_COLUMNS), dtype=np.float32)
        rows[:, 0:2] = centre
        rows[:, 2:4] = swept[:, 2:]
        rows[:, 4:7] = tangent
        rows[:, 7:10] = np.cross(up, tangent)
        rows[:, 10:13] = up
        rows[1:, 13] = np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))
        rows[:, 14] = np.interp(t, axis, np.broadcast_to(self.shell_mm, axis.shape))
        return float(t[0]), float(t[1] - t[0]), rows

    def at(self, z: float) -> Array:
        """Centre where the tube crosses a plane of constant z of the body, shape (3,)."""
        return np.stack([np.interp(z, self.points[:, 2], self.points[:, i]) for i in range(3)])

    def outline(self, around: int = 12) -> Array:
        """Points on the surface, shape (n, 3), for hulls and boxes."""
        start, step, rows = self.stations
        t = start + step * np.arange(len(rows))
        angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
        centre = np.c_[rows[:, 0:2], t]
        ring = (
            centre[:, None]
            + np.cos(angle)[None, :, None] * (rows[:, 2:3] * rows[:, 7:10])[:, None]
            + np.sin(angle)[None, :, None] * (rows[:, 3:4] * rows[:, 10:13])[:, None]
        )
        result: Array = self.frame.origin + ring.reshape(-1, 3) @ self.frame.axes
        return result

    def widened(self, extra_mm: float, **changes: object) -> Tube:
        """The same line with a thicker cross-section, for sheaths and pulleys."""
        return replace(self, half=self.half + extra_mm, **changes)  # type: ignore[arg-type]

    def between(self, low: float, high: float) -> Tube:
        """The stretch between two axis coordinates."""
        axis = self.frame.local(self.points)[:, 2]
        low, high = max(low, axis[0]), min(high, axis[-1])
        t = np.r_[low, axis[(axis > low + 0.05) & (axis < high - 0.05)], high]

        def along(values: Array) -> Array:
            return np.stack([np.interp(t, axis, values[:, i]) for i in range(values.shape[1])], 1)

        shell = self.shell_mm
        if isinstance(shell, np.ndarray):
            shell = np.interp(t, axis, shell)
        return replace(
            self,
            points=along(self.points),
            half=along(self.half),
            up=along(self.up),
            shell_mm=shell,
        )


def _smooth(values: Array, passes: int = 2) -> Array:
    """Take the corners off a line; its ends stay."""
    result = values.copy()
    for _ in range(passes):
        result[1:-1] = 0.25 * result[:-2] + 0.5 * result[1:-1] + 0.25 * result[2:]
    return result


def straight_frame(points: ArrayLike, *, up: ArrayLike = (0, 1, 0)) -> Frame:
    """The look-up frame of a line: w from its first to its last point."""
    given = np.asarray(points, dtype=np.float64)
    return Frame.along(given[0], axis=given[-1] - given[0], up=up)


def mean_direction_frame(points: Array, *, up: ArrayLike = (0, 1, 0)) -> Frame:
    """A frame whose w makes the smallest largest angle with a curved line's ends."""
    first, last = unit(points[1] - points[0]), unit(points[-1] - points[-2])
    return Frame.along(points[0], axis=first + last, up=up)
