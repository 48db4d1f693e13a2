"""Is a point in this tube, in this solid?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.compile import kernel
from sesamoid.virtual.body.solids import Float32

OUTSIDE = np.float32(1e3)


@kernel
def tube_near(
    head: Float32, stations: Float32, first: int, count: int,
    x: float, y: float, z: float, radius: float,
) -> bool:
    """Whether a ball may touch a tube; sometimes true for nothing, never false for something."""
    px, py, pz = x - head[0], y - head[1], z - head[2]
    t = px * head[9] + py * head[10] + pz * head[11]
    g = (t - head[12]) * head[13]
    slack = radius * head[13]
    if g < -slack or g > count - 1 + slack:
        return False
    i = first + min(max(int(g + 0.5), 0), count - 1)
    u = px * head[3] + py * head[4] + pz * head[5] - stations[i, 0]
    v = px * head[6] + py * head[7] + pz * head[8] - stations[i, 1]
    slope = stations[i, 6]
    reach = max(stations[i, 2], stations[i, 3]) * np.float32(1.1) + radius * np.float32(1.6) + 0.8
    return (u * u + v * v) * slope * slope < reach * reach


@kernel
def tube_probe(
    head: Float32, stations: Float32, first: int, count: int, widen: float,
    x: float, y: float, z: float,
) -> tuple[float, float, float, float, float, float, int]:
    """Signed distance, coordinates across, up and along, half sizes and station at a point.

    The nearest point of the centre line is found by one Newton step from where the point projects
    on the tube's axis, so that the cross-section is perpendicular to the line, not to the axis.
    """
    px, py, pz = x - head[0], y - head[1], z - head[2]
    t = px * head[9] + py * head[10] + pz * head[11]
    g = (t - head[12]) * head[13]
    if g < -2.0 or g > count + 1.0:
        return OUTSIDE, 0.0, 0.0, 0.0, 1.0, 1.0, first
    pu = px * head[3] + py * head[4] + pz * head[5]
    pv = px * head[6] + py * head[7] + pz * head[8]
    last = np.float32(count) - np.float32(1.001)
    for _ in range(2):
        h = min(max(g, np.float32(0.0)), last)
        i = int(h)
        f = h - i
        i += first
        cu = stations[i, 0] + f * (stations[i + 1, 0] - stations[i, 0])
        cv = stations[i, 1] + f * (stations[i + 1, 1] - stations[i, 1])
        tu = stations[i, 4] + f * (stations[i + 1, 4] - stations[i, 4])
        tv = stations[i, 5] + f * (stations[i + 1, 5] - stations[i, 5])
        tw = stations[i, 6] + f * (stations[i + 1, 6] - stations[i, 6])
        ct = head[12] + g / head[13]
        ahead = (pu - cu) * tu + (pv - cv) * tv + (t - ct) * tw
        g += ahead * tw * head[13]
    if g < 0.0 or g > count - 1:
        return OUTSIDE, 0.0, 0.0, 0.0, 1.0, 1.0, first
    h = min(max(g, np.float32(0.0)), last)
    i = int(h)
    f = h - i
    i += first
    du = pu - stations[i, 0] - f * (stations[i + 1, 0] - stations[i, 0])
    dv = pv - stations[i, 1] - f * (stations[i + 1, 1] - stations[i, 1])
    dt = t - head[12] - g / head[13]
    u = (
        du * (stations[i, 7] + f * (stations[i + 1, 7] - stations[i, 7]))
        + dv * (stations[i, 8] + f * (stations[i + 1, 8] - stations[i, 8]))
        + dt * (stations[i, 9] + f * (stations[i + 1, 9] - stations[i, 9]))
    )
    v = (
        du * (stations[i, 10] + f * (stations[i + 1, 10] - stations[i, 10]))
        + dv * (stations[i, 11] + f * (stations[i + 1, 11] - stations[i, 11]))
        + dt * (stations[i, 12] + f * (stations[i + 1, 12] - stations[i, 12]))
    )
    w = (stations[i, 2] + f * (stations[i + 1, 2] - stations[i, 2])) * widen
    q = (stations[i, 3] + f * (stations[i + 1, 3] - stations[i, 3])) * widen
    s = stations[i, 13] + f * (stations[i + 1, 13] - stations[i, 13])
    a, b = abs(u) / w, abs(v) / q
    if head[14] == 2.0:
        k = np.sqrt(a * a + b * b)
        if k < 0.05:
            return -min(w, q), u, v, s, w, q, i
        ga, gb = a / w, b / q
        d = k * (k - np.float32(1.0)) / np.sqrt(ga * ga + gb * gb)
    else:
        k = np.cbrt(a * a * a + b * b * b)
        if k < 0.05:
            return -min(w, q), u, v, s, w, q, i
        ga, gb = a * a / w, b * b / q
        d = k * k * (k - np.float32(1.0)) / np.sqrt(ga * ga + gb * gb)
    return d, u, v, s, w, q, i


@kernel
def tube_facing(
    head: Float32, stations: Float32, i: int, u: float, v: float, w: float, q: float,
    bx: float, by: float, bz: float,
) -> tuple[float, float]:
    """|cosine| of the beam with the surface's normal, and with the fibres."""
    bu = bx * head[3] + by * head[4] + bz * head[5]
    bv = bx * head[6] + by * head[7] + bz * head[8]
    bt = bx * head[9] + by * head[10] + bz * head[11]
    across = bu * stations[i, 7] + bv * stations[i, 8] + bt * stations[i, 9]
    up = bu * stations[i, 10] + bv * stations[i, 11] + bt * stations[i, 12]
    along = bu * stations[i, 4] + bv * stations[i, 5] + bt * stations[i, 6]
    if head[14] == 2.0:
        a, b = u / (w * w), v / (q * q)
    else:
        a, b = u * abs(u) / (w * w * w), v * abs(v) / (q * q * q)
    length = np.sqrt(a * a + b * b) + np.float32(1e-9)
    return min(abs(a * across + b * up) / length, 1.0), min(abs(along), 1.0)


