"""What has an outline of its own: tubes and solids. Written as in `layer_kernels.py`."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.probe_kernels import box_near, tube_facing, tube_near, tube_probe
from sesamoid.virtual.body.scene import BlobArrays, Int32
from sesamoid.virtual.body.solids import Float32, solid_distance
from sesamoid.virtual.body.texture import noise
from sesamoid.virtual.body.tissue_codes import Codes
from sesamoid.virtual.body.tube_arrays import PackedTubes
from sesamoid.virtual.compile import Real, inlined, single

# Kinds and ranks of tubes as in `tubes.py`; numbers for the compiler.
SHELL, VESSEL, NERVE, MUSCLE = 1, 2, 3, 4
FILLER = 5
ZERO, ONE, SURFACE = single(0), single(1), single(0.4)
PROBE_STEP = single(0.1)
EPIMYSIUM = single(-0.12)
PERIMYSIUM = single(0.10)
MUSCLE_U, MUSCLE_V, MUSCLE_S = single(0.62), single(0.85), single(0.07)
WANDER, WANDER_UP, WAVE, APART = (single(v) for v in (0.10, 0.05, 0.12, 3.7))
ROW_U, ROW_V = single(0.5), single(9.5)


@inlined
def near_tubes(
    tubes: PackedTubes,
    chosen: Int32,
    count: int,
    x: Real,
    y: Real,
    z: Real,
    radius: Real,
    result: Int32,
) -> int:
    """Those of the chosen tubes that a ball may touch, in their order."""
    n = 0
    for c in range(count):
        i = chosen[c]
        if n == len(result) or not box_near(tubes.boxes, i, x, y, z, radius):
            continue
        if tube_near(
            tubes.heads, i, tubes.stations, tubes.row[i, 0], tubes.row[i, 1], x, y, z, radius
        ):
            result[n] = i
            n += 1
    return n


@inlined
def in_fascicle(
    fascicles: Float32, first: int, count: int, u: Real, v: Real, s: Real, table: Float32
) -> bool:
    """Whether cross-section coordinates (mm, at the size of the packing) are in a fascicle."""
    for k in range(first, first + count):
        du, dv = u - fascicles[k, 0], v - fascicles[k, 1]
        r = fascicles[k, 2]
        if du * du + dv * dv > (r + WANDER + WANDER) * (r + WANDER + WANDER):
            continue
        # Fascicles wander a little along the nerve.
        row = APART * np.float32(k - first)
        du -= WANDER * noise(table, s * WAVE, row, ROW_U)
        dv -= WANDER_UP * noise(table, s * WAVE, row, ROW_V)
        if du * du + dv * dv < r * r:
            return True
    return False


@inlined
def in_tubes(
    tubes: PackedTubes,
    near: Int32,
    start: int,
    stop: int,
    glide: Float32,
    pulse: Real,
    codes: Codes,
    table: Float32,
    bx: Real,
    by: Real,
    bz: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """The first of some tubes that a point lies in."""
    for k in range(start, stop):
        i = near[k]
        kind = tubes.row[i, 4]
        widen = ONE + tubes.heads[i, 18] * pulse
        d, u, v, s, w, h, at = tube_probe(
            tubes.heads, i, tubes.stations, tubes.row[i, 0], tubes.row[i, 1], widen, x, y, z
        )
        if d >= ZERO:
            continue
        wall = tubes.stations[at, 14]
        if kind == SHELL and (d < -wall or v > tubes.heads[i, 15] * h):
            continue
        facing, fibre = tube_facing(tubes.heads, i, tubes.stations, at, u, v, w, h, bx, by, bz)
        s += glide[i]
        what[0], what[1] = tubes.row[i, 2], tubes.row[i, 3]
        how[0] = facing if d > -SURFACE else ONE
        how[1] = fibre
        how[2], how[3], how[4] = u + tubes.heads[i, 16], v + tubes.heads[i, 17], s
        if kind == VESSEL:
            how[1] = ZERO
            if d < -wall:
                what[0] = codes.blood
        elif kind == SHELL:
            # A pulley's fibres run around the tendon.
            how[0] = facing
            how[1] = np.sqrt(max(ONE - facing * facing - fibre * fibre, ZERO))
        elif kind == NERVE:
            if in_fascicle(
                tubes.fascicles,
                tubes.row[i, 6],
                tubes.row[i, 7],
                u * tubes.heads[i, 19] / w,
                v * tubes.heads[i, 20] / h,
                s,
                table,
            ):
                what[0] = codes.fascicle
        elif kind == MUSCLE:
            if d > EPIMYSIUM:
                what[0] = codes.fascia
            elif abs(noise(table, how[2] * MUSCLE_U, how[3] * MUSCLE_V, s * MUSCLE_S)) < PERIMYSIUM:
                what[0] = codes.perimysium
        return True
    return False


@inlined
def in_blobs(
    blobs: BlobArrays,
    near: Int32,
    count: int,
    bx: Real,
    by: Real,
    bz: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """The first of some solids that a point lies in."""
    for k in range(count):
        q = near[k]
        first, last = blobs.ranges[q, 0], blobs.ranges[q, 1]
        d = solid_distance(blobs.parts, first, last, x, y, z)
        if d >= ZERO:
            continue
        what[0], what[1] = blobs.row[q, 0], blobs.row[q, 1]
        how[1] = abs(bx * blobs.fibre[q, 0] + by * blobs.fibre[q, 1] + bz * blobs.fibre[q, 2])
        if d > -SURFACE:
            there = solid_distance(
                blobs.parts,
                first,
                last,
                x + PROBE_STEP * bx,
                y + PROBE_STEP * by,
                z + PROBE_STEP * bz,
            )
            how[0] = min(abs(there - d) / PROBE_STEP, ONE)
        return True
    return False
