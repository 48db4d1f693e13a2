"""Fascia and skin: convex cross-sections that wrap whatever lies inside, joined smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table

DIRECTIONS = 64
STEP_MM = 2.0


@dataclass(frozen=True)
class Sleeve:
    """One convex-sectioned piece of the envelope, along a frame's w.

    Parameters
    ----------
    frame : Frame
    t0 : float
        First station, in mm; the others follow every STEP_MM.
    centre : ndarray of shape (n, 2)
        Of the sections, (u, v) in mm.
    fascia, skin : ndarray of shape (n, DIRECTIONS)
        Distance of the tangent line from the centre for each direction of the normal, in mm:
        the support function of the section.
    capped : bool
        Whether the last stations close it (a fingertip).
    """

    frame: Frame
    t0: float
    centre: Array
    fascia: Array
    skin: Array
    capped: bool


def _angles() -> Array:
    return np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)


def section_normals() -> Array:
    """Directions of the support functions, shape (DIRECTIONS, 2)."""
    return np.stack([np.cos(_angles()), np.sin(_angles())], axis=1)


def _support(local: Array, t: Array, window: float) -> tuple[Array, Array]:
    """Centres (n, 2) and support functions (n, DIRECTIONS) of points around each station."""
    normals = section_normals()
    support = np.full((len(t), DIRECTIONS), np.nan)
    ordered = local[np.argsort(local[:, 2])]
    sorted_t = ordered[:, 2]
    reach = ordered[:, :2].astype(np.float32) @ normals.T.astype(np.float32)
    for i, at in enumerate(t):
        a, b = np.searchsorted(sorted_t, [at - window, at + window])
        if b - a >= 8:
            support[i] = reach[a:b].max(axis=0)
    known = ~np.isnan(support[:, 0])
    for k in range(DIRECTIONS):
        support[:, k] = np.interp(t, t[known], support[known, k])
    half = DIRECTIONS // 4
    centre = np.stack(
        [(support[:, 0] - support[:, 2 * half]) / 2, (support[:, half] - support[:, 3 * half]) / 2],
        1,
    )
    centre = ndimage.gaussian_filter1d(centre, 2.0, axis=0, mode="nearest")
    return centre, support - centre @ normals.T


def _smooth(support: Array, sigma: float) -> Array:
    """Smooth along the limb without cutting into what is inside."""
    once = ndimage.gaussian_filter1d(support, sigma, axis=0, mode="nearest")
    raised = np.maximum(support, once)
    result: Array = ndimage.gaussian_filter1d(raised, 0.6 * sigma, axis=0, mode="nearest")
    lack = np.maximum(support - result, 0)
    result = result + ndimage.gaussian_filter1d(lack, 0.6 * sigma, axis=0, mode="nearest")
    return np.asarray(ndimage.gaussian_filter1d(result, 0.7, axis=1, mode="wrap"))


def _fat(person: Person, region: str) -> Array:
    """Fat thickness for each direction, in mm."""
    rule = load_table("soft")["envelope"]["fat"][region]
    up = np.sin(_angles())
    share = np.abs(up) ** 1.5
    toward = np.where(up > 0, rule["dorsal"], rule["palmar"])
    result: Array = person.values["fat_mm"] * (rule["side"] * (1 - share) + toward * share)
    return result


def skin_thickness(person: Person, up: Array, z_reference: Array) -> Array:
    """Skin thickness for a normal's dorsal component and z in reference mm; in mm."""
    dorsal = person.values["skin_dorsal_mm"]
    palm = person.values["skin_palmar_mm"]
    volar = dorsal + 0.15 + (palm - dorsal - 0.15) * np.clip((z_reference + 25) / 40, 0, 1)
    share = np.clip((0.45 - up) / 0.9, 0, 1)
    result: Array = dorsal + (volar - dorsal) * share
    return result


