"""Cells of the lattice: the room that filling works in, and what is near a cell."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.scene import BoneArrays, Int32
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.compile import Real, inlined, single

UInt8 = NDArray[np.uint8]
MOST, MOST_BONES, MOST_MEETS = 64, 10, 24
ZERO, QUARTER, FAR, SLACK = (single(v) for v in (0, 0.25, 99.0, 0.05))


class Maps(NamedTuple):
    """The maps of a `Section`, to be written."""

    tissue: UInt8
    structure: UInt8
    facing: Float32
    fibre: Float32
    material: Float32
    gap: Float32


class Scratch(NamedTuple):
    """Room for the kernel to work in, as it allocates nothing."""

    slot: Int32
    everything: Int32
    group_tubes: Int32
    cell_tubes: Int32
    cell_blobs: Int32
    cell_recesses: Int32
    cell_bones: Int32
    pairs: Int32
    spaces: Float32
    bones: Float32
    what: Int32
    how: Float32


def make_scratch(bones: int, tubes: int) -> Scratch:
    """Scratch for a body with so many bones and tubes."""
    return Scratch(
        np.full(bones, -1, dtype=np.int32),
        np.arange(tubes, dtype=np.int32),
        np.empty(256, dtype=np.int32),
        np.empty(MOST, dtype=np.int32),
        np.empty(MOST, dtype=np.int32),
        np.empty(MOST, dtype=np.int32),
        np.empty(MOST_BONES, dtype=np.int32),
        np.empty((MOST_MEETS, 2), dtype=np.int32),
        np.empty((MOST_MEETS, 2), dtype=np.float32),
        np.empty((4, bones), dtype=np.float32),
        np.zeros(2, dtype=np.int32),
        np.zeros(5, dtype=np.float32),
    )


@inlined
def ball(places: Float32, i0: int, j0: int, i1: int, j1: int) -> tuple[Real, Real, Real, Real]:
    """A ball around a patch of the lattice: centre and radius."""
    x = QUARTER * (places[i0, j0, 0] + places[i1, j0, 0] + places[i0, j1, 0] + places[i1, j1, 0])
    y = QUARTER * (places[i0, j0, 1] + places[i1, j0, 1] + places[i0, j1, 1] + places[i1, j1, 1])
    z = QUARTER * (places[i0, j0, 2] + places[i1, j0, 2] + places[i0, j1, 2] + places[i1, j1, 2])
    r = ZERO
    for i in (i0, i1):
        for j in (j0, j1):
            dx, dy, dz = places[i, j, 0] - x, places[i, j, 1] - y, places[i, j, 2] - z
            r = max(r, dx * dx + dy * dy + dz * dz)
    return x, y, z, np.sqrt(r) + SLACK


@inlined
def bones_of_cell(
    lattice: Float32, ci: int, cj: int, reach: Real, bridge: Real, result: Int32
) -> int:
    """Bones that matter in a cell: none unless one is within reach, then those a bridge further."""
    nearest = FAR
    for b in range(len(lattice)):
        low = min(
            min(lattice[b, ci, cj], lattice[b, ci, cj + 1]),
            min(lattice[b, ci + 1, cj], lattice[b, ci + 1, cj + 1]),
        )
        nearest = min(nearest, low)
    if nearest > reach:
        return 0
    n = 0
    for b in range(len(lattice)):
        low = min(
            min(lattice[b, ci, cj], lattice[b, ci, cj + 1]),
            min(lattice[b, ci + 1, cj], lattice[b, ci + 1, cj + 1]),
        )
        if low < reach + bridge and n < MOST_BONES:
            result[n] = b
            n += 1
    return n


@inlined
def meets_of_cell(
    bones: BoneArrays,
    near_bones: Int32,
    slot: Int32,
    cell_bones: Int32,
    n: int,
    pairs: Int32,
    spaces: Float32,
) -> int:
    """Which bones of a cell yield to which: (slot, other's slot), gap and weight."""
    count = 0
    for k in range(n):
        b = cell_bones[k]
        full = near_bones[b]
        for m in range(bones.meet_ranges[full, 0], bones.meet_ranges[full, 1]):
            other = slot[int(bones.meets[m, 1])]
            present = False
            for kk in range(n):
                if cell_bones[kk] == other:
                    present = True
            if present and count < MOST_MEETS:
                pairs[count, 0], pairs[count, 1] = b, other
                spaces[count, 0], spaces[count, 1] = bones.meets[m, 2], bones.meets[m, 3]
                count += 1
    return count
