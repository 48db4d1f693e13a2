"""Bending space: from the moved body to the flat one and back. Everything bends with it."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.compile import kernel
from sesamoid.virtual.body.solids import Float32

TWIST = 1
FADE_MM = 2.5


@kernel
def _bend(row: Float32, u: float, v: float, w: float, back: bool) -> tuple[float, float]:
    """v and w of a point after (or, back, before) a bend towards -v."""
    angle, half, window = row[12], row[13], row[14]
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


@kernel
def warp_point(joints: Float32, x: float, y: float, z: float, back: bool) -> tuple[float, float, float]:
    """A point of the flat body, moved; or, back, of the moved body, in the flat one."""
    n = len(joints)
    for m in range(n):
        row = joints[m] if back else joints[n - 1 - m]
        px, py, pz = x - row[0], y - row[1], z - row[2]
        u = px * row[3] + py * row[4] + pz * row[5]
        v = px * row[6] + py * row[7] + pz * row[8]
        w = px * row[9] + py * row[10] + pz * row[11]
        if row[15] == TWIST:
            turn = row[12] * min(max(-w / row[13], 0.0), 1.0)
            if back:
                turn = -turn
            c, s = np.cos(turn), np.sin(turn)
            u, v = c * u - s * v, s * u + c * v
        else:
            v, w = _bend(row, u, v, w, back)
        x = row[0] + u * row[3] + v * row[6] + w * row[9]
        y = row[1] + u * row[4] + v * row[7] + w * row[10]
        z = row[2] + u * row[5] + v * row[8] + w * row[11]
    return x, y, z
