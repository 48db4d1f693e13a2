"""Layers over the bones of a finger: extensor, flexors, pulley; laid on the bone's own profile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray
from sesamoid.virtual.body.soft import Recess
from sesamoid.virtual.body.tubes import Kind, Rank, Tube

STEP_MM = 1.0
PERIOSTEUM_MM = 0.35


@dataclass(frozen=True)
class Waypoints:
    """A line over a finger, to be joined to its part in the hand.

    Parameters
    ----------
    points, up : ndarray of shape (n, 3)
    half : ndarray of shape (n, 2)
    """

    points: Array
    half: Array
    up: Array


@dataclass(frozen=True)
class Profile:
    """The bones of a finger in its sagittal plane, along the axis of its head frame.

    Parameters
    ----------
    t : ndarray of shape (n,)
        Axis coordinate in mm, 0 at the centre of the metacarpal's head.
    dorsal, palmar : ndarray of shape (n,)
        Distance of the surface from the axis, in mm; a taut line over it.
    """

    t: Array
    dorsal: Array
    palmar: Array

    def dorsal_at(self, t: float) -> float:
        """Distance of the back of the bones from the axis."""
        return float(np.interp(t, self.t, self.dorsal))

    def palmar_at(self, t: float) -> float:
        """Distance of the palmar face of the bones from the axis."""
        return float(np.interp(t, self.t, self.palmar))


def profile(skeleton: Skeleton, ray: Ray, *, u: float = 0.0) -> Profile:
    """Cast rays from both sides on the bones of one ray."""
    last = ray.segments[-1]
    end = ray.head.local(last.frame.point(0, 0, last.length))[2]
    t = np.arange(-0.55 * ray.length, end + STEP_MM, STEP_MM)
    v = np.arange(-16.0, 16.0, 0.1)
    points = (
        ray.head.origin
        + u * ray.head.axes[0]
        + v[None, :, None] * ray.head.axes[1]
        + t[:, None, None] * ray.head.axes[2]
    )
    keys = [f"metacarpal_{ray.number}", *(s.key for s in ray.segments)]
    inside = np.min([skeleton.solid(k).distance(points) for k in keys], axis=0) < 0
    top = np.where(inside, v, -np.inf).max(axis=1)
    bottom = np.where(inside, -v, -np.inf).max(axis=1)
    return Profile(t, _taut(top), _taut(bottom))


def _taut(height: NDArray[np.float64]) -> Array:
    """A line that lies on the heights and bridges gaps and valleys."""
    known = np.isfinite(height)
    filled = np.interp(np.arange(len(height)), np.flatnonzero(known), height[known])
    closed = ndimage.grey_closing(filled, size=9, mode="nearest")
    smooth = ndimage.gaussian_filter1d(closed, 1.6, mode="nearest")
    result: Array = ndimage.gaussian_filter1d(np.maximum(smooth, filled), 1.0, mode="nearest")
    return np.maximum(result, filled)


def _straight(level: Array, size: int) -> Array:
    """A tendon's floor: it does not follow dips shorter than `size` samples."""
    closed = ndimage.grey_closing(level, size=size, mode="nearest")
    smooth = ndimage.gaussian_filter1d(closed, size / 4, mode="nearest")
    lack = np.maximum(level - smooth, 0)
    result: Array = smooth + ndimage.gaussian_filter1d(lack, size / 5, mode="nearest")
    return np.maximum(result, level)


def _on(frame: Frame, t: Array, v: Array, u: Array | float, half: Array, sign: float) -> Waypoints:
    local = np.c_[np.broadcast_to(u, t.shape), v, t]
    points = frame.origin + local @ frame.axes
    return Waypoints(points, half, np.broadcast_to(frame.axes[1] * sign, points.shape).copy())


def extensor(
    person: Person, ray: Ray, bones: Profile, recess: Recess | None, *, beside: float, start: float
) -> Waypoints:
    """The extensor tendon from the metacarpal's neck to the distal phalanx."""
    rule, scale = load_table("tubes")["digits"]["extensor"], person.scale
    capsule = load_table("soft")["capsule"]["mcp_thickness_mm"]
    last = ray.segments[-1]
    end = ray.head.local(last.frame.point(0, 0, 0.22 * last.length))[2]
    t = np.arange(start, end, 2.0)
    base = np.interp(t, bones.t, bones.dorsal)
    lift = np.full_like(t, PERIOSTEUM_MM)
    if recess is not None:
        local = np.c_[np.zeros_like(t), base, t]
        points = ray.head.origin + local @ ray.head.axes
        near = np.clip(1.2 - np.abs(t) / 14.0, 0, 1)
        lift = lift + recess.height(points) + capsule * near
    width = np.interp(t, [0, ray.head_half[2] + 12, end], [1.0, 0.95, 0.62]) * rule["width"] / 2
    height = np.interp(t, [0, ray.head_half[2] + 12, end], [1.0, 0.9, 0.5]) * rule["height"] / 2
    aside = np.full_like(t, beside)
    if ray.number == 1:
        # EPL comes to the middle beyond the joint; EPB ends at the proximal phalanx.
        width = width * np.interp(t, [-10, 8], [0.55, 0.75])
        aside = beside * np.interp(t, [ray.head_half[2] - 2, ray.head_half[2] + 14], [1.0, 0.0])
    if beside > 0 and ray.number == 1:
        keep, width, height = t < ray.head_half[2] + 6.0, 0.75 * width, 0.9 * height
        aside = np.full_like(t, beside)
    elif beside and ray.number > 1:
        keep, width, height = t < 2.0, 0.35 * width, 0.8 * height
        base = base - 0.05 * beside**2
    else:
        keep = np.full(len(t), True)
    half = np.c_[width, height] * scale
    level = _straight(base + lift, 9) + half[:, 1]
    return _on(ray.head, t[keep], level[keep], aside[keep] * scale, half[keep], 1.0)