@kernel
def sheet_probe(
    sheet: Float32, half: Float32, at: Float32, x: float, y: float, z: float
) -> tuple[float, float, float, float]:
    """Distance to a height field's sheet, and its slopes dy/dx and dy/dz; the height above it."""
    i, j = (x - at[0]) / at[2], (z - at[1]) / at[2]
    if i < 0 or j < 0 or i >= sheet.shape[0] - 1 or j >= sheet.shape[1] - 1:
        return OUTSIDE, 0.0, 0.0, 0.0
    a, b = int(i), int(j)
    f, g = i - a, j - b
    thick = (half[a, b] * (1 - f) + half[a + 1, b] * f) * (1 - g) + (
        half[a, b + 1] * (1 - f) + half[a + 1, b + 1] * f
    ) * g
    if thick <= 0.02:
        return OUTSIDE, 0.0, 0.0, 0.0
    h0 = sheet[a, b] * (1 - f) + sheet[a + 1, b] * f
    h1 = sheet[a, b + 1] * (1 - f) + sheet[a + 1, b + 1] * f
    sx = (sheet[a + 1, b] - sheet[a, b]) / at[2]
    sz = (h1 - h0) / at[2]
    above = (y - h0 - g * (h1 - h0)) / np.sqrt(1 + sx * sx + sz * sz)
    return abs(above) - thick, sx, sz, above


@kernel
def in_region(region: Float32, x: float, y: float, z: float) -> bool:
    """Whether a point is in a zone (a row of BoneArrays.regions)."""
    px, py, pz = x - region[3], y - region[4], z - region[5]
    u = (px * region[6] + py * region[7] + pz * region[8]) / region[15]
    v = (px * region[9] + py * region[10] + pz * region[11]) / region[16]
    w = (px * region[12] + py * region[13] + pz * region[14]) / region[17]
    return u * u + v * v + w * w < 1.0


@kernel
def recess_height(row: Float32, x: float, y: float, z: float) -> float:
    """Bone-to-capsule distance of a recess at a point (see `Recess.height`), in mm."""
    px, py, pz = x - row[3], y - row[4], z - row[5]
    v = px * row[9] + py * row[10] + pz * row[11]
    if abs(v) > 9.0:
        return 0.0
    u = (px * row[6] + py * row[7] + pz * row[8]) / row[15]
    w = (px * row[12] + py * row[13] + pz * row[14]) / row[16]
    r2 = u * u + w * w
    if r2 >= 1.0:
        return 0.0
    return row[2] * (1 - r2 * r2)


Boxes = NDArray[np.float32]


@kernel
def box_near(box: Float32, x: float, y: float, z: float, radius: float) -> bool:
    """Whether a ball touches a box (low x, y, z, high x, y, z)."""
    dx = max(max(box[0] - x, x - box[3]), np.float32(0.0))
    dy = max(max(box[1] - y, y - box[4]), np.float32(0.0))
    dz = max(max(box[2] - z, z - box[5]), np.float32(0.0))
    return dx * dx + dy * dy + dz * dz < radius * radius
