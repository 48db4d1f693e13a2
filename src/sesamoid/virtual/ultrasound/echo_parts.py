"""Small steps of the kernels: the hash, the slope of an interface, the way a sheath faces."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.virtual.compile import inlined, kernel
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

LONGEST_RUN = 40
"""Rows to each side over which an interface is followed between two beams."""


@inlined
def mix(h: Any) -> Any:
    """The SplitMix64 finaliser."""
    h = (h ^ (h >> np.uint64(30))) * B
    h = (h ^ (h >> np.uint64(27))) * C
    return h ^ (h >> np.uint64(31))


@inlined
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


@inlined
def beside(tissue: Any, row: int, column: int) -> Any:
    """Whether the sample is another tissue than its left neighbour."""
    return tissue[row, column] != tissue[row, column - 1]


@kernel
def slope_of(tissue: Any, row: int, column: int) -> Any:
    """How the echo of an interface is spread, so that a slope is no flight of stairs.

    Where an interface slopes by m rows a column, m samples differ from the one above or beside
    them. Each gets its share of the echo, and where it differs from its left neighbour the
    interface passes between the two, nearer to the one or the other along the run of such samples.

    Returns
    -------
    share : float
        1 / m, counted around the sample.
    left : float
        Part of it that belongs to the beam on the left.
    """
    last = tissue.shape[0] - 1
    crossings = 0
    samples = 0
    for i in range(max(1, row - SLOPE_WINDOW), min(last, row + SLOPE_WINDOW) + 1):
        here = tissue[i, column]
        axial = here != tissue[i - 1, column]
        crossings += axial
        samples += axial or (column > 0 and beside(tissue, i, column))
    share = max(crossings, 1) / max(samples, 1)
    if column == 0 or not beside(tissue, row, column):
        return share, 0.0
    top = row
    while top > max(1, row - LONGEST_RUN) and beside(tissue, top - 1, column):
        top -= 1
    end = row
    while end < min(last, row + LONGEST_RUN) and beside(tissue, end + 1, column):
        end += 1
    if end == top:
        return share, 0.0
    down = (row - top + 0.5) / (end - top + 1)
    rises = tissue[top, column] != tissue[top - 1, column]
    return share, (down if rises else 1.0 - down)


@kernel
def sheath_facing(seeds: Any, one: int, other: int, beam_u: float, beam_v: float) -> Any:
    """|cosine| of the beam and the normal of the border between two bundles of the mosaic."""
    size = BUNDLE_PIXELS
    du = (seeds[other, 0] - seeds[one, 0] + 1.5 * size) % size - 0.5 * size
    dv = (seeds[other, 1] - seeds[one, 1] + 1.5 * size) % size - 0.5 * size
    return min(abs(du * beam_u + dv * beam_v) / max(np.sqrt(du * du + dv * dv), 1e-6), 1.0)
