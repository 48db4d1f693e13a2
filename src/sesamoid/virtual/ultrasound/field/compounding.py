"""From points to a picture's envelope: all waves of all looks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.ultrasound.field.array import FieldArray
from sesamoid.virtual.ultrasound.field.beamforming import aperture_weight, beamformed, coverage
from sesamoid.virtual.ultrasound.field.signals import element_signals

LEAST_APERTURE = 1.0
"""In elements: close to the face, where fewer see a pixel, it stays dark."""
Floats = NDArray[np.float32]
Weighted = tuple[Floats, Floats, Floats]
"""(x in mm, z in mm, strength) of points as one wave meets them."""


def envelope(
    array: FieldArray,
    met: Callable[[float], Weighted],
    grid: SliceGrid,
    *,
    noise: float,
    rng: np.random.Generator,
    x_mm: tuple[float, float] | None = None,
) -> NDArray[np.float64]:
    """Envelope of the waves' sum, averaged over looks.

    Parameters
    ----------
    array : FieldArray
    met : callable
        Given the angle of a wave, the points as it meets them.
    grid : SliceGrid
        Of the picture: depths and beams.
    noise : float
        Standard deviation of white noise in the elements' signals.
    rng : numpy.random.Generator
        Draws the noise.
    x_mm : (float, float), optional
        Only beams between these.

    Returns
    -------
    ndarray of shape (depths, beams)
    """
    beams = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)
    if x_mm is not None:
        beams = beams[(beams >= x_mm[0]) & (beams <= x_mm[1])]
    depths = np.linspace(0, grid.depth_mm, grid.rows)
    weight = np.maximum(aperture_weight(array, beams, depths), LEAST_APERTURE)
    total, share = np.zeros(weight.shape), np.zeros(weight.shape)
    for look in array.looks:
        field, reached = np.zeros(weight.shape, np.complex128), np.zeros(weight.shape)
        for angle in look:
            signals = element_signals(array, angle, *met(angle), grid.depth_mm)
            if noise > 0:
                signals += noise * rng.standard_normal(signals.shape, dtype=np.float32)
            covered = coverage(array, angle, beams, depths)
            field += covered * beamformed(array, angle, signals, beams, depths)
            reached += covered
        total += np.abs(field / np.maximum(reached, 1) / weight) * reached
        share += reached
    seen = total / np.maximum(share, 1e-9)
    # Nearer than this some pixels lie in front of no element at all.
    seen[depths < array.f_number * array.pitch_mm] = 0
    return np.asarray(seen)
