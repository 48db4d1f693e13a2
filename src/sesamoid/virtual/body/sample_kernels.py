"""What one sample under the skin lies in: every kind of tissue is asked in turn."""

from __future__ import annotations

from sesamoid.virtual.body.cell_kernels import FAR, Scratch
from sesamoid.virtual.body.layer_kernels import in_bone, in_capsule, in_retinaculum
from sesamoid.virtual.body.outline_kernels import in_blobs, in_tubes
from sesamoid.virtual.body.scene import BlobArrays, BoneArrays, Int32, SoftArrays
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.body.tissue_codes import Codes
from sesamoid.virtual.body.tube_arrays import PackedTubes
from sesamoid.virtual.compile import Real, inlined, single

ZERO, HALF, ONE = (single(v) for v in (0, 0.5, 1))


@inlined
def nearest_bone(
    lattice: Float32,
    ci: int,
    cj: int,
    fc: Real,
    per_mm: Real,
    near_bones: Int32,
    cell_bones: Int32,
    nb: int,
    pairs: Int32,
    spaces: Float32,
    nm: int,
    work: Float32,
) -> tuple[Real, Real, int, Real]:
    """Distances to the nearest bone and the second, which it is, and its slope along the beam.

    Bones that meet make room for each other (see `Solid.meets`). The first two rows of `work` hold
    the bones' distances at the left edge of the cell in this row of samples, and their slopes.
    """
    for k in range(nb):
        b = cell_bones[k]
        work[2, b] = work[0, b] + fc * work[1, b]
        work[3, b] = (
            (lattice[b, ci + 1, cj] - lattice[b, ci, cj]) * (ONE - fc)
            + (lattice[b, ci + 1, cj + 1] - lattice[b, ci, cj + 1]) * fc
        ) * per_mm
    nearest, second, which, rise = FAR, FAR, -1, ZERO
    for k in range(nb):
        b = cell_bones[k]
        d, up = work[2, b], work[3, b]
        for m in range(nm):
            if pairs[m, 0] != b:
                continue
            o = pairs[m, 1]
            if spaces[m, 1] == ONE:
                carved = spaces[m, 0] - work[2, o]
                if carved > d:
                    d, up = carved, -work[3, o]
            else:
                carved = HALF * (work[2, b] - work[2, o] + spaces[m, 0])
                if carved > d:
                    d, up = carved, HALF * (work[3, b] - work[3, o])
        if d < nearest:
            second = nearest
            nearest, which, rise = d, near_bones[b], up
        elif d < second:
            second = d
    return nearest, second, which, rise


@inlined
def in_matter(
    bones: BoneArrays,
    tubes: PackedTubes,
    blobs: BlobArrays,
    soft: SoftArrays,
    codes: Codes,
    table: Float32,
    glide: Float32,
    pulse: Real,
    scratch: Scratch,
    nb: int,
    sheaths: int,
    fillers: int,
    nt: int,
    nq: int,
    nr: int,
    capsule_reach: Real,
    nearest: Real,
    second: Real,
    which: int,
    rise: Real,
    bx: Real,
    by: Real,
    bz: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """All but fat and fascia; who comes first where two meet is as `fill_kernels.py` has it."""
    near = scratch.cell_tubes
    done = nb > 0 and in_bone(bones, soft, codes, which, nearest, second, rise, x, y, z, what, how)
    if not done and sheaths > 0:
        done = in_tubes(
            tubes, near, 0, sheaths, glide, pulse, codes, table, bx, by, bz, x, y, z, what, how
        )
    if not done and nq > 0:
        done = in_blobs(blobs, scratch.cell_blobs, nq, bx, by, bz, x, y, z, what, how)
    if not done and fillers > sheaths:
        done = in_tubes(
            tubes,
            near,
            sheaths,
            fillers,
            glide,
            pulse,
            codes,
            table,
            bx,
            by,
            bz,
            x,
            y,
            z,
            what,
            how,
        )
    if not done and nearest < capsule_reach:
        done = in_capsule(
            soft, scratch.cell_recesses, nr, codes, nearest, second, rise, x, y, z, what, how
        )
    if not done:
        done = in_retinaculum(soft, codes, bx, by, bz, x, y, z, what, how)
    if not done and nt > fillers:
        done = in_tubes(
            tubes, near, fillers, nt, glide, pulse, codes, table, bx, by, bz, x, y, z, what, how
        )
    return done
