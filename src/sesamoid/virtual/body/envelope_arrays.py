"""The envelope as the section kernels read it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.envelope import Sleeve, section_normals
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.solids import Float32


class PackedEnvelope(NamedTuple):
    """Sleeves as the kernels read them.

    Parameters
    ----------
    heads : ndarray of float32, shape (n, 14)
        Origin, axes, first station, capped.
    row : ndarray of int32, shape (n, 2)
        First row, number of rows.
    centre : ndarray of float32, shape (rows, 2)
    fascia, skin : ndarray of float32, shape (rows, DIRECTIONS)
    normals : ndarray of float32, shape (DIRECTIONS, 2)
    web : ndarray of float32, shape (m, 2)
        (x, z) where the palm ends, from ulnar to radial.
    thickness : ndarray of float32, shape (4,)
        Skin on back and palm, scale, blend of the sleeves; in mm.
    """

    heads: Float32
    row: NDArray[np.int32]
    centre: Float32
    fascia: Float32
    skin: Float32
    normals: Float32
    web: Float32
    thickness: Float32


def pack_envelope(person: Person, skeleton: Skeleton, sleeves: Sequence[Sleeve]) -> PackedEnvelope:
    """Put the sleeves into arrays."""
    heads = np.zeros((len(sleeves), 14), dtype=np.float32)
    index = np.zeros((len(sleeves), 2), dtype=np.int32)
    first = 0
    for i, sleeve in enumerate(sleeves):
        heads[i, 0:3] = sleeve.frame.origin
        heads[i, 3:12] = sleeve.frame.axes.ravel()
        heads[i, 12], heads[i, 13] = sleeve.t0, float(sleeve.capped)
        index[i] = first, len(sleeve.centre)
        first += len(sleeve.centre)
    beyond = load_table("soft")["envelope"]["web_beyond_head_mm"] * person.scale
    web = [
        (skeleton.rays[n].head.origin[0], skeleton.rays[n].head.origin[2] + beyond)
        for n in (5, 4, 3, 2)
    ]
    values = person.values
    return PackedEnvelope(
        heads=heads,
        row=index,
        centre=np.concatenate([s.centre for s in sleeves]).astype(np.float32),
        fascia=np.concatenate([s.fascia for s in sleeves]).astype(np.float32),
        skin=np.concatenate([s.skin for s in sleeves]).astype(np.float32),
        normals=section_normals().astype(np.float32),
        web=np.array(web, dtype=np.float32),
        thickness=np.array(
            [values["skin_dorsal_mm"], values["skin_palmar_mm"], person.scale, 7.0],
            dtype=np.float32,
        ),
    )
