"""Small steps of the kernels: the hash, the slope of an interface, the way a sheath faces."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from sesamoid.virtual.ultrasound.textures import BUNDLE_PIXELS

A = np.uint64(0x9E3779B97F4A7C15)
B = np.uint64(0xBF58476D1CE4E5B9)
C = np.uint64(0x94D049BB133111EB)
"""Constants of SplitMix64 (Steele 2014)."""

FAR = np.float32(65536)
"""Added before a coordinate is cut to an integer, so that negative ones are rounded down too.

A multiple of all periods; single precision still resolves 1/128 of a step there.
"""

SLOPE_WINDOW = 8
"""Rows to each side in which the slope of an interface is counted."""


@njit(cache=True, inline="always")
def mix(h: Any) -> Any:
    """The SplitMix64 finaliser."""
    h = (h ^ (h >> np.uint64(30))) * B
    h = (h ^ (h >> np.uint64(27))) * C
    return h ^ (h >> np.uint64(31))


@njit(cache=True, inline="always", error_model="numpy")
def cell_hash(u: Any, v: Any, w: Any, time: Any, salt: Any) -> Any:
    """64 random bits of the scatterer cell at (u, v, w), in cells; `time` below 0 if it is fixed.

    Cells end along w at different places, as bricks do: no seams, and a gradual change when the
    plane moves. Those of blood end in time in the same way.
    """
    h = (np.uint64(int(u + FAR)) * A) ^ (np.uint64(int(v + FAR)) * B) ^ salt
    h = (h ^ (h >> np.uint64(32))) * C
    stagger = np.float32(h >> np.uint64(40)) * np.float32(2.0**-24)
    h ^= np.uint64(int(w + stagger + FAR)) * A
    if time >= 0:
        h = (h ^ (h >> np.uint64(32))) * B
        stagger = np.float32(h >> np.uint64(40)) * np.float32(2.0**-24)
        h ^= np.uint64(int(np.float32(time) + stagger)) * C
    return mix(h)


@njit(cache=True)
def interface_share(tissue: Any, row: int, column: int) -> float:
    """1 / (samples at which the interface here shows in this column), counted around it.

    Where an interface slopes by m rows a column, m samples differ from the one above or beside
    them; each gets its share, so that a slope is neither a flight of stairs nor brighter than a
    plane.
    """
    crossings = 0
    samples = 0
    for i in range(max(1, row - SLOPE_WINDOW), min(tissue.shape[0], row + SLOPE_WINDOW + 1)):
        here = tissue[i, column]
        axial = here != tissue[i - 1, column]
        crossings += axial
        samples += axial or (column > 0 and here != tissue[i, column - 1])
    return max(crossings, 1) / max(samples, 1)


@njit(cache=True)
def sheath_facing(seeds: Any, one: int, other: int, beam_u: float, beam_v: float) -> Any:
    """|cosine| of the beam and the normal of the border between two bundles of the mosaic."""
    size = BUNDLE_PIXELS
    du = (seeds[other, 0] - seeds[one, 0] + 1.5 * size) % size - 0.5 * size
    dv = (seeds[other, 1] - seeds[one, 1] + 1.5 * size) % size - 0.5 * size
    return min(abs(du * beam_u + dv * beam_v) / max(np.sqrt(du * du + dv * dv), 1e-6), 1.0)
