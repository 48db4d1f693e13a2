"""From a section to the complex field of echoes, before the beam and the pulse blur it."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.virtual.compile import kernel
from sesamoid.virtual.ultrasound.acoustics import Acoustics
from sesamoid.virtual.ultrasound.echo_parts import (
    FAR,
    A,
    cell_hash,
    mix,
    sheath_facing,
    slope_of,
)
from sesamoid.virtual.ultrasound.echo_plan import EchoPlan
from sesamoid.virtual.ultrasound.textures import BUNDLE_PIXELS, BUNDLES_ACROSS, Textures

STRONG_ECHO = 0.003
"""Part of the pulse's amplitude from which an interface makes a multiple worth drawing (P)."""

HARD = 0.3
"""Part of the pulse's amplitude from which a surface is bone or air: rough, with an afterglow."""

REFRACTION_ANGLE = 0.11
"""Deflection in rad (6 deg) at which a beam has lost 1/e of what its aperture gathers (P)."""

_S10, _M10 = np.uint64(10), np.uint64(1023)
_ZERO, _QUARTER, _HALF = np.float32(0), np.float32(0.25), np.float32(0.5)
_ONE, _FOUR = np.float32(1), np.float32(4)
_NEVER = -1.0
_BEND = np.float32(0.5 / 255)
_WIDTH = np.float32(BUNDLE_PIXELS / BUNDLES_ACROSS)


