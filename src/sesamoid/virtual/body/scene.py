"""Everything that the section kernels read, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.joint_recesses import Recess
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.retinaculum import Tunnel
from sesamoid.virtual.body.soft import Blob
from sesamoid.virtual.body.solids import Float32, pack
from sesamoid.virtual.body.tissue_codes import Tissues
from sesamoid.virtual.body.tubes import Rank

Int32 = NDArray[np.int32]


class BoneArrays(NamedTuple):
    """Bones: parts, ranges (n, 2), boxes (n, 6), structures, neighbours, zones on the surface.

    meets: (m, 4) bone, other, gap in mm, weight; meet_ranges (n, 2). regions: (k, 18) bone,
    structure, cartilage thickness, origin, axes, half sizes; region_ranges (n, 2). cortex in mm.
    """

    parts: Float32
    ranges: Int32
    boxes: Float32
    structure: Int32
    meets: Float32
    meet_ranges: Int32
    regions: Float32
    region_ranges: Int32
    cortex: float


class BlobArrays(NamedTuple):
    """Solids of one tissue: parts, ranges, boxes, (tissue, structure, rank), fibre directions."""

    parts: Float32
    ranges: Int32
    boxes: Float32
    row: Int32
    fibre: Float32


class SoftArrays(NamedTuple):
    """Recesses, capsule, retinaculum and fascia.

    recesses: (n, 18) structure, tissue, height, origin, axes, half across, half along, reach.
    sheet, sheet_half: (nx, nz) of the flexor retinaculum; sheet_at: x0, z0, step, 1 / step.
    layers: capsule thickness, its first and last z, bridge, thickness at the fingers, fascia,
    extensor retinaculum, scale, thickness of cartilage in joints.
    codes: structures of flexor retinaculum, extensor retinaculum, fascia, fat, skin, cartilage.
    """

    recesses: Float32
    sheet: Float32
    sheet_half: Float32
    sheet_at: Float32
    layers: Float32
    codes: Int32


def bone_arrays(person: Person, skeleton: Skeleton, structure: dict[str, int]) -> BoneArrays:
    """Pack the skeleton."""
    parts, ranges, boxes = pack(skeleton.solids)
    number = {solid.key: i for i, solid in enumerate(skeleton.solids)}
    meets: list[tuple[float, ...]] = []
    meet_ranges = np.zeros((len(number), 2), dtype=np.int32)
    regions: list[NDArray[np.float64]] = []
    region_ranges = np.zeros((len(number), 2), dtype=np.int32)
    for i, solid in enumerate(skeleton.solids):
        meet_ranges[i, 0] = len(meets)
        for other, gap, weight in solid.meets:
            if other in number:
                meets.append((i, number[other], gap, weight))
        meet_ranges[i, 1] = len(meets)
        region_ranges[i, 0] = len(regions)
        for region in skeleton.regions:
            if region.bone == solid.key:
                regions.append(
                    np.r_[
                        i,
                        structure[region.key],
                        region.thickness_mm,
                        region.frame.origin,
                        region.frame.axes.ravel(),
                        region.half,
                    ]
                )
        region_ranges[i, 1] = len(regions)
    return BoneArrays(
        parts,
        ranges,
        boxes,
        np.array([structure[s.key] for s in skeleton.solids], dtype=np.int32),
        np.array(meets, dtype=np.float32).reshape(-1, 4),
        meet_ranges,
        np.array(regions, dtype=np.float32).reshape(-1, 18),
        region_ranges,
        float(person.values["cortex_mm"]),
    )


def blob_arrays(found: Sequence[Blob], tissues: Tissues, structure: dict[str, int]) -> BlobArrays:
    """Pack the solids of soft tissue, those that win first."""
    ordered = sorted(found, key=lambda b: b.rank)
    parts, ranges, boxes = pack([b.solid for b in ordered])
    index = [(tissues[b.tissue], structure.get(b.solid.key, 0), int(b.rank)) for b in ordered]
    return BlobArrays(
        parts,
        ranges,
        boxes,
        np.array(index, dtype=np.int32).reshape(-1, 3),
        np.array([b.fibre for b in ordered], dtype=np.float32).reshape(-1, 3),
    )


def soft_arrays(
    person: Person,
    tunnel: Tunnel,
    found: Sequence[Recess],
    tissues: Tissues,
    structure: dict[str, int],
) -> SoftArrays:
    """Pack what lies in layers."""
    rows = [
        np.r_[
            structure[r.key],
            tissues[r.tissue],
            r.height_mm,
            r.frame.origin,
            r.frame.axes.ravel(),
            r.half,
            max(r.half) + 2.0,
        ]
        for r in found
    ]
    capsule, scale = load_table("soft")["capsule"], person.scale
    sheet, values = tunnel.sheet, person.values
    extensor = values["extensor_retinaculum_thickness_mm"]
    extensor += 0.6 * values["first_compartment_sheath_mm"]
    layers = [
        capsule["thickness_mm"],
        capsule["from_z"] * scale,
        capsule["to_z"] * scale,
        capsule["bridge_mm"] * scale,
        capsule["mcp_thickness_mm"],
        values["fascia_mm"],
        extensor,
        scale,
        values["carpal_cartilage_mm"],
    ]
    names = (
        "flexor_retinaculum",
        "extensor_retinaculum",
        "fascia",
        "subcutaneous_fat",
        "skin",
        "cartilage",
    )
    return SoftArrays(
        np.array(rows, dtype=np.float32),
        sheet.height,
        sheet.half_thickness.astype(np.float32),
        np.array([sheet.x0, sheet.z0, sheet.step, 1 / sheet.step], dtype=np.float32),
        np.array(layers, dtype=np.float32),
        np.array([structure[n] for n in names], dtype=np.int32),
    )


__all__ = [
    "BlobArrays",
    "BoneArrays",
    "Rank",
    "SoftArrays",
    "blob_arrays",
    "bone_arrays",
    "soft_arrays",
]
