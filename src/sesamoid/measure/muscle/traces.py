"""Fascicles followed through a muscle, from seeds on its mid-line to both aponeuroses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.settings import settings

STEPS_PER_THICKNESS = 12
LARGEST_STEPS = 500

Angle = Callable[[Array, Array], Array]
"""Direction in radians at places t and depths h."""


@dataclass(frozen=True)
class Traces:
    """Fascicles from the deep to the superficial edge; lengths in the spacing's unit.

    Parameters
    ----------
    length, chord : ndarray, shape (n,)
        Along the path and straight between its ends; NaN where an end was not reached.
    outside : ndarray, shape (n,)
        Share of the path outside the scan area or beyond where both edges were seen.
    turn : ndarray, shape (n,)
        Direction at the superficial minus that at the deep end, in radians, positive where the
        fascicle gets steeper to the deep aponeurosis towards the skin.
    deep_ends, superficial_ends : ndarray, shape (n, 2)
        (x, y).
    paths : tuple of ndarray
        (x, y) points of each, from the deep end; empty where an end was not reached or where
        paths were not asked for.
    """

    length: Array
    chord: Array
    outside: Array
    turn: Array
    deep_ends: Array
    superficial_ends: Array
    paths: tuple[Array, ...]


def trace(region: MuscleRegion, angle: Angle, seeds: Array, *, keep_paths: bool = True) -> Traces:
    """Follow fascicles from seeds at half depth.

    Parameters
    ----------
    region : MuscleRegion
    angle : callable
        Direction at (place, depth), without jumps by 180 degrees, e.g. `Directions.at`.
    seeds : ndarray, shape (n,)
        Places t of the seeds.

    Notes
    -----
    Second-order Runge-Kutta with steps of a twelfth of the thickness; the last step ends on the
    edge by linear interpolation in depth. Edges go on straight outside where they were seen.
    """
    x, y = region.point(seeds, np.full_like(seeds, 0.5))
    step = region.mean_thickness() / STEPS_PER_THICKNESS
    up = _march(region, angle, x, y, step, target=0.0)
    down = _march(region, angle, x, y, step, target=1.0)
    length = up.length + down.length
    chord = np.hypot(*(up.end - down.end).T)
    outside = (up.outside + down.outside) / np.where(length > 0, length, 1)
    paths: tuple[Array, ...] = ()
    if keep_paths:
        paths = tuple(
            _path(down.points[:, i], up.points[:, i])
            if np.isfinite(length[i])
            else np.zeros((0, 2))
            for i in range(len(seeds))
        )
    turn = up.direction - down.direction
    rising = np.sign(np.sin(angle(np.zeros(1), np.full(1, 0.5)) - _deep_tilt(region)))
    return Traces(length, chord, outside, turn * rising, down.end, up.end, paths)


def _deep_tilt(region: MuscleRegion) -> float:
    return region.deep.line_angle(region.start, region.stop)


@dataclass(frozen=True)
class _Half:
    length: Array
    outside: Array
    end: Array
    direction: Array
    points: Array


def _march(
    region: MuscleRegion, angle: Angle, x: Array, y: Array, step: float, *, target: float
) -> _Half:
    """Walk all seeds towards depth `target`, 0 or 1."""
    left, right = region.view
    reach = settings()["fascicles"]["longest"] * (right - left)
    seen = (max(left, region.start), min(right, region.stop))
    sense = 1.0 if target == 0.0 else -1.0  # towards the skin depth falls

    # Of the two senses of a line take the one that crosses the muscle the right way.
    tilt = np.arctan(0.5 * (region.superficial.slope(x) + region.deep.slope(x)))
    rises = np.sin(angle(region.place(x), region.near_depth(x, y)) + tilt) >= 0
    turned = np.where(rises, 0.0, np.pi) + (0.0 if sense > 0 else np.pi)

    def direction(px: Array, py: Array) -> Array:
        return np.asarray(angle(region.place(px), region.near_depth(px, py)) + turned)

    count = len(x)
    px, py = x.astype(float).copy(), y.astype(float).copy()
    length, outside = np.zeros(count), np.zeros(count)
    done = np.zeros(count, dtype=bool)
    lost = np.zeros(count, dtype=bool)
    last = direction(px, py)
    points = [np.stack([px, py], axis=-1)]
    depth = region.near_depth(px, py)
    for _ in range(LARGEST_STEPS):
        if np.all(done | lost):
            break
        first = direction(px, py)
        mx, my = px + 0.5 * step * np.cos(first), py - 0.5 * step * np.sin(first)
        heading = direction(mx, my)
        nx, ny = px + step * np.cos(heading), py - step * np.sin(heading)
        after = region.near_depth(nx, ny)
        crossing = (after - target) * (depth - target) <= 0
        share = np.where(crossing, (depth - target) / np.where(depth == after, 1, depth - after), 1)
        moving = ~(done | lost)
        part = np.where(moving, np.clip(share, 0, 1), 0.0)
        middle = px + 0.5 * part * (nx - px)
        beyond = (middle < seen[0]) | (middle > seen[1])
        length += part * step
        outside += part * step * beyond
        px, py = px + part * (nx - px), py + part * (ny - py)
        last = np.where(moving, heading, last)
        depth = np.where(moving, after, depth)
        done |= moving & crossing
        lost |= moving & ~crossing & ((px < left - reach) | (px > right + reach))
        points.append(np.stack([px, py], axis=-1))
    length = np.where(done, length, np.nan)
    # The heading of a walk to the deep side is turned round, so that both ends compare.
    facing = last - (0.0 if sense > 0 else np.pi)
    return _Half(length, outside, np.stack([px, py], axis=-1), facing, np.stack(points))


def _path(down: Array, up: Array) -> Array:
    """Points from the deep end over the seed to the superficial end, without repeats."""
    whole = np.concatenate([down[::-1], up[1:]])
    moved: NDArray[np.bool_] = np.concatenate([[True], np.hypot(*np.diff(whole, axis=0).T) > 1e-9])
    return np.asarray(whole[moved])
