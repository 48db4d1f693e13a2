"""What has no outline of its own: bones by their lattice, capsule and recess, muscle, fat, fascia.

Each function writes what it found into `what` (tissue, structure) and `how` (facing, fibre, and the
three material coordinates), and says whether the point lies in it.
"""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.probe_kernels import in_region, recess_height, sheet_probe
from sesamoid.virtual.body.scene import BoneArrays, Int32, SoftArrays
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.body.texture import noise
from sesamoid.virtual.body.tissue_codes import Codes
from sesamoid.virtual.compile import Real, inlined, single

ZERO, ONE, FOUR = single(0), single(1), single(4)
SURFACE = single(0.4)
PART_DEPTH = single(-2.0)
CARTILAGE_REACH = single(1.6)
JOINT_GAP = single(1.9)
CAPSULE_TAPER = single(0.25)
# Septa: wave numbers across, along and through the fat, in 1/mm; half thickness.
ACROSS, ALONG, THROUGH, TILT = (single(v) for v in (0.26, 0.19, 0.95, 0.05))
MOST, STEP, HALF_SEPTUM, TINY = (single(v) for v in (0.22, 0.12, 0.583, 1e-6))
# Where the extensor retinaculum lies, in reference mm: z, and y above a line that falls radially.
PROXIMAL, DISTAL, TAPER = (single(v) for v in (-33.0, -8.0, 1 / 3))
LOWEST, FALL = single(-2.0), single(0.22)
# Fascia ends at the fingers and the thumb.
FINGER_Z, FINGER_TAPER, THUMB_X, THUMB_TAPER = (single(v) for v in (88.0, 0.1, 44.0, 0.25))
TRUE, FINE = single(1.0), single(1.5)


