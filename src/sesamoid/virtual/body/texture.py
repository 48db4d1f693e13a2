"""Smooth noise that repeats, for septa, perimysium and other small structure."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import ndimage

from sesamoid.virtual.body.compile import kernel
from sesamoid.virtual.body.solids import Float32

PERIOD = 32


@cache
def noise_table() -> Float32:
    """Noise of unit variance and about one unit of correlation length, shape (32, 32, 32)."""
    white = np.random.default_rng(5).standard_normal((PERIOD, PERIOD, PERIOD))
    smooth = ndimage.gaussian_filter(white, 0.7, mode="wrap")
    return (smooth / smooth.std()).astype(np.float32)


@kernel
def noise(table: Float32, x: float, y: float, z: float) -> float:
    """The table at a point in units of its nodes, linear in between."""
    fx, fy, fz = np.floor(x), np.floor(y), np.floor(z)
    i, j, k = int(fx) & 31, int(fy) & 31, int(fz) & 31
    a, b, c = np.float32(x - fx), np.float32(y - fy), np.float32(z - fz)
    ii, jj, kk = (i + 1) & 31, (j + 1) & 31, (k + 1) & 31
    one = np.float32(1.0)
    p = table[i, j, k] * (one - c) + table[i, j, kk] * c
    q = table[i, jj, k] * (one - c) + table[i, jj, kk] * c
    r = table[ii, j, k] * (one - c) + table[ii, j, kk] * c
    s = table[ii, jj, k] * (one - c) + table[ii, jj, kk] * c
    p = p * (one - b) + q * b
    r = r * (one - b) + s * b
    return p * (one - a) + r * a
