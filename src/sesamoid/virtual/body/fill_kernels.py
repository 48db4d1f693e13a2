"""Filling a section, cell by cell of the lattice: for every sample, what it lies in.

Who comes first where two meet: skin, bone, cartilage, tendons with nerves and vessels, pulleys and
sheaths, ligaments, capsule and recess, retinaculum, muscle, and last fascia, fat and loose tissue.
"""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.cell_kernels import (
    MOST,
    Maps,
    Scratch,
    UInt8,
    ball,
    bones_of_cell,
    meets_of_cell,
)
from sesamoid.virtual.body.layer_kernels import wrap
from sesamoid.virtual.body.outline_kernels import near_tubes
from sesamoid.virtual.body.probe_kernels import box_near
from sesamoid.virtual.body.sample_kernels import in_matter, nearest_bone
from sesamoid.virtual.body.scene import BlobArrays, BoneArrays, Int32, SoftArrays
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.body.tissue_codes import Codes
from sesamoid.virtual.body.tube_arrays import PackedTubes
from sesamoid.virtual.compile import Real, bare_kernel, single

LIGAMENT, FILLER = 2, 5
GROUP = 4
ZERO, QUARTER, ONE = (single(v) for v in (0, 0.25, 1))
SURFACE, EPS = single(0.4), single(1e-9)