@kernel
def add_section(
    maps: tuple[Any, ...],
    beams: Any,
    weights: tuple[Any, Any],
    salt: Any,
    epoch: float,
    plan: EchoPlan,
    ac: Acoustics,
    tx: Textures,
    real: Any,
    imag: Any,
) -> None:
    """Add the echoes of one section to the field.

    Parameters
    ----------
    maps : (tissue, facing, fibre, material, gap_mm)
        As in `Section`.
    beams : ndarray of float32, shape (columns,)
        Amplitude with which each beam enters the body.
    weights : two ndarrays of float32, shape (rows,)
        Of scatterers (adding up in power) and of interfaces (adding up in amplitude).
    salt : uint64
        Which draw of the scatterers.
    epoch : float
        Time in lifetimes of the blood's pattern.
    real, imag : ndarray of float32, shape (looks, rows, columns)
        Changed in place.
    """
    tissue, facing, fibre, material, gap = maps
    scatter_weight, interface_weight = weights
    looks, rows, columns = real.shape
    beam = beams.copy()
    trail = np.zeros(columns, np.float32)
    glow = np.zeros(columns, np.float32)
    bundle_above = np.full(columns, -1, np.int64)
    inv_row = np.float32(1.0 / plan.row_mm)
    inv_step = np.float32(1.0 / plan.column_mm)
    too_far = np.float32(1.5 * plan.column_mm)
    spread = np.float32(plan.spread)
    decay = np.float32(plan.clutter_decay)
    clutter = np.float32(plan.clutter)
    glow_gain, glow_decay = np.float32(plan.glow), np.float32(plan.glow_decay)
    interface_gain = np.float32(plan.interface)
    tiny = np.float32(1e-7)
    half = plan.half_steps

    for i in range(rows):
        depth = i * plan.row_mm
        left = beam[0]
        for j in range(columns):
            here = beam[j]
            right = beam[min(j + 1, columns - 1)]
            beam[j] = here + spread * (left + right - here - here)
            left = here
        for j in range(columns):
            a = beam[j]
            if a < tiny and trail[j] < tiny:
                continue
            in_gap = depth < gap[j]
            t = plan.gel if in_gap else int(tissue[i, j])
            u, v, w = material[i, j, 0], material[i, j, 1], material[i, j, 2]
            w_lump = w if ac.per_along[t] > 3 else w * np.float32(0.3)
            lump = tx.lump[
                int(u * _FOUR + FAR) & 63,
                int(v * _FOUR + FAR) & 63,
                int(w_lump * _FOUR + FAR) & 63,
            ]
            echo, hard = _ZERO, _ZERO
            if i > 0:
                above = plan.gel if depth - plan.row_mm < gap[j] else int(tissue[i - 1, j])
                axial = above != t
                beside = t if j == 0 or in_gap or depth < gap[j - 1] else int(tissue[i, j - 1])
                if axial or beside != t:
                    other = above if axial else beside
                    near = facing[i - 1, j] if axial else facing[i, j - 1]
                    cosine = min(facing[i, j], near)
                    r = hard = ac.reflection[other, t]
                    law = ac.law[other, t]
                    weight = ac.facing[law, int(cosine * 255)] * ac.lump[law, lump] ** 2
                    # On a bone's flank one of the two lies in the shadow, the other in the light.
                    lit = max(a, beam[j - 1]) if beside != t else a
                    whole = r * weight * lit
                    portion, to_left = slope_of(tissue, i, j)
                    strength = whole * np.float32(portion)
                    echo = strength * interface_gain
                    if to_left > 0:
                        aside = echo * np.float32(to_left) * interface_weight[i]
                        for k in range(looks):
                            real[k, i, j - 1] += aside
                        echo *= np.float32(1.0 - to_left)
                    if axial:
                        a *= _ONE - r * r
                        bend = ac.bend[other, t]
                        if bend > 0 and cosine < 0.9:
                            turn = (
                                bend
                                * np.sqrt(1 - cosine * cosine)
                                / max(cosine, np.float32(0.03))
                                / REFRACTION_ANGLE
                            )
                            a *= np.float32(0.7 + 0.3 / (1 + turn * turn))
                    # Face to interface and back once more: the same echo at twice the depth.
                    if whole > STRONG_ECHO and 2 * i + 1 < rows:
                        again = whole * strength * plan.multiple * plan.interface
                        again *= _HALF * interface_weight[i]
                        for k in range(looks):
                            real[k, 2 * i, j] += again
                            real[k, 2 * i + 1, j] += again
                            if 3 * i < rows:
                                real[k, 3 * i, j] += again * whole * plan.multiple
            a *= ac.loss[t]

            angle = ac.anisotropy[t, int(fibre[i, j] * 255)]
            scatter = ac.echo[t] * angle * ac.lump[t, lump]
            per_mm = ac.bundle_pixels[t]
            if per_mm > 0:
                at = w + w + FAR
                step = int(at) & 127
                part = at - np.float32(int(at))
                after = (step + 1) & 127
                wave_u = tx.wobble[0, step] * (_ONE - part) + tx.wobble[0, after] * part
                wave_v = tx.wobble[1, step] * (_ONE - part) + tx.wobble[1, after] * part
                # Bundles are not straight-edged: the slow inhomogeneity bends their borders.
                bent = (np.float32(lump) - np.float32(127.5)) * _BEND
                wave_u += bent
                wave_v -= bent
                bundle = int(
                    tx.bundle[
                        int(u * per_mm + _WIDTH * wave_u + FAR) & 1023,
                        int(v * per_mm + _WIDTH * wave_v + FAR) & 1023,
                    ]
                )
                scatter *= ac.bundle_gain[t, tx.along[bundle & 255, step]]
                before = bundle_above[j]
                if before >= 0 and before != bundle:
                    # Sheaths fade in and out along the fibres: few are bright, most hardly seen.
                    seen = tx.along[(bundle * 7 + before * 13) & 255, step]
                    cosine = sheath_facing(
                        tx.seeds,
                        before,
                        bundle,
                        (u - material[i - 1, j, 0]) * inv_row,
                        (v - material[i - 1, j, 1]) * inv_row,
                    )
                    sheath = ac.line[t, seen] * ac.facing[t, int(cosine * 255)]
                    echo += sheath * angle * a * ac.lump[t, lump] ** 2
                bundle_above[j] = bundle
            else:
                bundle_above[j] = -1
            scatter *= a
            level = scatter + clutter * trail[j] + glow[j]
            glow[j] *= glow_decay
            haze = scatter
            if hard > HARD:
                glow[j] += glow_gain * echo
            else:
                haze += echo
            trail[j] = decay * trail[j] + (_ONE - decay) * haze
            beam[j] = a

            # How far a lateral step goes in the tissue, and how much of it along the fibres.
            du, dv, dw = _ZERO, _ZERO, _ZERO
            for nearby in (j + 1, j - 1):
                if 0 <= nearby < columns:
                    sign = np.float32(nearby - j)
                    du = sign * (material[i, nearby, 0] - u)
                    dv = sign * (material[i, nearby, 1] - v)
                    dw = sign * (material[i, nearby, 2] - w)
                    if abs(du) < too_far and abs(dv) < too_far and abs(dw) < too_far:
                        break
                    du, dv, dw = _ZERO, _ZERO, _ZERO
            share = min(8, int(abs(dw) * inv_step * np.float32(8) + np.float32(0.5)))
            level *= plan.speckle_gain[i, t, share] * scatter_weight[i]
            echo *= interface_weight[i]

            u *= ac.per_across[t]
            v *= ac.per_across[t]
            w *= ac.per_along[t]
            time = epoch if ac.flows[t] else _NEVER
            if half == 2:
                du *= ac.per_across[t] * _QUARTER
                dv *= ac.per_across[t] * _QUARTER
                dw *= ac.per_along[t] * _QUARTER
                one = cell_hash(u - du, v - dv, w - dw, time, salt)
                two = cell_hash(u + du, v + dv, w + dw, time, salt)
                level *= _HALF
                for k in range(looks):
                    if k == 3 or k == 6:
                        one, two = mix(one + A), mix(two + A)
                    at = np.uint64(20 * (k % 3))
                    real[k, i, j] += echo + level * (
                        tx.normal[(one >> at) & _M10] + tx.normal[(two >> at) & _M10]
                    )
                    at += _S10
                    imag[k, i, j] += level * (
                        tx.normal[(one >> at) & _M10] + tx.normal[(two >> at) & _M10]
                    )
            else:
                one = cell_hash(u, v, w, time, salt)
                for k in range(looks):
                    if k == 3 or k == 6:
                        one = mix(one + A)
                    at = np.uint64(20 * (k % 3))
                    real[k, i, j] += echo + level * tx.normal[(one >> at) & _M10]
                    at += _S10
                    imag[k, i, j] += level * tx.normal[(one >> at) & _M10]
