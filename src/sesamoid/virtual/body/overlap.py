"""Does anything intersect that must not: tendons, nerves, vessels and bones of one body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.anatomy import Scene
from sesamoid.virtual.body.envelope_arrays import PackedEnvelope
from sesamoid.virtual.body.envelope_kernels import envelope_distance
from sesamoid.virtual.body.outline_kernels import near_tubes
from sesamoid.virtual.body.packing_kernels import bone_distance
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.probe_kernels import tube_probe
from sesamoid.virtual.body.scene import BoneArrays, Int32
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.body.tube_arrays import PackedTubes
from sesamoid.virtual.body.wrist_hand import WristHand
from sesamoid.virtual.compile import Real, bare_kernel, single

SPACING_MM = (0.3, 0.3, 1.5)
BONES, SKIN = "bones", "skin"
ONE, HALF = single(1.0), single(0.5)
# Points are looked at in squares of so many; how far a square's corners are from its middle.
TILE, TILE_RADIUS_MM = 8, single(1.75)


@dataclass(frozen=True)
class Overlap:
    """Two structures in one place.

    Parameters
    ----------
    first, second : str
        Structures, or ``bones``, or ``skin`` for what comes out of it.
    depth_mm : float
        How deep the deepest common point is in the one that it is less deep in.
    volume_mm3 : float
        Of what is deeper than the tolerance in both.
    where : tuple of float
        The deepest point (x, y, z), in mm.
    """

    first: str
    second: str
    depth_mm: float
    volume_mm3: float
    where: tuple[float, float, float]


@bare_kernel
def _scan(
    z: Real,
    low: Float32,
    shape: tuple[int, int],
    tubes: PackedTubes,
    bones: BoneArrays,
    envelope: PackedEnvelope,
    tolerance: Real,
    pulse: Real,
    exclusive: int,
    room: Int32,
    deep: Float32,
    depth: Float32,
    count: NDArray[np.int64],
    place: Float32,
) -> None:
    chosen, near, inside, tile = room[0], room[1], room[2], room[3]
    n_chosen = 0
    for i in range(exclusive):
        if tubes.boxes[i, 2] <= z <= tubes.boxes[i, 5]:
            chosen[n_chosen] = i
            n_chosen += 1
    for top in range(0, shape[0], TILE):
        for left in range(0, shape[1], TILE):
            mx = low[0] + (left + HALF * TILE) * SPACING_MM[0]
            my = low[1] + (top + HALF * TILE) * SPACING_MM[1]
            n_tile = near_tubes(tubes, chosen, n_chosen, mx, my, z, TILE_RADIUS_MM, tile)
            if n_tile == 0:
                continue
            for row in range(top, min(top + TILE, shape[0])):
                for column in range(left, min(left + TILE, shape[1])):
                    x, y = low[0] + column * SPACING_MM[0], low[1] + row * SPACING_MM[1]
                    n = near_tubes(tubes, tile, n_tile, x, y, z, 0.05, near)
                    m = 0
                    for k in range(n):
                        i = near[k]
                        d, _u, _v, _s, _w, _h, _at = tube_probe(
                            tubes.heads,
                            i,
                            tubes.stations,
                            tubes.row[i, 0],
                            tubes.row[i, 1],
                            ONE + tubes.heads[i, 18] * pulse,
                            x,
                            y,
                            z,
                        )
                        if d < -tolerance:
                            inside[m], deep[m] = i, -d
                            m += 1
                    if m == 0:
                        continue
                    d = bone_distance(bones.parts, bones.ranges, bones.boxes, ONE, x, y, z)
                    if d < -tolerance:
                        inside[m], deep[m] = exclusive, -d
                        m += 1
                    skin, _fascia, thick = envelope_distance(envelope, x, y, z)
                    if skin > tolerance - thick:
                        inside[m], deep[m] = exclusive + 1, skin + thick
                        m += 1
                    for a in range(m):
                        for b in range(a + 1, m):
                            i, j = inside[a], inside[b]
                            both = min(deep[a], deep[b])
                            count[i, j] += 1
                            if both > depth[i, j]:
                                depth[i, j] = both
                                place[i, j, 0], place[i, j, 1], place[i, j, 2] = x, y, z


def overlaps(
    body: WristHand, *, tolerance_mm: float | None = None, pulse: float = 0.0
) -> list[Overlap]:
    """Every forbidden intersection of a body, the deepest first; none if all is well.

    What is checked, and which pairs may meet and why, is in ``tables/overlap.yaml``. Bending
    joints bends space as a whole, so that it makes no overlap; the pulse does widen arteries.

    Parameters
    ----------
    body : WristHand
    tolerance_mm : float, optional
        Instead of that of the table.
    pulse : float
        How wide the arteries are in the heart's cycle, from 0 to 1.
    """
    rules = load_table("overlap")
    tolerance = rules["tolerance_mm"] if tolerance_mm is None else tolerance_mm
    scene: Scene = body.anatomy.scene
    tubes = body.anatomy.tubes
    exclusive = int((scene.tubes.row[:, 5] == 0).sum())
    depth = np.zeros((exclusive + 2, exclusive + 2), dtype=np.float32)
    count = np.zeros_like(depth, dtype=np.int64)
    place = np.zeros((*depth.shape, 3), dtype=np.float32)
    boxes = scene.tubes.boxes[:exclusive]
    low, high = boxes[:, :3].min(axis=0), boxes[:, 3:].max(axis=0)
    dx, dy, dz = SPACING_MM
    shape = (int((high[1] - low[1]) / dy) + 1, int((high[0] - low[0]) / dx) + 1)
    room = np.empty((4, max(exclusive, 64)), dtype=np.int32)
    deep = np.empty(64, dtype=np.float32)
    for z in np.arange(low[2], high[2], dz):
        _scan(
            float(z),
            low,
            shape,
            scene.tubes,
            scene.bones,
            scene.envelope,
            tolerance,
            pulse,
            exclusive,
            room,
            deep,
            depth,
            count,
            place,
        )
    names = [t.key for t in tubes[:exclusive]] + [BONES, SKIN]
    found = []
    for i, j in zip(*np.nonzero(count), strict=True):
        if names[i] == names[j] or (j < exclusive and tubes[i].bundle == tubes[j].bundle != ""):
            continue
        at = place[i, j]
        if names[j] == BONES and _at_an_end(
            tubes[i].points, at, rules["allowed"]["insertion"]["mm"]
        ):
            continue
        found.append(
            Overlap(
                names[i],
                names[j],
                float(depth[i, j]),
                float(count[i, j] * dx * dy * dz),
                (float(at[0]), float(at[1]), float(at[2])),
            )
        )
    return sorted(found, key=lambda o: -o.depth_mm)


def _at_an_end(line: NDArray[np.float64], point: NDArray[np.float32], within: float) -> bool:
    return bool(np.linalg.norm(line[-1] - point) < within)
