"""What is smooth is worked out on a coarse lattice over the picture: places, skin, bones."""

from __future__ import annotations

from sesamoid.virtual.body.envelope_arrays import PackedEnvelope
from sesamoid.virtual.body.envelope_kernels import envelope_distance
from sesamoid.virtual.body.scene import BoneArrays, Int32
from sesamoid.virtual.body.solids import Float32, solid_distance
from sesamoid.virtual.body.warp_kernels import warp
from sesamoid.virtual.compile import Real, bare_kernel, single

# Fast arithmetic knows no infinity.
NO_SKIN = 1e9
FAR, ZERO = single(99.0), single(0.0)
# On the way to the skin. Parts of the envelope more than 25 mm away are not looked at.
TOUCH_MM, SHORTEST_STEP_MM, LONGEST_STEP_MM = 0.004, 0.01, 20.0
# Pressure of the face is taken up by this depth of tissue; beyond the limit it is no pressure.
PRESSED_DEPTH_MM, PRESSED_LIMIT_MM = 7.0, 4.0
# Bones further from a lattice node than this do not matter there.
BONE_REACH_MM = 8.0
REACH_SQUARED = single(BONE_REACH_MM**2)


@bare_kernel
def skin_depth(
    envelope: PackedEnvelope, joints: Float32, point: Float32, beam: Float32, limit: Real
) -> Real:
    """Distance along a beam to the skin; negative inside; NO_SKIN beyond `limit`, in mm."""
    t = 0.0
    while t <= limit:
        x, y, z = warp(
            joints, point[0] + t * beam[0], point[1] + t * beam[1], point[2] + t * beam[2], True
        )
        d, _f, _s = envelope_distance(envelope, x, y, z)
        if d < TOUCH_MM:
            if t == 0.0 and d < -TOUCH_MM:
                return d
            return t
        # Along a beam that grazes the skin steps are short, however many it takes.
        t += min(max(0.85 * d, SHORTEST_STEP_MM), LONGEST_STEP_MM)
    return NO_SKIN


@bare_kernel
def lattice_points(
    origin: Float32,
    lateral: Float32,
    beam: Float32,
    step: tuple[Real, Real],
    left: Real,
    joints: Float32,
    envelope: PackedEnvelope,
    places: Float32,
    layers: Float32,
) -> None:
    """Places in the flat body (n, m, 3); distances to skin and fascia, skin thickness (n, m, 3)."""
    n, m, _ = places.shape
    for j in range(m):
        along = left + j * step[1]
        fx = origin[0] + along * lateral[0]
        fy = origin[1] + along * lateral[1]
        fz = origin[2] + along * lateral[2]
        x, y, z = warp(joints, fx, fy, fz, True)
        d, _f, _s = envelope_distance(envelope, x, y, z)
        pressed = 0.0
        if -PRESSED_LIMIT_MM < d < 0:
            pressed = -d
        for i in range(n):
            depth = i * step[0]
            if pressed > 0 and depth < PRESSED_DEPTH_MM:
                rest = 1.0 - depth / PRESSED_DEPTH_MM
                depth -= pressed * rest * rest
            x, y, z = warp(
                joints, fx + depth * beam[0], fy + depth * beam[1], fz + depth * beam[2], True
            )
            places[i, j, 0], places[i, j, 1], places[i, j, 2] = x, y, z
            d, e, s = envelope_distance(envelope, x, y, z)
            layers[i, j, 0], layers[i, j, 1], layers[i, j, 2] = d, e, s


@bare_kernel
def lattice_bones(places: Float32, bones: BoneArrays, near: Int32, distances: Float32) -> int:
    """Distances of the bones near a picture.

    Written are their numbers (bones,) and their distances on the lattice (bones, n, m), far where
    they are further than BONE_REACH_MM; returned is how many bones there are.
    """
    n, m, _ = places.shape
    count = 0
    for b in range(len(bones.ranges)):
        x0, y0, z0 = bones.boxes[b, 0], bones.boxes[b, 1], bones.boxes[b, 2]
        x1, y1, z1 = bones.boxes[b, 3], bones.boxes[b, 4], bones.boxes[b, 5]
        used = False
        for i in range(n):
            for j in range(m):
                x, y, z = places[i, j, 0], places[i, j, 1], places[i, j, 2]
                dx = max(max(x0 - x, x - x1), ZERO)
                dy = max(max(y0 - y, y - y1), ZERO)
                dz = max(max(z0 - z, z - z1), ZERO)
                if dx * dx + dy * dy + dz * dz < REACH_SQUARED:
                    if not used:
                        used = True
                        near[count] = b
                        distances[count] = FAR
                    distances[count, i, j] = solid_distance(
                        bones.parts, bones.ranges[b, 0], bones.ranges[b, 1], x, y, z
                    )
        if used:
            count += 1
    return count