def limb_sleeve(person: Person, points: Array) -> Sleeve:
    """Forearm, wrist and palm.

    Parameters
    ----------
    person : Person
    points : ndarray of shape (n, 3)
        Surfaces of everything deep to the fascia, the thumb left out.
    """
    rule, scale = load_table("soft")["envelope"], person.scale
    t = np.arange(-72 * scale, 104 * scale, STEP_MM)
    frame = Frame(np.zeros(3), np.eye(3))
    centre, support = _support(points, t, 1.6)
    fascia = _smooth(support, 2.2) + rule["margin_mm"]
    z = t / scale
    at = rule["regions_z"]
    regions = [_fat(person, name) for name in at]
    weights = np.stack([np.interp(z, list(at.values()), row) for row in np.eye(len(at))], 1)
    fat = weights @ np.stack(regions)
    up = np.broadcast_to(np.sin(_angles()), fascia.shape)
    skin = fascia + fat + skin_thickness(person, up, z[:, None])
    return Sleeve(frame, float(t[0]), centre, fascia, skin, capped=False)


def digit_sleeve(
    person: Person, frame: Frame, points: Array, *, start: float, tip: float
) -> Sleeve:
    """A finger, or the thumb with its metacarpal.

    Parameters
    ----------
    person : Person
    frame : Frame
        w along the digit.
    points : ndarray of shape (n, 3)
        Surfaces of everything inside.
    start, tip : float
        Axis coordinates of the first station and of the tip of the bone, in mm.
    """
    pulp = 3.4 * person.scale
    t = np.arange(start, tip + pulp + STEP_MM, STEP_MM)
    local = frame.local(points)
    local = local[(local[:, 2] > start - 3) & (local[:, 2] < tip + 1)]
    centre, support = _support(local, t, 1.8)
    fascia = _smooth(support, 1.6) + 0.15
    emerge = np.clip(0.55 + 0.45 * (t - t[0]) / (9.0 * person.scale), 0, 1)[:, None]
    fascia = fascia * emerge
    up = np.broadcast_to(np.sin(_angles()), fascia.shape)
    skin = (
        fascia
        + emerge * _fat(person, "finger")
        + skin_thickness(person, up, np.full((1, 1), 100.0))
    )
    cap = tip - 4.0 * person.scale
    beyond = np.clip((t - cap) / (tip + pulp - cap), 0, 1)[:, None]
    skin = skin * np.sqrt(np.clip(1 - beyond**2, 0.0, 1))
    inner = np.clip((t - cap) / (tip + 0.4 - cap), 0, 1)[:, None]
    fascia = fascia * np.sqrt(np.clip(1 - inner**2, 0.0, 1))
    return Sleeve(frame, float(t[0]), centre, fascia, skin, capped=True)


def build_sleeves(person: Person, skeleton: Skeleton, points: Array) -> list[Sleeve]:
    """All sleeves around a cloud of points on the surfaces of everything deep to the skin."""
    scale = person.scale
    thumb = skeleton.rays[1]
    axis = Frame.along(
        thumb.metacarpal.origin,
        axis=thumb.segments[0].frame.origin - thumb.metacarpal.origin,
        up=thumb.head.axes[1],
    )
    z = points[:, 2] / scale
    limit = np.interp(z, [-80, 8, 20, 26, 34, 48, 110], [40, 38, 41, 40, 34, 31.5, 40]) * scale
    limb = points[points[:, 0] < limit]
    sleeves = [limb_sleeve(person, limb)]
    local = axis.local(points)
    inside = (np.hypot(local[:, 0], local[:, 1]) < 15.0 * scale) & (local[:, 2] > -6)
    last = thumb.segments[-1]
    tip = axis.local(last.frame.point(0, 0, last.length))[2]
    sleeves.append(digit_sleeve(person, axis, points[inside], start=-1.0 * scale, tip=float(tip)))
    for number in (2, 3, 4, 5):
        ray = skeleton.rays[number]
        local = ray.head.local(points)
        inside = (np.abs(local[:, 0]) < 8.6 * scale) & (np.abs(local[:, 1]) < 16 * scale)
        last = ray.segments[-1]
        tip = ray.head.local(last.frame.point(0, 0, last.length))[2]
        sleeves.append(
            digit_sleeve(
                person, ray.head, points[inside], start=ray.head_half[2] - 1.0, tip=float(tip)
            )
        )
    return sleeves
