"""Smooth noise that repeats, for septa, perimysium and other small structure."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import ndimage

from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.compile import Real, inlined, single

PERIOD = 32
SHIFT = single(4096.0)


@cache
def noise_table() -> Float32:
    """Noise of unit variance and about one unit of correlation length, shape (32, 32, 32)."""
    white = np.random.default_rng(5).standard_normal((PERIOD, PERIOD, PERIOD))
    smooth = ndimage.gaussian_filter(white, 0.7, mode="wrap")
    table: Float32 = (smooth / smooth.std()).astype(np.float32)
    return table


@inlined
def noise(table: Float32, x: Real, y: Real, z: Real) -> Real:
    """The table at a point in units of its nodes, linear in between; coordinates above -4096."""
    x, y, z = x + SHIFT, y + SHIFT, z + SHIFT
    i, j, k = int(x), int(y), int(z)
    a, b, c = x - np.float32(i), y - np.float32(j), z - np.float32(k)
    ii, jj, kk = (i + 1) & 31, (j + 1) & 31, (k + 1) & 31
    i, j, k = i & 31, j & 31, k & 31
    p = table[i, j, k] + c * (table[i, j, kk] - table[i, j, k])
    q = table[i, jj, k] + c * (table[i, jj, kk] - table[i, jj, k])
    r = table[ii, j, k] + c * (table[ii, j, kk] - table[ii, j, k])
    s = table[ii, jj, k] + c * (table[ii, jj, kk] - table[ii, jj, k])
    p = p + b * (q - p)
    r = r + b * (s - r)
    return p + a * (r - p)