@dataclass(frozen=True)
class FlexorLayers:
    """The palmar side of a finger.

    Parameters
    ----------
    deep, superficial : Waypoints
        FDP (FPL of the thumb), and FDS up to where it splits; None for the thumb.
    tubes : tuple of Tube
        FDS slips, A1 pulley, sheath.
    """

    deep: Waypoints
    superficial: Waypoints | None
    tubes: tuple[Tube, ...]


def flexors(person: Person, ray: Ray, bones: Profile) -> FlexorLayers:
    """Tendons and pulley over the palmar face of the bones, volar plates between."""
    values, scale, number = person.values, person.scale, ray.number
    rule = load_table("tubes")["digits"]
    thumb = number == 1
    last = ray.segments[-1]
    end = ray.head.local(last.frame.point(0, 0, 0.28 * last.length))[2]
    start = -12.0 * scale
    t = np.arange(start, end, 1.5)
    floor = np.interp(t, bones.t, bones.palmar) + PERIOSTEUM_MM
    floor = floor + _plate(person, ray, t)
    if thumb:
        # Between the sesamoids' crests, on the plate that holds them.
        floor = np.maximum(floor, np.interp(t, [-9, -4, 6, 10], [0, 1, 1, 0]) * (
            ray.head_half[1] + values["mcp_volar_plate_mm"] + 2.5 * scale))
    floor = _straight(floor, 17)
    sheath = rule["sheath_mm"] + values[f"trigger_sheath_{number}_mm"]
    pip = None if thumb else ray.head.local(ray.segments[0].frame.origin)[2]

    name = "fpl" if thumb else f"fdp_{number}"
    wide, high = (1.2, 1.05) if thumb else (1.36, 0.82)
    fade = np.interp(t, [end - 14, end], [1.0, 0.55])
    deep_half = np.c_[
        0.5 * values[f"{name}_width_mm"] * wide * np.interp(t, [end - 14, end], [1, 1.1]),
        0.5 * values[f"{name}_height_mm"] * high * fade,
    ]
    tubes: list[Tube] = []
    chiasm = np.zeros_like(t)
    superficial = None
    stack = 2 * deep_half[:, 1]
    if pip is not None:
        proximal = ray.segments[0].length
        split, joined = pip + 0.46 * proximal, pip + 0.86 * proximal
        chiasm_end = pip + proximal + 0.3 * ray.segments[1].length
        chiasm = 1.2 * scale * np.interp(
            t, [joined - 4, joined + 2, chiasm_end, chiasm_end + 4], [0, 1, 1, 0]
        )
    deep_v = floor + chiasm + sheath + deep_half[:, 1]
    deep = _on(ray.head, t, -deep_v, 0.0, deep_half, 1.0)
    if pip is not None:
        fds_half = 0.5 * np.array(
            [values[f"fds_{number}_width_mm"] * 1.62, values[f"fds_{number}_height_mm"] * 0.74]
        )
        s = t[t < split + 0.16 * proximal]
        shrink = np.interp(s, [split, split + 0.16 * proximal], [1.0, 0.15])
        half = np.c_[fds_half[0] * (0.3 + 0.7 * shrink), fds_half[1] * shrink]
        above = np.interp(s, t, deep_v + deep_half[:, 1]) + sheath + half[:, 1]
        superficial = _on(ray.head, s, -above, 0.0, half, 1.0)
        stack = np.interp(t, s, 2 * half[:, 1] + sheath, right=0.0) + stack + sheath
        tubes += _slips(person, ray, t, deep_v, deep_half, (split, joined, chiasm_end))
    tubes += _pulley(person, ray, t, floor, stack, deep_half, sheath)
    return FlexorLayers(deep, superficial, tuple(tubes))


