"""Is a point in this tube, in this solid?"""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.compile import Real, inlined, single

OUTSIDE = single(1e3)
ZERO, HALF, ONE, TWO = single(0), single(0.5), single(1), single(2)
TINY, REACH, NEAR = single(0.05), single(1.15), single(0.9)
SHALLOW, THIN, DEEP = single(1e-9), single(0.02), single(9.0)


@inlined
def tube_near(
    heads: Float32,
    row: int,
    stations: Float32,
    first: int,
    count: int,
    x: Real,
    y: Real,
    z: Real,
    radius: Real,
) -> Real:
    """Whether a ball may touch a tube; sometimes true for nothing, never false for something."""
    px, py, pz = x - heads[row, 0], y - heads[row, 1], z - heads[row, 2]
    t = px * heads[row, 9] + py * heads[row, 10] + pz * heads[row, 11]
    g = (t - heads[row, 12]) * heads[row, 13]
    slack = radius * heads[row, 13]
    if g < -slack or g > count - 1 + slack:
        return False
    i = first + min(max(int(g + HALF), 0), count - 1)
    u = px * heads[row, 3] + py * heads[row, 4] + pz * heads[row, 5] - stations[i, 0]
    v = px * heads[row, 6] + py * heads[row, 7] + pz * heads[row, 8] - stations[i, 1]
    slope = stations[i, 6]
    reach = (
        max(stations[i, 2], stations[i, 3]) * np.float32(1.1)
        + radius * np.float32(1.6)
        + np.float32(0.8)
    )
    return (u * u + v * v) * slope * slope < reach * reach


@inlined
def tube_probe(
    heads: Float32,
    row: int,
    stations: Float32,
    first: int,
    count: int,
    widen: Real,
    x: Real,
    y: Real,
    z: Real,
) -> tuple[Real, Real, Real, Real, Real, Real, int]:
    """Signed distance, coordinates across, up and along, half sizes and station at a point.

    The nearest point of the centre line is found by two Newton steps from where the point projects
    on the tube's axis, so that the cross-section is perpendicular to the line, not to the axis.
    """
    px, py, pz = x - heads[row, 0], y - heads[row, 1], z - heads[row, 2]
    t = px * heads[row, 9] + py * heads[row, 10] + pz * heads[row, 11]
    g = (t - heads[row, 12]) * heads[row, 13]
    if g < -TWO or g > count + ONE:
        return OUTSIDE, ZERO, ZERO, ZERO, ONE, ONE, first
    pu = px * heads[row, 3] + py * heads[row, 4] + pz * heads[row, 5]
    pv = px * heads[row, 6] + py * heads[row, 7] + pz * heads[row, 8]
    last = np.float32(count) - np.float32(1.001)
    step = ONE / heads[row, 13]
    for turn in range(2):
        h = min(max(g, ZERO), last)
        i = int(h)
        f = h - np.float32(i)
        i += first
        du = pu - stations[i, 0] - f * (stations[i + 1, 0] - stations[i, 0])
        dv = pv - stations[i, 1] - f * (stations[i + 1, 1] - stations[i, 1])
        if turn == 0:
            reach = REACH * max(stations[i, 2], stations[i, 3]) + NEAR
            if (du * du + dv * dv) * stations[i, 6] * stations[i, 6] > reach * reach:
                return OUTSIDE, ZERO, ZERO, ZERO, ONE, ONE, first
        dt = t - heads[row, 12] - g * step
        ahead = du * stations[i, 4] + dv * stations[i, 5] + dt * stations[i, 6]
        g += ahead * stations[i, 6] * heads[row, 13]
    if g < ZERO or g > count - ONE:
        return OUTSIDE, ZERO, ZERO, ZERO, ONE, ONE, first
    h = min(max(g, ZERO), last)
    i = int(h)
    f = h - np.float32(i)
    i += first
    du = pu - stations[i, 0] - f * (stations[i + 1, 0] - stations[i, 0])
    dv = pv - stations[i, 1] - f * (stations[i + 1, 1] - stations[i, 1])
    dt = t - heads[row, 12] - g * step
    w = (stations[i, 2] + f * (stations[i + 1, 2] - stations[i, 2])) * widen
    q = (stations[i, 3] + f * (stations[i + 1, 3] - stations[i, 3])) * widen
    s = stations[i, 13] + f * (stations[i + 1, 13] - stations[i, 13])
    # The directions of the nearer station; neighbours differ by a degree or so.
    if f > HALF:
        i += 1
    u = du * stations[i, 7] + dv * stations[i, 8] + dt * stations[i, 9]
    v = du * stations[i, 10] + dv * stations[i, 11] + dt * stations[i, 12]
    a, b = abs(u) / w, abs(v) / q
    if heads[row, 14] == TWO:
        k = np.sqrt(a * a + b * b)
        if k < TINY:
            return -min(w, q), u, v, s, w, q, i
        ga, gb = a / w, b / q
        d = k * (k - ONE) / np.sqrt(ga * ga + gb * gb)
    else:
        k = np.cbrt(a * a * a + b * b * b)
        if k < TINY:
            return -min(w, q), u, v, s, w, q, i
        ga, gb = a * a / w, b * b / q
        d = k * k * (k - ONE) / np.sqrt(ga * ga + gb * gb)
    return d, u, v, s, w, q, i


