"""Kernels of packing: how far the bones are, and pushing lines apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.solids import Float32, solid_distance
from sesamoid.virtual.compile import Real, bare_kernel, inlined, kernel, single

# The bones are felt anew every so many rounds.
BONE_STRIDE = 6
# How far bones are looked for, and within which they can push.
FARTHEST_MM, NEAR_MM = single(30.0), single(5.0)


@inlined
def bone_distance(
    parts: Float32,
    ranges: NDArray[np.int32],
    boxes: Float32,
    limit: Real,
    x: Real,
    y: Real,
    z: Real,
) -> Real:
    """Distance to the nearest bone, or the limit if that is nearer; boxes keep the far ones out."""
    best = limit
    for b in range(len(ranges)):
        dx = max(max(boxes[b, 0] - x, x - boxes[b, 3]), np.float32(0.0))
        dy = max(max(boxes[b, 1] - y, y - boxes[b, 4]), np.float32(0.0))
        dz = max(max(boxes[b, 2] - z, z - boxes[b, 5]), np.float32(0.0))
        if dx * dx + dy * dy + dz * dz < best * best:
            d = solid_distance(parts, ranges[b, 0], ranges[b, 1], x, y, z)
            best = min(best, d)
    return best


@kernel
def bone_distances(
    parts: Float32, ranges: NDArray[np.int32], boxes: Float32, points: Float32
) -> Float32:
    """`bone_distance` of points of shape (n, 3)."""
    result = np.empty(len(points), dtype=np.float32)
    for i in range(len(points)):
        result[i] = bone_distance(
            parts, ranges, boxes, FARTHEST_MM, points[i, 0], points[i, 1], points[i, 2]
        )
    return result


@inlined
def _reach(w: Real, h: Real, angle: Real, nx: Real, ny: Real, mx: Real, my: Real) -> Real:
    """Half extent of an ellipse along (nx, ny); (mx, my) is its slope dx/dz, dy/dz."""
    c, s = np.cos(angle), np.sin(angle)
    u, v = nx * c + ny * s, -nx * s + ny * c
    along = nx * mx + ny * my
    return np.sqrt((w * u) ** 2 + (h * v) ** 2) * np.sqrt(1 + along * along)


@bare_kernel
def relax_kernel(
    x: Array,
    y: Array,
    w: Array,
    h: Array,
    angle: Array,
    active: NDArray[np.bool_],
    pinned: NDArray[np.bool_],
    clearance: Array,
    side: NDArray[np.int32],
    z: Array,
    parts: Float32,
    ranges: NDArray[np.int32],
    boxes: Float32,
    roof: Float32,
    roof_half: Float32,
    roof_x0: Real,
    roof_z0: Real,
    roof_step: Real,
    rounds: int,
    spring: Real,
    smooth: Real,
    margin: Real,
    tx: Array,
    ty: Array,
    work: Array,
    left: Array,
) -> Real:
    """Rounds of moving lines apart, in place (see `packing.relax`); the largest overlap left.

    `left` of shape (n, nz) takes the overlaps of each line with whatever it meets, in mm.
    """
    n, nz = x.shape
    # Distance, gradient and place at three points across, refreshed every few rounds.
    bd, bgx, bgy, bx, by = work[0], work[1], work[2], work[3], work[4]
    worst = 0.0
    for step in range(rounds):
        worst = 0.0
        for i in range(n):
            for k in range(nz):
                left[i, k] = 0.0
        if step % BONE_STRIDE == 0:
            for i in range(n):
                for k in range(nz):
                    if not active[i, k] or pinned[i, k]:
                        continue
                    c, s = np.cos(angle[i, k]), np.sin(angle[i, k])
                    for m in range(3):
                        o = (m - 1) * 0.62 * w[i, k]
                        px, py = x[i, k] + o * c, y[i, k] + o * s
                        d = bone_distance(parts, ranges, boxes, NEAR_MM, px, py, z[k])
                        bd[i, k, m], bx[i, k, m], by[i, k, m] = d, x[i, k], y[i, k]
                        if d < NEAR_MM:
                            gx = bone_distance(parts, ranges, boxes, NEAR_MM, px + 0.1, py, z[k])
                            gy = bone_distance(parts, ranges, boxes, NEAR_MM, px, py + 0.1, z[k])
                            gx, gy = gx - d, gy - d
                            norm = np.sqrt(gx * gx + gy * gy) + 1e-6
                            bgx[i, k, m], bgy[i, k, m] = gx / norm, gy / norm
        for i in range(n):
            for k in range(nz):
                if not active[i, k] or pinned[i, k]:
                    continue
                x[i, k] += spring * (tx[i, k] - x[i, k])
                y[i, k] += spring * (ty[i, k] - y[i, k])
        if smooth > 0:
            for i in range(n):
                for k in range(1, nz - 1):
                    if active[i, k - 1] and active[i, k] and active[i, k + 1] and not pinned[i, k]:
                        x[i, k] += smooth * (0.5 * (x[i, k - 1] + x[i, k + 1]) - x[i, k])
                        y[i, k] += smooth * (0.5 * (y[i, k - 1] + y[i, k + 1]) - y[i, k])
        for k in range(nz):
            ka, kb = max(k - 1, 0), min(k + 1, nz - 1)
            for i in range(n):
                if not active[i, k]:
                    continue
                ia = ka if active[i, ka] else k
                ib = kb if active[i, kb] else k
                dz = max(z[ib] - z[ia], 1e-6) if ib > ia else 1.0
                mx, my = (x[i, ib] - x[i, ia]) / dz, (y[i, ib] - y[i, ia]) / dz
                for j in range(i + 1, n):
                    if not active[j, k] or (pinned[i, k] and pinned[j, k]):
                        continue
                    dx, dy = x[j, k] - x[i, k], y[j, k] - y[i, k]
                    far = (max(w[i, k], h[i, k]) + max(w[j, k], h[j, k])) * 1.5 + margin
                    if abs(dx) > far or abs(dy) > far:
                        continue
                    ja = ka if active[j, ka] else k
                    jb = kb if active[j, kb] else k
                    dzj = max(z[jb] - z[ja], 1e-6) if jb > ja else 1.0
                    sx, sy = (x[j, jb] - x[j, ja]) / dzj, (y[j, jb] - y[j, ja]) / dzj
                    # The axis that separates them best: between centres, or a normal of either.
                    best, nx, ny = -1e9, 1.0, 0.0
                    for m in range(7):
                        if m == 0:
                            ax, ay = dx, dy
                        elif m < 4:
                            a = angle[i, k] + np.pi / 2 + (m - 2) * 0.35
                            ax, ay = np.cos(a), np.sin(a)
                        else:
                            a = angle[j, k] + np.pi / 2 + (m - 5) * 0.35
                            ax, ay = np.cos(a), np.sin(a)
                        length = np.sqrt(ax * ax + ay * ay) + 1e-9
                        ax, ay = ax / length, ay / length
                        apart = ax * dx + ay * dy
                        if apart < 0:
                            ax, ay, apart = -ax, -ay, -apart
                        gap = (
                            apart
                            - _reach(w[i, k], h[i, k], angle[i, k], ax, ay, mx, my)
                            - _reach(w[j, k], h[j, k], angle[j, k], ax, ay, sx, sy)
                        )
                        if gap > best:
                            best, nx, ny = gap, ax, ay
                    if best < margin:
                        push = margin - best
                        worst = max(worst, push)
                        left[i, k] = max(left[i, k], push)
                        left[j, k] = max(left[j, k], push)
                        # Larger ones move less.
                        ai, aj = w[i, k] * h[i, k], w[j, k] * h[j, k]
                        share = aj / (ai + aj)
                        if pinned[i, k]:
                            share = 0.0
                        elif pinned[j, k]:
                            share = 1.0
                        push *= 0.7
                        x[i, k] -= share * push * nx
                        y[i, k] -= share * push * ny
                        x[j, k] += (1 - share) * push * nx
                        y[j, k] += (1 - share) * push * ny
        for i in range(n):
            for k in range(nz):
                if not active[i, k] or pinned[i, k]:
                    continue
                if side[i] != 0:
                    fi = (x[i, k] - roof_x0) / roof_step
                    fj = (z[k] - roof_z0) / roof_step
                    if 1 <= fi < roof.shape[0] - 2 and 0 <= fj < roof.shape[1] - 1:
                        a, b = int(fi), int(fj)
                        f = fi - a
                        y0 = roof[a, b] * (1 - f) + roof[a + 1, b] * f
                        slope = (roof[a + 1, b] - roof[a - 1, b]) / (2 * roof_step)
                        norm = np.sqrt(1 + slope * slope)
                        nx, ny = -slope / norm, 1 / norm
                        gap = (y[i, k] - y0) / norm * side[i]
                        need = (
                            _reach(w[i, k], h[i, k], angle[i, k], nx, ny, 0.0, 0.0)
                            + roof_half[a, b]
                            + 0.12
                        )
                        if gap < need:
                            x[i, k] += 0.6 * (need - gap) * nx * side[i]
                            y[i, k] += 0.6 * (need - gap) * ny * side[i]
                for m in range(3):
                    gx, gy = bgx[i, k, m], bgy[i, k, m]
                    if bd[i, k, m] >= NEAR_MM:
                        continue
                    d = bd[i, k, m] + (x[i, k] - bx[i, k, m]) * gx + (y[i, k] - by[i, k, m]) * gy
                    need = clearance[i, k]
                    if m == 1:
                        need += _reach(w[i, k], h[i, k], angle[i, k], gx, gy, 0.0, 0.0)
                    else:
                        # At 62 % of the half width an ellipse is 78 % as high.
                        need += 0.78 * h[i, k]
                    if d < need:
                        worst = max(worst, need - d)
                        left[i, k] = max(left[i, k], need - d)
                        x[i, k] += 0.6 * (need - d) * gx
                        y[i, k] += 0.6 * (need - d) * gy
    return worst
