"""What is smooth is worked out on a coarse lattice over the picture: places, skin, bones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.compile import kernel
from sesamoid.virtual.body.envelope import PackedEnvelope
from sesamoid.virtual.body.envelope_kernels import envelope_distance
from sesamoid.virtual.body.scene import BoneArrays
from sesamoid.virtual.body.solids import Float32, solid_distance
from sesamoid.virtual.body.warp_kernels import warp_point

FAR = 99.0
# Pressure of the face is taken up by this depth of tissue; deeper than the limit it is not pressure.
PRESSED_DEPTH_MM, PRESSED_LIMIT_MM = 7.0, 4.0
# Bones further from a lattice node than this do not matter there.
BONE_REACH_MM = 8.0


@kernel
def skin_depth(
    envelope: PackedEnvelope, joints: Float32, point: Float32, beam: Float32, limit: float
) -> float:
    """Distance along a beam to the skin; negative inside; infinite beyond `limit`, in mm."""
    t = 0.0
    for _ in range(60):
        x, y, z = warp_point(
            joints, point[0] + t * beam[0], point[1] + t * beam[1], point[2] + t * beam[2], True
        )
        d, _f, _s = envelope_distance(envelope, x, y, z)
        if d < 0.004:
            if t == 0.0 and d < -0.004:
                return d
            return t
        t += max(0.85 * d, 0.004)
        if t > limit:
            break
    return np.inf


@kernel
def lattice_points(
    origin: Float32, lateral: Float32, beam: Float32, shape: tuple[int, int],
    step: tuple[float, float], left: float, joints: Float32, envelope: PackedEnvelope,
) -> tuple[Float32, Float32]:
    """Places in the flat body (n, m, 3), and distances to skin and fascia and skin thickness."""
    n, m = shape
    places = np.empty((n, m, 3), dtype=np.float32)
    layers = np.empty((n, m, 3), dtype=np.float32)
    for j in range(m):
        along = left + j * step[1]
        fx = origin[0] + along * lateral[0]
        fy = origin[1] + along * lateral[1]
        fz = origin[2] + along * lateral[2]
        x, y, z = warp_point(joints, fx, fy, fz, True)
        d, _f, _s = envelope_distance(envelope, x, y, z)
        pressed = 0.0
        if -PRESSED_LIMIT_MM < d < 0:
            pressed = -d
        for i in range(n):
            depth = i * step[0]
            if pressed > 0 and depth < PRESSED_DEPTH_MM:
                rest = 1.0 - depth / PRESSED_DEPTH_MM
                depth -= pressed * rest * rest
            x, y, z = warp_point(
                joints, fx + depth * beam[0], fy + depth * beam[1], fz + depth * beam[2], True
            )
            places[i, j, 0], places[i, j, 1], places[i, j, 2] = x, y, z
            d, e, s = envelope_distance(envelope, x, y, z)
            layers[i, j, 0], layers[i, j, 1], layers[i, j, 2] = d, e, s
    return places, layers


@kernel
def lattice_bones(places: Float32, bones: BoneArrays) -> tuple[NDArray[np.int32], Float32]:
    """Which bones are near the picture, and their distances on the lattice (bones, n, m)."""
    n, m, _ = places.shape
    low = np.full(3, np.float32(1e6))
    high = np.full(3, np.float32(-1e6))
    for i in range(n):
        for j in range(m):
            for a in range(3):
                low[a] = min(low[a], places[i, j, a])
                high[a] = max(high[a], places[i, j, a])
    near = np.empty(len(bones.ranges), dtype=np.int32)
    count = 0
    for b in range(len(bones.ranges)):
        inside = True
        for a in range(3):
            if bones.boxes[b, a] - BONE_REACH_MM > high[a]:
                inside = False
            if bones.boxes[b, a + 3] + BONE_REACH_MM < low[a]:
                inside = False
        if inside:
            near[count] = b
            count += 1
    result = np.full((count, n, m), np.float32(FAR))
    kept = np.empty(count, dtype=np.int32)
    k = 0
    for c in range(count):
        b = near[c]
        used = False
        x0, y0, z0 = bones.boxes[b, 0], bones.boxes[b, 1], bones.boxes[b, 2]
        x1, y1, z1 = bones.boxes[b, 3], bones.boxes[b, 4], bones.boxes[b, 5]
        for i in range(n):
            for j in range(m):
                x, y, z = places[i, j, 0], places[i, j, 1], places[i, j, 2]
                dx = max(max(x0 - x, x - x1), np.float32(0.0))
                dy = max(max(y0 - y, y - y1), np.float32(0.0))
                dz = max(max(z0 - z, z - z1), np.float32(0.0))
                if dx * dx + dy * dy + dz * dz < BONE_REACH_MM * BONE_REACH_MM:
                    result[k, i, j] = solid_distance(
                        bones.parts, bones.ranges[b, 0], bones.ranges[b, 1], x, y, z
                    )
                    used = True
        if used:
            kept[k] = b
            k += 1
    return kept[:k], result[:k]