@inlined
def tube_facing(
    heads: Float32,
    row: int,
    stations: Float32,
    i: int,
    u: Real,
    v: Real,
    w: Real,
    q: Real,
    bx: Real,
    by: Real,
    bz: Real,
) -> tuple[Real, Real]:
    """|cosine| of the beam with the surface's normal, and with the fibres."""
    bu = bx * heads[row, 3] + by * heads[row, 4] + bz * heads[row, 5]
    bv = bx * heads[row, 6] + by * heads[row, 7] + bz * heads[row, 8]
    bt = bx * heads[row, 9] + by * heads[row, 10] + bz * heads[row, 11]
    across = bu * stations[i, 7] + bv * stations[i, 8] + bt * stations[i, 9]
    up = bu * stations[i, 10] + bv * stations[i, 11] + bt * stations[i, 12]
    along = bu * stations[i, 4] + bv * stations[i, 5] + bt * stations[i, 6]
    if heads[row, 14] == TWO:
        a, b = u / (w * w), v / (q * q)
    else:
        a, b = u * abs(u) / (w * w * w), v * abs(v) / (q * q * q)
    length = np.sqrt(a * a + b * b) + SHALLOW
    return min(abs(a * across + b * up) / length, ONE), min(abs(along), ONE)


@inlined
def sheet_probe(
    sheet: Float32, half: Float32, at: Float32, x: Real, y: Real, z: Real
) -> tuple[Real, Real, Real]:
    """Distance to a height field's sheet, and its slopes dy/dx and dy/dz."""
    i, j = (x - at[0]) * at[3], (z - at[1]) * at[3]
    if i < ZERO or j < ZERO or i >= sheet.shape[0] - 1 or j >= sheet.shape[1] - 1:
        return OUTSIDE, ZERO, ZERO
    a, b = int(i), int(j)
    f, g = i - np.float32(a), j - np.float32(b)
    thick = (half[a, b] * (ONE - f) + half[a + 1, b] * f) * (ONE - g) + (
        half[a, b + 1] * (ONE - f) + half[a + 1, b + 1] * f
    ) * g
    if thick <= THIN:
        return OUTSIDE, ZERO, ZERO
    h0 = sheet[a, b] * (ONE - f) + sheet[a + 1, b] * f
    h1 = sheet[a, b + 1] * (ONE - f) + sheet[a + 1, b + 1] * f
    sx = (sheet[a + 1, b] - sheet[a, b]) * at[3]
    sz = (h1 - h0) * at[3]
    above = (y - h0 - g * (h1 - h0)) / np.sqrt(ONE + sx * sx + sz * sz)
    return abs(above) - thick, sx, sz


@inlined
def in_region(regions: Float32, m: int, x: Real, y: Real, z: Real) -> Real:
    """Whether a point is in a zone (a row of BoneArrays.regions)."""
    px, py, pz = x - regions[m, 3], y - regions[m, 4], z - regions[m, 5]
    u = (px * regions[m, 6] + py * regions[m, 7] + pz * regions[m, 8]) / regions[m, 15]
    v = (px * regions[m, 9] + py * regions[m, 10] + pz * regions[m, 11]) / regions[m, 16]
    w = (px * regions[m, 12] + py * regions[m, 13] + pz * regions[m, 14]) / regions[m, 17]
    return u * u + v * v + w * w < ONE


@inlined
def recess_height(recesses: Float32, k: int, x: Real, y: Real, z: Real) -> Real:
    """Bone-to-capsule distance of a recess at a point (see `Recess.height`), in mm."""
    px, py, pz = x - recesses[k, 3], y - recesses[k, 4], z - recesses[k, 5]
    v = px * recesses[k, 9] + py * recesses[k, 10] + pz * recesses[k, 11]
    if abs(v) > DEEP:
        return ZERO
    u = (px * recesses[k, 6] + py * recesses[k, 7] + pz * recesses[k, 8]) / recesses[k, 15]
    w = (px * recesses[k, 12] + py * recesses[k, 13] + pz * recesses[k, 14]) / recesses[k, 16]
    r2 = u * u + w * w
    if r2 >= ONE:
        return ZERO
    return recesses[k, 2] * (ONE - r2 * r2)


@inlined
def box_near(boxes: Float32, i: int, x: Real, y: Real, z: Real, radius: Real) -> Real:
    """Whether a ball touches a box (a row of low x, y, z, high x, y, z)."""
    dx = max(max(boxes[i, 0] - x, x - boxes[i, 3]), np.float32(0.0))
    dy = max(max(boxes[i, 1] - y, y - boxes[i, 4]), np.float32(0.0))
    dz = max(max(boxes[i, 2] - z, z - boxes[i, 5]), np.float32(0.0))
    return dx * dx + dy * dy + dz * dz < radius * radius
