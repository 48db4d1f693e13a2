"""Putting a body together: bones, roof, courses, fingers, muscles, then what wraps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sesamoid.virtual.body.assembly import tubes_of
from sesamoid.virtual.body.bones import Skeleton, build_skeleton
from sesamoid.virtual.body.course_packing import pack_courses
from sesamoid.virtual.body.digital_bundles import bundle_tubes
from sesamoid.virtual.body.envelope import build_sleeves
from sesamoid.virtual.body.envelope_arrays import PackedEnvelope, pack_envelope
from sesamoid.virtual.body.extensor_layers import extensor
from sesamoid.virtual.body.finger_profile import profile
from sesamoid.virtual.body.flexor_layers import flexors
from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.joint_recesses import Recess, recesses
from sesamoid.virtual.body.layout import Layout
from sesamoid.virtual.body.motion import Motion
from sesamoid.virtual.body.muscles import muscles
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.retinaculum import Tunnel, build_tunnel
from sesamoid.virtual.body.scene import (
    BlobArrays,
    BoneArrays,
    SoftArrays,
    blob_arrays,
    bone_arrays,
    soft_arrays,
)
from sesamoid.virtual.body.soft import Blob, blobs, floors
from sesamoid.virtual.body.solids import pack
from sesamoid.virtual.body.structures import structure_keys
from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.body.tube_arrays import PackedTubes, pack_tubes
from sesamoid.virtual.body.tubes import Rank, Tube
from sesamoid.virtual.body.veins import vein_tubes


class Scene(NamedTuple):
    """The arrays of a body, by kind."""

    bones: BoneArrays
    tubes: PackedTubes
    blobs: BlobArrays
    soft: SoftArrays
    envelope: PackedEnvelope


@dataclass(frozen=True)
class Anatomy:
    """The geometry of one person.

    Parameters
    ----------
    skeleton : Skeleton
    tunnel : Tunnel
    tubes : tuple of Tube
        In the order of `scene.tubes`.
    blobs : tuple of Blob
    recesses : tuple of Recess
    structures : tuple of str
        Keys by index; the first is empty.
    packing_rest_mm : float
        Largest overlap that packing left.
    scene : Scene
    """

    skeleton: Skeleton
    tunnel: Tunnel
    tubes: tuple[Tube, ...]
    blobs: tuple[Blob, ...]
    recesses: tuple[Recess, ...]
    structures: tuple[str, ...]
    packing_rest_mm: float
    scene: Scene

    def tube(self, key: str) -> Tube:
        """The first tube of that structure."""
        return next(t for t in self.tubes if t.key == key)


EXTENSORS = {"eip": 2, "edc_2": 2, "edc_3": 3, "edc_4": 4, "edc_5": 5, "edm": 5, "epl": 1, "epb": 1}


def build_anatomy(person: Person, motion: Motion) -> Anatomy:
    """The geometry of a person; some hundred milliseconds."""
    skeleton = build_skeleton(person)
    bones = pack([*skeleton.solids, *floors(person, skeleton)])
    tunnel = build_tunnel(person, skeleton)
    recess_list = recesses(person, skeleton)
    by_key = {r.key: r for r in recess_list}

    profiles = {n: profile(skeleton, ray) for n, ray in skeleton.rays.items()}
    table = load_table("tubes")["tendons"]
    extensor_tails = {
        name: extensor(
            person,
            skeleton.rays[n],
            profiles[n],
            by_key.get(f"mcp_recess_{n}"),
            beside=float(table[name].get("beside", 0.0)),
            start=-0.45 * skeleton.rays[1].length if n == 1 else -14.0 * person.scale,
        )
        for name, n in EXTENSORS.items()
    }
    flexor_layers = {n: flexors(person, ray, profiles[n]) for n, ray in skeleton.rays.items()}
    layout = Layout(person, skeleton, bones, tunnel, recess_list, motion)
    courses = layout.all_courses(extensor_tails, flexor_layers)
    rest = pack_courses(courses, layout.z, person.scale, bones, tunnel.sheet)

    found = tubes_of(person, courses, layout.z, extensor_tails, flexor_layers)
    found += bundle_tubes(person, skeleton, profiles)
    found += muscles(person, skeleton, found)
    blob_list = blobs(person, skeleton)
    cloud = _cloud(skeleton, tunnel, found, blob_list)
    sleeves = build_sleeves(person, skeleton, cloud)
    found += vein_tubes(person, sleeves[0])
    found.sort(key=lambda t: t.rank)

    structures = structure_keys()
    index = {key: i for i, key in enumerate(structures)}
    tissues = tissue_codes()
    scene = Scene(
        bone_arrays(person, skeleton, index),
        pack_tubes(found, tissues, index),
        blob_arrays(blob_list, tissues, index),
        soft_arrays(person, tunnel, recess_list, tissues, index),
        pack_envelope(person, skeleton, sleeves),
    )
    return Anatomy(
        skeleton,
        tunnel,
        tuple(found),
        tuple(blob_list),
        tuple(recess_list),
        structures,
        rest,
        scene,
    )


def _cloud(skeleton: Skeleton, tunnel: Tunnel, tubes: list[Tube], blob_list: list[Blob]) -> Array:
    """Points on everything that the fascia wraps."""
    points = [solid.surface_points() for solid in skeleton.solids]
    points += [tube.outline(12) for tube in tubes if tube.rank != Rank.LIGAMENT]
    points += [b.solid.surface_points() for b in blob_list if b.solid.key == "ganglion"]
    sheet = tunnel.sheet
    i, j = np.nonzero(sheet.half_thickness > 0.2)
    i, j = i[::3], j[::3]
    y = sheet.height[i, j] - sheet.half_thickness[i, j]
    points.append(np.c_[sheet.x0 + i * sheet.step, y, sheet.z0 + j * sheet.step])
    return np.concatenate(points)