@inlined
def in_bone(
    bones: BoneArrays,
    soft: SoftArrays,
    codes: Codes,
    which: int,
    nearest: Real,
    second: Real,
    rise: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """Bone, or the cartilage and the fluid of a joint."""
    if nearest < ZERO:
        what[1] = bones.structure[which]
        if nearest > PART_DEPTH:
            for m in range(bones.region_ranges[which, 0], bones.region_ranges[which, 1]):
                if bones.regions[m, 2] == ZERO and in_region(bones.regions, m, x, y, z):
                    what[1] = int(bones.regions[m, 1])
        what[0] = codes.cortex if nearest > -bones.cortex else codes.bone
        how[0] = min(abs(rise), ONE) if nearest > -SURFACE else ONE
        return True
    if nearest > CARTILAGE_REACH:
        return False
    for m in range(bones.region_ranges[which, 0], bones.region_ranges[which, 1]):
        if nearest < bones.regions[m, 2] and in_region(bones.regions, m, x, y, z):
            what[0], what[1] = codes.cartilage, soft.codes[5]
            how[0] = min(abs(rise), ONE)
            return True
    if nearest + second < JOINT_GAP * soft.layers[7]:
        if nearest < soft.layers[8]:
            what[0], what[1] = codes.cartilage, soft.codes[5]
            how[0] = min(abs(rise), ONE)
        else:
            what[0], what[1] = codes.fluid, 0
        return True
    return False


@inlined
def in_capsule(
    soft: SoftArrays,
    near: Int32,
    count: int,
    codes: Codes,
    nearest: Real,
    second: Real,
    rise: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """A joint recess, or the capsule over it and over the bones of the wrist."""
    bridge = soft.layers[3]
    over = max(bridge - abs(second - nearest), ZERO)
    d = nearest - over * over / (FOUR * bridge)
    ends = min(z - soft.layers[1], soft.layers[2] - z) * CAPSULE_TAPER
    capsule = soft.layers[0] * min(max(ends, ZERO), ONE)
    lift, row = ZERO, -1
    for k in range(count):
        height = recess_height(soft.recesses, near[k], x, y, z)
        if height > lift:
            lift, row = height, near[k]
    if row >= 3:
        capsule = soft.layers[4] * min(lift + lift + lift, ONE)
    if d >= lift + capsule:
        return False
    if row >= 0 and d < lift:
        what[0], what[1] = int(soft.recesses[row, 1]), int(soft.recesses[row, 0])
        how[0] = min(abs(rise), ONE) if d > lift - SURFACE else ONE
        return True
    if capsule <= ZERO:
        return False
    what[0], what[1] = codes.ligament, 0
    how[0] = min(abs(rise), ONE)
    how[1] = np.sqrt(max(ONE - how[0] * how[0], ZERO))
    return True


@inlined
def in_retinaculum(
    soft: SoftArrays,
    codes: Codes,
    bx: Real,
    by: Real,
    bz: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> bool:
    """The flexor retinaculum; its fibres run across."""
    d, sx, sz = sheet_probe(soft.sheet, soft.sheet_half, soft.sheet_at, x, y, z)
    if d >= ZERO:
        return False
    what[0], what[1] = codes.ligament, soft.codes[0]
    how[0] = min(abs(by - sx * bx - sz * bz) / np.sqrt(ONE + sx * sx + sz * sz), ONE)
    how[1] = min(abs(bx + sx * by) / np.sqrt(ONE + sx * sx), ONE)
    return True


@inlined
def septum(
    table: Float32,
    x: Real,
    y: Real,
    z: Real,
    depth: Real,
    bx: Real,
    bz: Real,
    rise: Real,
    fine: Real,
) -> Real:
    """How a septum of the fat faces the beam; negative where there is none.

    Septa are level sets of noise that varies slowly along the skin and fast through it.
    """
    px, pz, pd = (x * ACROSS + y * TILT) * fine, z * ALONG * fine, depth * THROUGH * fine
    n0 = noise(table, px, pz, pd)
    if abs(n0) > MOST:
        return -ONE
    gx = (noise(table, px + STEP, pz, pd) - n0) * ACROSS
    gz = (noise(table, px, pz + STEP, pd) - n0) * ALONG
    gd = (noise(table, px, pz, pd + STEP) - n0) * THROUGH
    length = np.sqrt(gx * gx + gz * gz + gd * gd) + TINY
    # As thick everywhere, about 0.14 mm.
    if abs(n0) > HALF_SEPTUM * length * fine:
        return -ONE
    return min(abs(gx * bx + gz * bz + gd * rise) / length, ONE)


@inlined
def wrap(
    soft: SoftArrays,
    codes: Codes,
    table: Float32,
    depth: Real,
    fascia: Real,
    fascia_rise: Real,
    skin_rise: Real,
    bx: Real,
    bz: Real,
    x: Real,
    y: Real,
    z: Real,
    what: Int32,
    how: Float32,
) -> None:
    """Fat under the skin, fascia or extensor retinaculum, loose tissue under them."""
    scale = soft.layers[7]
    xs, ys, zs = x / scale, y / scale, z / scale
    if fascia <= ZERO:
        thick, code, tissue = soft.layers[5], soft.codes[2], codes.fascia
        if PROXIMAL < zs < DISTAL and ys > LOWEST - FALL * max(xs, ZERO):
            ends = min(min(zs - PROXIMAL, DISTAL - zs) * TAPER, ONE)
            thick += (soft.layers[6] - thick) * ends
            code, tissue = soft.codes[1], codes.ligament
        ends = min((FINGER_Z - zs) * FINGER_TAPER, (THUMB_X - xs) * THUMB_TAPER)
        thick *= max(min(ends, ONE), ZERO)
        if fascia > -thick:
            what[0], what[1] = tissue, code
            how[0] = min(abs(fascia_rise), ONE)
            if tissue == codes.fascia:
                how[1] = min(abs(bz), ONE)
            else:
                how[1] = np.sqrt(max(ONE - how[0] * how[0] - bz * bz, ZERO))
            return
    what[0], what[1] = codes.fat, soft.codes[3] if fascia > ZERO else 0
    facing = septum(table, x, y, z, depth, bx, bz, -skin_rise, TRUE if fascia > ZERO else FINE)
    if facing >= ZERO:
        what[0] = codes.septum
        how[0] = facing
        how[1] = np.sqrt(max(ONE - facing * facing, ZERO))
