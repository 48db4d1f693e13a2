"""Bending space: from the moved body to the flat one and back. Everything bends with it."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.compile import Real, inlined, kernel

TWIST = 1
FADE_MM = 2.5


@inlined
def _bend(joints: Float32, m: int, u: Real, v: Real, w: Real, back: bool) -> tuple[Real, Real]:
    """v and w of a point after (or, back, before) a bend towards -v."""
    angle, half, window = joints[m, 12], joints[m, 13], joints[m, 14]
    weight = min(max((window + FADE_MM - abs(u)) / (2 * FADE_MM), 0.0), 1.0)
    # Far palmar and dorsal of a finger there is nothing of it.
    theta = angle * weight * weight * (3 - 2 * weight)
    if abs(theta) < 1e-5:
        return v, w
    sign = 1.0
    if theta < 0:
        sign, theta = -1.0, -theta
    radius = 2 * half / theta
    a, b = w + half, sign * v + radius
    if back:
        phi = np.arctan2(a, b)
        if phi <= 0:
            return v, w
        if phi < theta:
            return sign * (np.sqrt(a * a + b * b) - radius), phi * radius - half
        c, s = np.cos(theta), np.sin(theta)
        return sign * (a * s + b * c - radius), half + a * c - b * s
    if a <= 0:
        return v, w
    if w < half:
        phi = a / radius
        return sign * (b * np.cos(phi) - radius), b * np.sin(phi) - half
    c, s = np.cos(theta), np.sin(theta)
    a = w - half
    return sign * (-a * s + b * c - radius), a * c + b * s - half


@inlined
def warp(joints: Float32, x: Real, y: Real, z: Real, back: bool) -> tuple[Real, Real, Real]:
    """A point of the flat body, moved; or, back, of the moved body, in the flat one."""
    n = len(joints)
    for step in range(n):
        m = step if back else n - 1 - step
        px, py, pz = x - joints[m, 0], y - joints[m, 1], z - joints[m, 2]
        u = px * joints[m, 3] + py * joints[m, 4] + pz * joints[m, 5]
        v = px * joints[m, 6] + py * joints[m, 7] + pz * joints[m, 8]
        w = px * joints[m, 9] + py * joints[m, 10] + pz * joints[m, 11]
        if joints[m, 15] == TWIST:
            turn = joints[m, 12] * min(max(-w / joints[m, 13], 0.0), 1.0)
            if back:
                turn = -turn
            c, s = np.cos(turn), np.sin(turn)
            u, v = c * u - s * v, s * u + c * v
        else:
            v, w = _bend(joints, m, u, v, w, back)
        x = joints[m, 0] + u * joints[m, 3] + v * joints[m, 6] + w * joints[m, 9]
        y = joints[m, 1] + u * joints[m, 4] + v * joints[m, 7] + w * joints[m, 10]
        z = joints[m, 2] + u * joints[m, 5] + v * joints[m, 8] + w * joints[m, 11]
    return x, y, z


@kernel
def warp_point(joints: Float32, x: Real, y: Real, z: Real, back: bool) -> tuple[Real, Real, Real]:
    """`warp` of one point, for callers outside of kernels."""
    return warp(joints, x, y, z, back)
