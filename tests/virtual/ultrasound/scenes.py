"""Sections made by hand: what the scanner is tested on, without a body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound import Scanner, preset

Z = np.array([0.0, 0.0, 1.0])


def index(name: str) -> int:
    return tissue_table().index(name)


def short_axis(x: float = 0.0, z: float = 0.0) -> ProbePose:
    """Beams go down -y; the picture lies across z, along which all fibres run."""
    return ProbePose.looking(
        np.array([x, 0.0, z]), axial=np.array([0.0, -1.0, 0.0]), lateral=np.array([1.0, 0.0, 0.0])
    )


def long_axis(x: float = 0.0, z: float = 0.0) -> ProbePose:
    return ProbePose.looking(np.array([x, 0.0, z]), axial=np.array([0.0, -1.0, 0.0]), lateral=Z)


def uniform(grid: SliceGrid, tissue: str, *, pose: ProbePose | None = None, tilt_deg: float = 0.0):
    """One tissue everywhere; `tilt_deg` is how far the beam is off perpendicular to the fibres."""
    shape = (grid.rows, grid.columns)
    return Section(
        grid,
        np.full(shape, index(tissue), np.uint8),
        np.zeros(shape, np.uint8),
        np.ones(shape, np.float32),
        np.full(shape, np.sin(np.deg2rad(tilt_deg)), np.float32),
        grid.points(pose or short_axis()),
        np.zeros(grid.columns, np.float32),
    )


def layers(grid: SliceGrid, *upto: tuple[str, float]):
    """Flat layers: (tissue, depth in mm at which it ends), from the top; the last goes on."""
    section = uniform(grid, upto[-1][0])
    depth = np.linspace(0, grid.depth_mm, grid.rows)
    for tissue, end in reversed(upto[:-1]):
        section.tissue[depth < end] = index(tissue)
    return section


@dataclass(frozen=True)
class Shape:
    """An implicit solid: `distance` is negative inside; painted over what was before it."""

    distance: Callable[[np.ndarray], np.ndarray]
    tissue: str
    fibrous: bool = True


def cylinder(x: float, y: float, a: float, b: float, *, turn_deg: float = 0.0, lean: float = 0.0):
    """An elliptical cylinder along z; `lean` is its change of depth per mm of z."""
    c, s = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))

    def distance(p: np.ndarray) -> np.ndarray:
        dx, dy = p[..., 0] - x, p[..., 1] - y - lean * p[..., 2]
        u, v = c * dx + s * dy, -s * dx + c * dy
        radius = np.hypot(u / a, v / b)
        return (radius - 1) * radius / np.maximum(np.hypot(u / a**2, v / b**2), 1e-6)

    return distance


def below(height: Callable[[np.ndarray, np.ndarray], np.ndarray]):
    """All that is deeper than a surface y = height(x, z)."""

    def distance(p: np.ndarray) -> np.ndarray:
        x, z = p[..., 0], p[..., 2]
        h, e = height(x, z), 1e-3
        slope = np.hypot((height(x + e, z) - h) / e, (height(x, z + e) - h) / e)
        return (p[..., 1] - h) / np.sqrt(1 + slope**2)

    return distance


def cut(pose: ProbePose, grid: SliceGrid, shapes: list[Shape], background: str = "fat") -> Section:
    """Paint shapes in their order on the plane of a pose."""
    points = grid.points(pose).astype(np.float64)
    section = uniform(grid, background, pose=pose)
    step = 1e-3
    for shape in shapes:
        d = shape.distance(points)
        inside = d < 0
        if not inside.any():
            continue
        normal = np.stack(
            [(shape.distance(points + step * axis) - d) / step for axis in np.eye(3)], axis=-1
        )
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-9)
        facing = np.where(np.abs(d) < 0.4, np.abs(normal @ pose.axial), 1.0)
        section.tissue[inside] = index(shape.tissue)
        section.facing[inside] = np.clip(facing, 0, 1)[inside]
        section.fibre[inside] = abs(float(Z @ pose.axial)) if shape.fibrous else 0
    return section


def plain(name: str = "aster-a3", **settings) -> Scanner:
    """A machine without compensation, noise, haze, filter: what theory speaks of."""
    machine = replace(
        preset(name),
        compensation=0,
        noise_db=-200,
        clutter_db=-200,
        glow_db=-200,
        ring_db=-200,
        sharpen=0,
    )
    return Scanner(machine, machine.settings(**{"looks": 1, "speckle_reduction": 0.0, **settings}))


def power_db(levels: np.ndarray, axis=None) -> np.ndarray:
    """Mean echo power in dB of samples in dB."""
    return 10 * np.log10((10 ** (np.asarray(levels, np.float64) / 10)).mean(axis=axis))
