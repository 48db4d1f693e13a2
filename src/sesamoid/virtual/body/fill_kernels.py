"""Filling a section, cell by cell of the lattice: for every sample, what it lies in.

Who comes first where two meet: skin, bone, cartilage, tendons with nerves and vessels, pulleys and
sheaths, ligaments, capsule and recess, retinaculum, muscle, and last fascia, fat and loose tissue.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.compile import kernel
from sesamoid.virtual.body.probe_kernels import (
    box_near,
    in_region,
    recess_height,
    sheet_probe,
    tube_facing,
    tube_near,
    tube_probe,
)
from sesamoid.virtual.body.scene import BlobArrays, BoneArrays, SoftArrays
from sesamoid.virtual.body.solids import Float32, solid_distance
from sesamoid.virtual.body.texture import noise
from sesamoid.virtual.body.tissue_codes import Codes
from sesamoid.virtual.body.tubes import PackedTubes

Int32 = NDArray[np.int32]
UInt8 = NDArray[np.uint8]

# Kinds and ranks of tubes as in `tubes.py`; kept as numbers for the compiler.
SHELL, VESSEL, NERVE, MUSCLE = 1, 2, 3, 4
FILLER = 5
NEAR_SURFACE_MM = 0.4
GROUP = 4
MOST = 64
MOST_BONES = 10
FIRST_NEIGHBOUR = 90.0


@kernel
def near_tubes(
    tubes: PackedTubes, chosen: Int32, count: int, x: float, y: float, z: float, radius: float,
    result: Int32,
) -> int:
    """Those of the chosen tubes that a ball may touch."""
    n = 0
    for c in range(count):
        i = chosen[c]
        if box_near(tubes.boxes[i], x, y, z, radius) and tube_near(
            tubes.heads[i], tubes.stations, tubes.index[i, 0], tubes.index[i, 1], x, y, z, radius
        ):
            if n < len(result):
                result[n] = i
                n += 1
    return n


@kernel
def in_fascicle(
    fascicles: Float32, first: int, count: int, u: float, v: float, s: float, noise_table: Float32
) -> bool:
    """Whether a nerve's cross-section coordinates (mm at the packing's size) are in a fascicle."""
    for k in range(first, first + count):
        # Fascicles wander a little along the nerve.
        wander = np.float32(0.10)
        du = u - fascicles[k, 0] - wander * noise(noise_table, s * 0.12, 3.7 * k, 0.5)
        dv = v - fascicles[k, 1] - wander * np.float32(0.5) * noise(noise_table, s * 0.12, 3.7 * k, 9.5)
        if du * du + dv * dv < fascicles[k, 2] * fascicles[k, 2]:
            return True
    return False


@kernel
def fat_septum(
    table: Float32, x: float, y: float, z: float, depth: float, bx: float, by: float, bz: float,
    rise: float, fine: float,
) -> tuple[bool, float]:
    """Whether there is a septum, and how it faces the beam; septa lie mostly along the skin."""
    px, pz, pd = x * fine * 0.26, z * fine * 0.19, depth * fine * 0.95
    py = y * fine * 0.05
    n0 = noise(table, px + py, pz, pd)
    if abs(n0) > 0.22:
        return False, 1.0
    e = np.float32(0.12)
    gx = (noise(table, px + py + e, pz, pd) - n0) * (0.26 * fine)
    gz = (noise(table, px + py, pz + e, pd) - n0) * (0.19 * fine)
    gd = (noise(table, px + py, pz, pd + e) - n0) * (0.95 * fine)
    along = gx * bx + gz * bz + gd * rise
    length = np.sqrt(gx * gx + gz * gz + gd * gd) + np.float32(1e-6)
    # As thick everywhere, about 0.14 mm.
    if abs(n0) > 0.07 * length / e:
        return False, 1.0
    return True, min(abs(along) / length, 1.0)


@kernel
def fill(
    places: Float32, layers: Float32, near_bones: Int32, bone_lattice: Float32,
    cell: tuple[int, int], row_mm: float,
    bones: BoneArrays, tubes: PackedTubes, blobs: BlobArrays, soft: SoftArrays,
    glide: Float32, pulse: float, codes: Codes, noise_table: Float32,
    tissue: UInt8, structure: UInt8, facing: Float32, fibre: Float32, material: Float32,
    gap: Float32,
) -> None:
    """Write the maps of a section; they come in filled with air."""
    rows, columns = tissue.shape
    cells_down, cells_across = places.shape[0] - 1, places.shape[1] - 1
    n_bones = len(near_bones)
    slot = np.full(len(bones.ranges), -1, dtype=np.int32)
    for b in range(n_bones):
        slot[near_bones[b]] = b
    everything = np.arange(len(tubes.heads), dtype=np.int32)
    group_tubes = np.empty(256, dtype=np.int32)
    cell_tubes = np.empty(MOST, dtype=np.int32)
    cell_blobs = np.empty(MOST, dtype=np.int32)
    cell_bones = np.empty(MOST_BONES, dtype=np.int32)
    raw = np.full(n_bones + 1, np.float32(99.0))
    rise_of = np.zeros(n_bones + 1, dtype=np.float32)
    one, zero = np.float32(1.0), np.float32(0.0)
    scale = soft.layers[7]
    for gi in range(0, cells_down, GROUP):
        for gj in range(0, cells_across, GROUP):
            ie, je = min(gi + GROUP, cells_down), min(gj + GROUP, cells_across)
            mx = np.float32(0.25) * (places[gi, gj, 0] + places[ie, gj, 0] + places[gi, je, 0] + places[ie, je, 0])
            my = np.float32(0.25) * (places[gi, gj, 1] + places[ie, gj, 1] + places[gi, je, 1] + places[ie, je, 1])
            mz = np.float32(0.25) * (places[gi, gj, 2] + places[ie, gj, 2] + places[gi, je, 2] + places[ie, je, 2])
            rg = zero
            for a in (gi, ie):
                for b in (gj, je):
                    rg = max(rg, (places[a, b, 0] - mx) ** 2 + (places[a, b, 1] - my) ** 2 + (places[a, b, 2] - mz) ** 2)
            rg = np.sqrt(rg) + np.float32(0.1)
            n_group = near_tubes(tubes, everything, len(everything), mx, my, mz, rg, group_tubes)
            for ci in range(gi, ie):
                for cj in range(gj, je):
                    r0, r1 = ci * cell[0], min((ci + 1) * cell[0], rows)
                    c0, c1 = cj * cell[1], min((cj + 1) * cell[1], columns)
                    s00, s10 = layers[ci, cj, 0], layers[ci + 1, cj, 0]
                    s01, s11 = layers[ci, cj + 1, 0], layers[ci + 1, cj + 1, 0]
                    if min(min(s00, s01), min(s10, s11)) > 0.4:
                        continue
                    p00, p10 = places[ci, cj], places[ci + 1, cj]
                    p01, p11 = places[ci, cj + 1], places[ci + 1, cj + 1]
                    mx = np.float32(0.25) * (p00[0] + p01[0] + p10[0] + p11[0])
                    my = np.float32(0.25) * (p00[1] + p01[1] + p10[1] + p11[1])
                    mz = np.float32(0.25) * (p00[2] + p01[2] + p10[2] + p11[2])
                    rc = np.sqrt(max(
                        (p00[0] - mx) ** 2 + (p00[1] - my) ** 2 + (p00[2] - mz) ** 2,
                        (p01[0] - mx) ** 2 + (p01[1] - my) ** 2 + (p01[2] - mz) ** 2,
                    )) + np.float32(0.02)
                    bx, by, bz = p10[0] - p00[0], p10[1] - p00[1], p10[2] - p00[2]
                    length = np.sqrt(bx * bx + by * by + bz * bz) + np.float32(1e-9)
                    bx, by, bz = bx / length, by / length, bz / length
                    per_mm = one / (cell[0] * row_mm)

                    nb, deep = 0, -1
                    for b in range(n_bones):
                        d00, d10 = bone_lattice[b, ci, cj], bone_lattice[b, ci + 1, cj]
                        d01, d11 = bone_lattice[b, ci, cj + 1], bone_lattice[b, ci + 1, cj + 1]
                        low = min(min(d00, d01), min(d10, d11))
                        if low < 4.5 + soft.layers[3] and nb < MOST_BONES:
                            cell_bones[nb] = b
                            nb += 1
                    nt = near_tubes(tubes, group_tubes, n_group, mx, my, mz, rc, cell_tubes)
                    nq = 0
                    for q in range(len(blobs.ranges)):
                        if nq < MOST and box_near(blobs.boxes[q], mx, my, mz, rc):
                            cell_blobs[nq] = q
                            nq += 1
                    for r in range(r0, r1):
                        fr = np.float32((r - r0) / cell[0])
                        for c in range(c0, c1):
                            fc = np.float32((c - c0) / cell[1])
                            w00, w01 = (one - fr) * (one - fc), (one - fr) * fc
                            w10, w11 = fr * (one - fc), fr * fc
                            ds = s00 * w00 + s01 * w01 + s10 * w10 + s11 * w11
                            if ds > 0:
                                continue
                            x = p00[0] * w00 + p01[0] * w01 + p10[0] * w10 + p11[0] * w11
                            y = p00[1] * w00 + p01[1] * w01 + p10[1] * w10 + p11[1] * w11
                            z = p00[2] * w00 + p01[2] * w01 + p10[2] * w10 + p11[2] * w11
                            if gap[c] == np.inf:
                                gap[c] = r * row_mm
                            material[r, c, 0], material[r, c, 1], material[r, c, 2] = x, y, z
                            facing[r, c], fibre[r, c] = one, zero
                            thick = (
                                layers[ci, cj, 2] * w00 + layers[ci, cj + 1, 2] * w01
                                + layers[ci + 1, cj, 2] * w10 + layers[ci + 1, cj + 1, 2] * w11
                            )
                            skin_rise = ((s10 - s00) * (one - fc) + (s11 - s01) * fc) * per_mm
                            if ds > -thick:
                                tissue[r, c] = codes.skin
                                structure[r, c] = soft.codes[4]
                                if ds > -NEAR_SURFACE_MM or ds < NEAR_SURFACE_MM - thick:
                                    facing[r, c] = min(abs(skin_rise), one)
                                continue

                            # Bones, each carved by those it yields to.
                            nearest, second = np.float32(99.0), np.float32(99.0)
                            which, rise = -1, zero
                            for k in range(nb):
                                b = cell_bones[k]
                                d00, d10 = bone_lattice[b, ci, cj], bone_lattice[b, ci + 1, cj]
                                d01, d11 = bone_lattice[b, ci, cj + 1], bone_lattice[b, ci + 1, cj + 1]
                                raw[b] = d00 * w00 + d01 * w01 + d10 * w10 + d11 * w11
                                rise_of[b] = ((d10 - d00) * (one - fc) + (d11 - d01) * fc) * per_mm
                            for k in range(nb):
                                b = cell_bones[k]
                                full = near_bones[b]
                                d, up = raw[b], rise_of[b]
                                for m in range(bones.meet_ranges[full, 0], bones.meet_ranges[full, 1]):
                                    o = slot[int(bones.meets[m, 1])]
                                    if o < 0:
                                        continue
                                    seen = False
                                    for kk in range(nb):
                                        if cell_bones[kk] == o:
                                            seen = True
                                    if not seen:
                                        continue
                                    space = bones.meets[m, 2]
                                    if bones.meets[m, 3] == one:
                                        carved = space - raw[o]
                                        if carved > d:
                                            d, up = carved, -rise_of[o]
                                    else:
                                        carved = np.float32(0.5) * (raw[b] - raw[o] + space)
                                        if carved > d:
                                            d, up = carved, np.float32(0.5) * (rise_of[b] - rise_of[o])
                                if d < nearest:
                                    second = nearest
                                    nearest, which, rise = d, full, up
                                elif d < second:
                                    second = d
                            if nearest < 0:
                                code = bones.structure[which]
                                for m in range(bones.region_ranges[which, 0], bones.region_ranges[which, 1]):
                                    if bones.regions[m, 2] == 0 and in_region(bones.regions[m], x, y, z):
                                        code = int(bones.regions[m, 1])
                                structure[r, c] = code
                                tissue[r, c] = codes.cortex if nearest > -bones.cortex else codes.bone
                                if nearest > -NEAR_SURFACE_MM:
                                    facing[r, c] = min(abs(rise), one)
                                continue
                            if nearest < 1.6:
                                hit = False
                                for m in range(bones.region_ranges[which, 0], bones.region_ranges[which, 1]):
                                    if nearest < bones.regions[m, 2] and in_region(bones.regions[m], x, y, z):
                                        hit = True
                                if not hit and nearest + second < 1.9 * scale:
                                    hit = nearest < soft.layers[8]
                                    if not hit:
                                        tissue[r, c] = codes.fluid
                                        structure[r, c] = 0
                                        continue
                                if hit:
                                    tissue[r, c] = codes.cartilage
                                    structure[r, c] = soft.codes[5]
                                    facing[r, c] = min(abs(rise), one)
                                    continue

                            # Tubes and solids that have an outline of their own.
                            done = False
                            for k in range(nt):
                                i = cell_tubes[k]
                                if tubes.index[i, 5] >= 2:
                                    break
                                kind = tubes.index[i, 4]
                                head = tubes.heads[i]
                                widen = one + head[18] * np.float32(pulse)
                                d, u, v, s, w, h, at = tube_probe(
                                    head, tubes.stations, tubes.index[i, 0], tubes.index[i, 1], widen, x, y, z
                                )
                                if d >= 0:
                                    continue
                                if kind == SHELL:
                                    if d < -tubes.stations[at, 14] or v > head[15] * h:
                                        continue
                                nf, ff = tube_facing(head, tubes.stations, at, u, v, w, h, bx, by, bz)
                                tissue[r, c] = tubes.index[i, 2]
                                structure[r, c] = tubes.index[i, 3]
                                material[r, c, 0] = u + head[16]
                                material[r, c, 1] = v + head[17]
                                material[r, c, 2] = s + glide[i]
                                if d > -NEAR_SURFACE_MM or kind == SHELL:
                                    facing[r, c] = nf
                                if kind == VESSEL:
                                    if d < -tubes.stations[at, 14]:
                                        tissue[r, c] = codes.blood
                                elif kind == SHELL:
                                    # A pulley's fibres run around the tendon.
                                    fibre[r, c] = np.sqrt(max(one - nf * nf - ff * ff, zero))
                                else:
                                    fibre[r, c] = ff
                                    if kind == NERVE and in_fascicle(
                                        tubes.fascicles, tubes.index[i, 6], tubes.index[i, 7],
                                        u * head[19] / w, v * head[20] / h, s + glide[i], noise_table,
                                    ):
                                        tissue[r, c] = codes.fascicle
                                done = True
                                break
                            if done:
                                continue
                            for k in range(nq):
                                q = cell_blobs[k]
                                d = solid_distance(blobs.parts, blobs.ranges[q, 0], blobs.ranges[q, 1], x, y, z)
                                if d < 0:
                                    tissue[r, c] = blobs.index[q, 0]
                                    structure[r, c] = blobs.index[q, 1]
                                    fibre[r, c] = abs(
                                        bx * blobs.fibre[q, 0] + by * blobs.fibre[q, 1] + bz * blobs.fibre[q, 2]
                                    )
                                    if d > -NEAR_SURFACE_MM:
                                        e = np.float32(0.1)
                                        there = solid_distance(
                                            blobs.parts, blobs.ranges[q, 0], blobs.ranges[q, 1],
                                            x + e * bx, y + e * by, z + e * bz,
                                        )
                                        facing[r, c] = min(abs(there - d) / e, one)
                                    done = True
                                    break
                            if done:
                                continue
                            first_filler = nt
                            for k in range(nt):
                                i = cell_tubes[k]
                                rank = tubes.index[i, 5]
                                if rank < 2:
                                    continue
                                if rank == FILLER:
                                    first_filler = k
                                    break
                                head = tubes.heads[i]
                                d, u, v, s, w, h, at = tube_probe(
                                    head, tubes.stations, tubes.index[i, 0], tubes.index[i, 1], one, x, y, z
                                )
                                if d < 0:
                                    tissue[r, c] = tubes.index[i, 2]
                                    structure[r, c] = tubes.index[i, 3]
                                    if d > -NEAR_SURFACE_MM:
                                        nf, ff = tube_facing(head, tubes.stations, at, u, v, w, h, bx, by, bz)
                                        facing[r, c] = nf
                                    done = True
                                    break
                            if done:
                                continue

                            # Between bone and capsule, and the capsule.
                            if nearest < 7.0:
                                bridge = soft.layers[3]
                                over = max(bridge - abs(second - nearest), zero)
                                d = nearest - over * over / (np.float32(4.0) * bridge)
                                inside = soft.layers[0] if soft.layers[1] < z < soft.layers[2] else zero
                                lift, row = zero, -1
                                for k in range(len(soft.recesses)):
                                    up = recess_height(soft.recesses[k], x, y, z)
                                    if up > lift:
                                        lift, row = up, k
                                if row >= 3:
                                    inside = soft.layers[4] * min(lift * np.float32(3.0), one)
                                if d < lift:
                                    tissue[r, c] = int(soft.recesses[row, 1])
                                    structure[r, c] = int(soft.recesses[row, 0])
                                    if d > lift - NEAR_SURFACE_MM:
                                        facing[r, c] = min(abs(rise), one)
                                    continue
                                if d < lift + inside:
                                    tissue[r, c] = codes.ligament
                                    facing[r, c] = min(abs(rise), one)
                                    fibre[r, c] = np.sqrt(max(one - facing[r, c] * facing[r, c], zero))
                                    continue

                            d, sx, sz, above = sheet_probe(soft.sheet, soft.sheet_half, soft.sheet_at, x, y, z)
                            if d < 0:
                                tissue[r, c] = codes.ligament
                                structure[r, c] = soft.codes[0]
                                norm = np.sqrt(one + sx * sx + sz * sz)
                                facing[r, c] = min(abs(by - sx * bx - sz * bz) / norm, one)
                                fibre[r, c] = min(abs(bx + sx * by) / np.sqrt(one + sx * sx), one)
                                continue

                            for k in range(first_filler, nt):
                                i = cell_tubes[k]
                                head = tubes.heads[i]
                                d, u, v, s, w, h, at = tube_probe(
                                    head, tubes.stations, tubes.index[i, 0], tubes.index[i, 1], one, x, y, z
                                )
                                if d < 0:
                                    nf, ff = tube_facing(head, tubes.stations, at, u, v, w, h, bx, by, bz)
                                    tissue[r, c] = tubes.index[i, 2]
                                    structure[r, c] = tubes.index[i, 3]
                                    material[r, c, 0] = u + head[16]
                                    material[r, c, 1] = v + head[17]
                                    material[r, c, 2] = s
                                    fibre[r, c] = ff
                                    if d > -0.12:
                                        # Epimysium.
                                        tissue[r, c] = codes.fascia
                                        facing[r, c] = nf
                                    else:
                                        e = noise(
                                            noise_table, (u + head[16]) * 0.62, (v + head[17]) * 0.85, s * 0.07
                                        )
                                        if abs(e) < 0.10:
                                            tissue[r, c] = codes.perimysium
                                    done = True
                                    break
                            if done:
                                continue

                            # Fascia, fat and loose tissue.
                            f00, f10 = layers[ci, cj, 1], layers[ci + 1, cj, 1]
                            f01, f11 = layers[ci, cj + 1, 1], layers[ci + 1, cj + 1, 1]
                            df = f00 * w00 + f01 * w01 + f10 * w10 + f11 * w11
                            rise = ((f10 - f00) * (one - fc) + (f11 - f01) * fc) * per_mm
                            zs, xs, ys = z / scale, x / scale, y / scale
                            sheet_mm = soft.layers[5]
                            code, kind = soft.codes[2], codes.fascia
                            if zs > 86.0 or xs > 42.0:
                                sheet_mm = zero
                            elif -33.0 < zs < -8.0 and ys > -2.0 - 0.22 * max(xs, zero):
                                ends = min(min(zs + 33.0, -8.0 - zs) / 3.0, 1.0)
                                sheet_mm += (soft.layers[6] - sheet_mm) * ends
                                code, kind = soft.codes[1], codes.ligament
                            if df > 0 or df < -sheet_mm:
                                fine = one
                                structure[r, c] = soft.codes[3]
                                if df <= 0:
                                    structure[r, c] = 0
                                    fine = np.float32(1.5)
                                septum, nf = fat_septum(
                                    noise_table, x, y, z, -ds, bx, by, bz, -skin_rise, fine
                                )
                                tissue[r, c] = codes.fat
                                if septum:
                                    tissue[r, c] = codes.septum
                                    facing[r, c] = nf
                                    fibre[r, c] = np.sqrt(max(one - nf * nf, zero))
                                continue
                            tissue[r, c] = kind
                            structure[r, c] = code
                            facing[r, c] = min(abs(rise), one)
                            if kind == codes.fascia:
                                fibre[r, c] = abs(bz)
                            else:
                                fibre[r, c] = np.sqrt(max(one - facing[r, c] * facing[r, c] - bz * bz, zero))


@kernel
def fill_gel(
    tissue: UInt8, gap: Float32, row_mm: float, gel: int, most_mm: float
) -> None:
    """Gel between face and skin where it can bridge the gap; the air stays elsewhere."""
    for c in range(tissue.shape[1]):
        if 0 < gap[c] < most_mm:
            last = min(int(np.ceil(gap[c] / row_mm)), tissue.shape[0])
            for r in range(last):
                if tissue[r, c] == 0 or tissue[r, c] == gel:
                    tissue[r, c] = gel