@bare_kernel
def fill(
    places: Float32,
    layers: Float32,
    near_bones: Int32,
    bone_lattice: Float32,
    cell: tuple[int, int],
    row_mm: Real,
    bones: BoneArrays,
    tubes: PackedTubes,
    blobs: BlobArrays,
    soft: SoftArrays,
    glide: Float32,
    pulse: Real,
    codes: Codes,
    table: Float32,
    maps: Maps,
    scratch: Scratch,
) -> None:
    """Write the maps of a section; they come in filled with air, `gap` with a negative number."""
    rows, columns = maps.tissue.shape
    cells_down, cells_across = places.shape[0] - 1, places.shape[1] - 1
    n_bones = len(near_bones)
    slot, everything, group_tubes = scratch.slot, scratch.everything, scratch.group_tubes
    cell_tubes, cell_blobs = scratch.cell_tubes, scratch.cell_blobs
    cell_recesses, cell_bones = scratch.cell_recesses, scratch.cell_bones
    pairs, spaces, what, how = scratch.pairs, scratch.spaces, scratch.what, scratch.how
    # Rows of the bones' scratch: left edge and slope in a row of samples, distance, rise.
    work = scratch.bones
    slot[:] = -1
    for b in range(n_bones):
        slot[near_bones[b]] = b
    pulse = np.float32(pulse)
    per_row, per_column = ONE / np.float32(cell[0]), ONE / np.float32(cell[1])
    per_mm = np.float32(1.0 / (cell[0] * row_mm))
    highest = ZERO
    for k in range(len(soft.recesses)):
        highest = max(highest, soft.recesses[k, 2])
    capsule_reach = highest + soft.layers[0] + soft.layers[3] * QUARTER + SURFACE
    for gi in range(0, cells_down, GROUP):
        for gj in range(0, cells_across, GROUP):
            ie, je = min(gi + GROUP, cells_down), min(gj + GROUP, cells_across)
            mx, my, mz, radius = ball(places, gi, gj, ie, je)
            n_group = near_tubes(
                tubes, everything, len(everything), mx, my, mz, radius, group_tubes
            )
            for ci in range(gi, ie):
                for cj in range(gj, je):
                    s00, s10 = layers[ci, cj, 0], layers[ci + 1, cj, 0]
                    s01, s11 = layers[ci, cj + 1, 0], layers[ci + 1, cj + 1, 0]
                    if min(min(s00, s01), min(s10, s11)) > ZERO:
                        continue
                    r0, r1 = ci * cell[0], min((ci + 1) * cell[0], rows)
                    c0, c1 = cj * cell[1], min((cj + 1) * cell[1], columns)
                    mx, my, mz, radius = ball(places, ci, cj, ci + 1, cj + 1)
                    bx = places[ci + 1, cj, 0] - places[ci, cj, 0]
                    by = places[ci + 1, cj, 1] - places[ci, cj, 1]
                    bz = places[ci + 1, cj, 2] - places[ci, cj, 2]
                    length = np.sqrt(bx * bx + by * by + bz * bz) + EPS
                    bx, by, bz = bx / length, by / length, bz / length
                    nb = bones_of_cell(
                        bone_lattice, ci, cj, capsule_reach, soft.layers[3], cell_bones
                    )
                    nm = meets_of_cell(bones, near_bones, slot, cell_bones, nb, pairs, spaces)
                    nt = near_tubes(tubes, group_tubes, n_group, mx, my, mz, radius, cell_tubes)
                    sheaths = nt
                    fillers = nt
                    for k in range(nt - 1, -1, -1):
                        if tubes.row[cell_tubes[k], 5] >= LIGAMENT:
                            sheaths = k
                        if tubes.row[cell_tubes[k], 5] >= FILLER:
                            fillers = k
                    nq = 0
                    for q in range(len(blobs.ranges)):
                        if nq < MOST and box_near(blobs.boxes, q, mx, my, mz, radius):
                            cell_blobs[nq] = q
                            nq += 1
                    nr = 0
                    for k in range(len(soft.recesses)):
                        px, py, pz = (
                            mx - soft.recesses[k, 3],
                            my - soft.recesses[k, 4],
                            mz - soft.recesses[k, 5],
                        )
                        reach = soft.recesses[k, 17] + radius + highest
                        if px * px + py * py + pz * pz < reach * reach:
                            cell_recesses[nr] = k
                            nr += 1
                    for r in range(r0, r1):
                        fr = np.float32(r - r0) * per_row
                        gr = ONE - fr
                        x0 = places[ci, cj, 0] * gr + places[ci + 1, cj, 0] * fr
                        y0 = places[ci, cj, 1] * gr + places[ci + 1, cj, 1] * fr
                        z0 = places[ci, cj, 2] * gr + places[ci + 1, cj, 2] * fr
                        xs = places[ci, cj + 1, 0] * gr + places[ci + 1, cj + 1, 0] * fr - x0
                        ys = places[ci, cj + 1, 1] * gr + places[ci + 1, cj + 1, 1] * fr - y0
                        zs = places[ci, cj + 1, 2] * gr + places[ci + 1, cj + 1, 2] * fr - z0
                        d0 = s00 * gr + s10 * fr
                        dd = s01 * gr + s11 * fr - d0
                        f0 = layers[ci, cj, 1] * gr + layers[ci + 1, cj, 1] * fr
                        ff = layers[ci, cj + 1, 1] * gr + layers[ci + 1, cj + 1, 1] * fr - f0
                        thick = layers[ci, cj, 2]
                        thick_slope = layers[ci, cj + 1, 2] - thick
                        for k in range(nb):
                            b = cell_bones[k]
                            work[0, b] = (
                                bone_lattice[b, ci, cj] * gr + bone_lattice[b, ci + 1, cj] * fr
                            )
                            work[1, b] = (
                                bone_lattice[b, ci, cj + 1] * gr
                                + bone_lattice[b, ci + 1, cj + 1] * fr
                                - work[0, b]
                            )
                        for c in range(c0, c1):
                            fc = np.float32(c - c0) * per_column
                            depth = d0 + fc * dd
                            if depth > ZERO:
                                continue
                            x, y, z = x0 + fc * xs, y0 + fc * ys, z0 + fc * zs
                            if maps.gap[c] < ZERO:
                                maps.gap[c] = r * row_mm
                            skin_rise = ((s10 - s00) * (ONE - fc) + (s11 - s01) * fc) * per_mm
                            how[0], how[1], how[2], how[3], how[4] = ONE, ZERO, x, y, z
                            skin = thick + fc * thick_slope
                            if depth > -skin:
                                what[0], what[1] = codes.skin, soft.codes[4]
                                if depth > -SURFACE or depth < SURFACE - skin:
                                    how[0] = min(abs(skin_rise), ONE)
                            else:
                                f00, f10 = layers[ci, cj, 1], layers[ci + 1, cj, 1]
                                f01, f11 = layers[ci, cj + 1, 1], layers[ci + 1, cj + 1, 1]
                                fascia_rise = ((f10 - f00) * (ONE - fc) + (f11 - f01) * fc) * per_mm
                                nearest, second, which, rise = nearest_bone(
                                    bone_lattice,
                                    ci,
                                    cj,
                                    fc,
                                    per_mm,
                                    near_bones,
                                    cell_bones,
                                    nb,
                                    pairs,
                                    spaces,
                                    nm,
                                    work,
                                )
                                if not in_matter(
                                    bones,
                                    tubes,
                                    blobs,
                                    soft,
                                    codes,
                                    table,
                                    glide,
                                    pulse,
                                    scratch,
                                    nb,
                                    sheaths,
                                    fillers,
                                    nt,
                                    nq,
                                    nr,
                                    capsule_reach,
                                    nearest,
                                    second,
                                    which,
                                    rise,
                                    bx,
                                    by,
                                    bz,
                                    x,
                                    y,
                                    z,
                                    what,
                                    how,
                                ):
                                    wrap(
                                        soft,
                                        codes,
                                        table,
                                        -depth,
                                        f0 + fc * ff,
                                        fascia_rise,
                                        skin_rise,
                                        bx,
                                        bz,
                                        x,
                                        y,
                                        z,
                                        what,
                                        how,
                                    )
                            maps.tissue[r, c], maps.structure[r, c] = what[0], what[1]
                            maps.facing[r, c], maps.fibre[r, c] = how[0], how[1]
                            maps.material[r, c, 0] = how[2]
                            maps.material[r, c, 1] = how[3]
                            maps.material[r, c, 2] = how[4]


@bare_kernel
def fill_gel(tissue: UInt8, gap: Float32, row_mm: Real, air: int, gel: int) -> None:
    """Gel between face and skin; air stays on beams that never meet the skin."""
    for c in range(tissue.shape[1]):
        if gap[c] > ZERO:
            last = min(int(np.ceil(gap[c] / row_mm)), tissue.shape[0])
            for r in range(last):
                if tissue[r, c] == air:
                    tissue[r, c] = gel
