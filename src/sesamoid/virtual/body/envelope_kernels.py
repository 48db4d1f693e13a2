"""Distance to skin and fascia."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.envelope_arrays import PackedEnvelope
from sesamoid.virtual.body.solids import Float32
from sesamoid.virtual.compile import Real, inlined

FAR = 60.0
STEP = 2.0
DIRECTIONS = 64
COARSE = 4


@inlined
def _section_distance(
    table: Float32, row: int, f: Real, normals: Float32, u: Real, v: Real, guess: int
) -> tuple[Real, int, Real]:
    """Distance to one convex section, the direction of its nearest face, and the slope there.

    Without a guess (below 0) all directions are searched, coarsely at first.
    """
    best, at = np.float32(-1e6), guess
    if guess < 0:
        for k in range(0, DIRECTIONS, COARSE):
            h = table[row, k] + f * (table[row + 1, k] - table[row, k])
            d = normals[k, 0] * u + normals[k, 1] * v - h
            if d > best:
                best, at = d, k
    start, best = at, np.float32(-1e6)
    for o in range(-COARSE, COARSE + 1):
        k = (start + o) % DIRECTIONS
        h = table[row, k] + f * (table[row + 1, k] - table[row, k])
        d = normals[k, 0] * u + normals[k, 1] * v - h
        if d > best:
            best, at = d, k
    a, b = (at - 1) % DIRECTIONS, (at + 1) % DIRECTIONS
    da = (
        normals[a, 0] * u
        + normals[a, 1] * v
        - table[row, a]
        - f * (table[row + 1, a] - table[row, a])
    )
    db = (
        normals[b, 0] * u
        + normals[b, 1] * v
        - table[row, b]
        - f * (table[row + 1, b] - table[row, b])
    )
    bend = 2 * best - da - db
    if bend > 1e-5:
        best += (db - da) * (db - da) / (np.float32(8.0) * bend)
    return best, at, (table[row + 1, at] - table[row, at]) / np.float32(STEP)


@inlined
def envelope_distance(
    envelope: PackedEnvelope, x: Real, y: Real, z: Real
) -> tuple[Real, Real, Real]:
    """Signed distances to skin and fascia, and the skin's thickness, at a point; in mm."""
    heads, index, centre = envelope.heads, envelope.row, envelope.centre
    fascia, skin, normals = envelope.fascia, envelope.skin, envelope.normals
    web, thickness = envelope.web, envelope.thickness
    d_skin, d_fascia, up = np.float32(FAR), np.float32(FAR), np.float32(1.0)
    blend = thickness[3]
    for s in range(len(heads)):
        px, py, pz = x - heads[s, 0], y - heads[s, 1], z - heads[s, 2]
        t = px * heads[s, 9] + py * heads[s, 10] + pz * heads[s, 11]
        g = (t - heads[s, 12]) / np.float32(STEP)
        rows = index[s, 1]
        over = np.float32(0.0)
        if g < 0:
            # The forearm goes on; a digit begins inside of the palm.
            if s > 0:
                over = -g * np.float32(STEP)
            g = np.float32(0.0)
        if g > rows - 1.001:
            over = (g - (rows - np.float32(1.001))) * np.float32(STEP)
            g = rows - np.float32(1.001)
        i = int(g)
        f = g - i
        row = index[s, 0] + i
        u = px * heads[s, 3] + py * heads[s, 4] + pz * heads[s, 5]
        v = px * heads[s, 6] + py * heads[s, 7] + pz * heads[s, 8]
        u -= centre[row, 0] + f * (centre[row + 1, 0] - centre[row, 0])
        v -= centre[row, 1] + f * (centre[row + 1, 1] - centre[row, 1])
        if u * u + v * v > 4900.0:
            continue
        d, k, slope = _section_distance(skin, row, f, normals, u, v, -1)
        d = d / np.sqrt(1 + slope * slope)
        e, _k, slope = _section_distance(fascia, row, f, normals, u, v, k)
        e = e / np.sqrt(1 + slope * slope)
        if over > 0:
            if over > 30.0:
                continue
            d = np.sqrt(max(d, np.float32(0.0)) ** 2 + over * over)
            e = np.sqrt(max(e, np.float32(0.0)) ** 2 + over * over)
        if s == 0:
            # The palm ends at the webs.
            zw = web[0, 1]
            for m in range(len(web) - 1):
                if x > web[m, 0]:
                    w = min((x - web[m, 0]) / (web[m + 1, 0] - web[m, 0]), np.float32(1.0))
                    zw = web[m, 1] + w * (web[m + 1, 1] - web[m, 1])
            cut = z - zw
            h = max(np.float32(6.0) - abs(d - cut), np.float32(0.0))
            d = max(d, cut) + h * h / np.float32(24.0)
            cut += np.float32(2.5)
            h = max(np.float32(6.0) - abs(e - cut), np.float32(0.0))
            e = max(e, cut) + h * h / np.float32(24.0)
        if d < d_skin:
            up = normals[k, 0] * heads[s, 4] + normals[k, 1] * heads[s, 7]
            if s > 0:
                up = normals[k, 1]
        h = max(blend - abs(d - d_skin), np.float32(0.0))
        d_skin = min(d, d_skin) - h * h / (np.float32(4.0) * blend)
        h = max(blend - abs(e - d_fascia), np.float32(0.0))
        d_fascia = min(e, d_fascia) - h * h / (np.float32(4.0) * blend)
    zr = z / thickness[2]
    dorsal, palm = thickness[0], thickness[1]
    share = min(max((zr + np.float32(25.0)) / np.float32(40.0), np.float32(0.0)), np.float32(1.0))
    volar = dorsal + np.float32(0.15) + (palm - dorsal - np.float32(0.15)) * share
    share = min(max((np.float32(0.45) - up) / np.float32(0.9), np.float32(0.0)), np.float32(1.0))
    return d_skin, d_fascia, dorsal + (volar - dorsal) * share