def _plate(person: Person, ray: Ray, t: Array) -> Array:
    """Thickness of the volar plates along a finger, in mm."""
    hr, gap = ray.head_half[2], 1.3 * person.scale
    thick = person.values["mcp_volar_plate_mm"]
    found = thick * np.interp(t, [-1.2 * hr, -0.6 * hr, hr + gap + 1, hr + gap + 6], [0, 1, 1, 0])
    if ray.number > 1:
        joint = ray.head.local(ray.segments[1].frame.origin)[2]
        half = ray.segments[0].head_half[1]
        plate = person.values["pip_volar_plate_mm"]
        found = found + plate * np.interp(
            t, [joint - 2.6 * half, joint - 1.8 * half, joint + 0.3 * half, joint + 1.2 * half],
            [0, 1, 1, 0],
        )
        joint = ray.head.local(ray.segments[2].frame.origin)[2]
        found = found + 0.8 * np.interp(t, [joint - 6, joint - 3, joint + 1, joint + 3], [0, 1, 1, 0])
    return np.asarray(found, dtype=np.float64)


def _slips(
    person: Person, ray: Ray, t: Array, deep_v: Array, deep_half: Array,
    where: tuple[float, float, float],
) -> list[Tube]:
    """FDS past its split: two slips around FDP that meet again under it and insert."""
    split, joined, end = where
    s = np.linspace(split - 2.0, end, 24)
    turn = np.clip((s - split) / (joined - split), 0, 1)
    turn = turn * turn * (3 - 2 * turn)
    angle = np.pi * turn
    mid_v, mid_w = np.interp(s, t, deep_v), np.interp(s, t, deep_half[:, 0])
    mid_h = np.interp(s, t, deep_half[:, 1])
    w = np.interp(turn, [0, 0.5, 1], [1.5, 0.62, 1.6]) * person.scale
    h = np.interp(turn, [0, 0.5, 1], [0.42, 1.0, 0.52]) * person.scale
    w *= np.interp(s, [end - 5, end], [1, 0.7])
    found = []
    for sign in (1.0, -1.0):
        u = sign * (np.sin(angle) * (mid_w + w + 0.3) + 1.3 * person.scale * (1 - np.sin(angle)))
        v = -(mid_v + np.cos(angle) * (mid_h + h + 0.3))
        way = _on(ray.head, s, v, u, np.c_[w, h], 1.0)
        found.append(
            Tube(
                f"fds_{ray.number}", "tendon", way.points, way.half, way.up,
                Frame(way.points[0], ray.head.axes), glide=f"flexor_{ray.number}",
            )
        )
    return found


def _pulley(
    person: Person, ray: Ray, t: Array, floor: Array, stack: Array, deep_half: Array,
    sheath: float,
) -> list[Tube]:
    """The A1 pulley as a shell around the tendons, and the sheath that goes on."""
    rule, scale = load_table("tubes")["digits"], person.scale
    number = ray.number
    wall = person.values[f"a1_thickness_{number}_mm"]
    widest = deep_half[:, 0]
    if number > 1:
        widest = np.maximum(widest, 0.5 * person.values[f"fds_{number}_width_mm"] * 1.62)
    inner = np.c_[widest + rule["a1"]["side_room"] * scale + sheath, stack / 2 + sheath + 0.12]
    middle = floor + stack / 2 + sheath
    low, high = rule["a1"]["from"] * scale, rule["a1"]["to"] * scale
    s = np.r_[low, low + 0.6, np.linspace(low + 1.4, high - 1.4, 8), high - 0.6, high]
    shell = wall * np.interp(s, [low, low + 0.6, high - 0.6, high], [0.35, 1, 1, 0.35])

    def at(values: Array, where: Array) -> Array:
        return np.asarray(np.interp(where, t, values), dtype=np.float64)

    half = np.c_[at(inner[:, 0], s), at(inner[:, 1], s)] + shell[:, None]
    way = _on(ray.head, s, -at(middle, s), 0.0, half, 1.0)
    frame = Frame(way.points[0], ray.head.axes)
    pulley = Tube(
        f"a1_pulley_{number}", "pulley", way.points, way.half, way.up, frame,
        kind=Kind.SHELL, rank=Rank.SHEATH, power=3, shell_mm=shell, clip=0.72,
    )
    stop = t[-1] - 6.0
    r = np.r_[low - 4.0, np.arange(low, stop, 3.0)]
    half = np.c_[at(inner[:, 0], r), at(inner[:, 1], r)] * np.where(r < low, 0.9, 1.0)[:, None]
    way = _on(ray.head, r, -at(middle, r), 0.0, half, 1.0)
    fluid = person.values[f"trigger_sheath_{number}_mm"] > 0
    lining = Tube(
        "", "fluid" if fluid else "synovium", way.points, way.half, way.up,
        Frame(way.points[0], ray.head.axes), rank=Rank.LIGAMENT, power=3,
    )
    return [pulley, lining]
