"""What muscle, a mirror and noise look like to an array: the scale of its pictures in decibels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.ultrasound.acoustics import amplitude
from sesamoid.virtual.ultrasound.field.array import FieldArray, field_settings
from sesamoid.virtual.ultrasound.field.compounding import Weighted, envelope
from sesamoid.virtual.ultrasound.plan import INTERFACE_DB

ROWS_PER_MM, BEAMS_PER_MM, MIRROR_PER_MM = 12, 5, 60
SMOOTHING_DEGREE = 4
LEAST_MM = 1.0
"""Nearer than this there is too little aperture to measure."""
_SEED = 20260


@dataclass(frozen=True)
class Reference:
    """The scale of an array's pictures, with the medium's own attenuation taken out.

    Parameters
    ----------
    muscle_db : tuple of float
        Polynomial by depth in mm: mean envelope of scatterers of strength 1.
    mirror : float
        Strength a mm at which a row of points is as bright as a perfect mirror is to the virtual
        scanner.
    noise_db : float
        Envelope of noise of standard deviation 1 at the mirror's depth, over muscle.
    """

    muscle_db: tuple[float, ...]
    mirror: float
    noise_db: float

    def muscle_at(self, depth_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Level of muscle without attenuation, in dB."""
        return np.asarray(np.polyval(self.muscle_db, np.maximum(depth_mm, LEAST_MM)))


@lru_cache(maxsize=16)
def reference(array: FieldArray, per_mm2: float, deepest_mm: float) -> Reference:
    """Measured on phantoms in the simulator itself; the same for every frame of an array.

    Parameters
    ----------
    array : FieldArray
    per_mm2 : float
        Scatterers of muscle.
    deepest_mm : float
    """
    table = field_settings()["reference"]
    width, depth = table["width_mm"], table["reflector_mm"]
    rng = np.random.default_rng(_SEED)
    face = array.elements * array.pitch_mm
    beams = 2 * round(face * BEAMS_PER_MM / 2) + 1
    grid = SliceGrid(round(deepest_mm * ROWS_PER_MM), beams, deepest_mm, face)
    within = (-width / 4, width / 4)

    count = round(width * deepest_mm * per_mm2)
    muscle = _points(
        rng.uniform(-width / 2, width / 2, count),
        rng.uniform(0, deepest_mm, count),
        rng.standard_normal(count),
    )
    seen = envelope(array, lambda _: _lossless(array, muscle), grid, noise=0, rng=rng, x_mm=within)
    depths = np.linspace(0, deepest_mm, grid.rows)
    used = depths >= LEAST_MM
    curve = np.polyfit(depths[used], 20 * np.log10(seen[used].mean(axis=1)), SMOOTHING_DEGREE)
    scale = Reference(tuple(curve.tolist()), 1.0, 0.0)

    count = round(width * MIRROR_PER_MM)
    line = np.linspace(-width / 2, width / 2, count)
    mirror = _points(line, np.full(count, depth), np.full(count, width / count))
    shallow = SliceGrid(round(1.2 * depth * ROWS_PER_MM * 4), beams, 1.2 * depth, face)
    seen = envelope(
        array, lambda _: _lossless(array, mirror), shallow, noise=0, rng=rng, x_mm=within
    )
    muscle_there = float(scale.muscle_at(np.array(depth)))
    bright = 20 * np.log10(seen.max(axis=0).mean()) - muscle_there

    nothing = _points(np.empty(0), np.empty(0), np.empty(0))
    seen = envelope(array, lambda _: nothing, shallow, noise=1, rng=rng, x_mm=within)
    rows = np.linspace(0, shallow.depth_mm, shallow.rows)
    level = 20 * np.log10(seen[np.abs(rows - depth) < 1].mean()) - muscle_there
    return Reference(scale.muscle_db, float(amplitude(INTERFACE_DB - bright)), float(level))


def _lossless(array: FieldArray, points: Weighted) -> Weighted:
    """Points made stronger by what the simulator's own attenuation takes from them."""
    x, z, strength = points
    loss = 2 * array.attenuation * array.frequency_mhz * z / 10
    return x, z, (strength * amplitude(loss)).astype(np.float32)


def _points(
    x: NDArray[np.float64], z: NDArray[np.float64], strength: NDArray[np.float64]
) -> Weighted:
    return x.astype(np.float32), z.astype(np.float32), strength.astype(np.float32)
