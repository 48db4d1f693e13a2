"""The palmar layers of a finger: flexor tendons, volar plates' room, pulley and sheath."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.virtual.body.finger_profile import Profile, Waypoints, laid_on, straight
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray
from sesamoid.virtual.body.tubes import Kind, Rank, Tube


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
    floor = np.interp(t, bones.t, bones.palmar) + 0.2
    floor = floor + _plate(person, ray, t)
    if thumb:
        # Between the sesamoids' crests, on the plate that holds them.
        floor = np.maximum(
            floor,
            np.interp(t, [-9, -4, 6, 10], [0, 1, 1, 0])
            * (ray.head_half[1] + values["mcp_volar_plate_mm"] + 2.5 * scale),
        )
    floor = straight(floor, 17)
    sheath = rule["sheath_mm"] + values[f"trigger_sheath_{number}_mm"]
    pip = None if thumb else ray.head.local(ray.segments[0].frame.origin)[2]

    name = "fpl" if thumb else f"fdp_{number}"
    wide, high = (1.25, 1.09) if thumb else (1.44, 0.82)
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
        chiasm = (
            1.2
            * scale
            * np.interp(t, [joined - 4, joined + 2, chiasm_end, chiasm_end + 4], [0, 1, 1, 0])
        )
    deep_v = floor + chiasm + sheath + deep_half[:, 1]
    deep = laid_on(ray.head, t, -deep_v, 0.0, deep_half, 1.0)
    if pip is not None:
        fds_half = 0.5 * np.array(
            [values[f"fds_{number}_width_mm"] * 1.62, values[f"fds_{number}_height_mm"] * 0.74]
        )
        s = t[t < split + 0.16 * proximal]
        shrink = np.interp(s, [split, split + 0.16 * proximal], [1.0, 0.15])
        half = np.c_[fds_half[0] * (0.3 + 0.7 * shrink), fds_half[1] * shrink]
        above = np.interp(s, t, deep_v + deep_half[:, 1]) + sheath + half[:, 1]
        superficial = laid_on(ray.head, s, -above, 0.0, half, 1.0)
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
            t,
            [joint - 2.6 * half, joint - 1.8 * half, joint + 0.3 * half, joint + 1.2 * half],
            [0, 1, 1, 0],
        )
        joint = ray.head.local(ray.segments[2].frame.origin)[2]
        found = found + 0.8 * np.interp(
            t, [joint - 6, joint - 3, joint + 1, joint + 3], [0, 1, 1, 0]
        )
    return np.asarray(found, dtype=np.float64)


def _slips(
    person: Person,
    ray: Ray,
    t: Array,
    deep_v: Array,
    deep_half: Array,
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
        way = laid_on(ray.head, s, v, u, np.c_[w, h], 1.0)
        found.append(
            Tube(
                f"fds_{ray.number}",
                "tendon",
                way.points,
                way.half,
                way.up,
                Frame(way.points[0], ray.head.axes),
                glide=f"flexor_{ray.number}",
            )
        )
    return found


def _pulley(
    person: Person,
    ray: Ray,
    t: Array,
    floor: Array,
    stack: Array,
    deep_half: Array,
    sheath: float,
) -> list[Tube]:
    """The A1 pulley as a shell around the tendons, and the sheath that goes on."""
    rule, scale = load_table("tubes")["digits"], person.scale
    number = ray.number
    wall = person.values[f"a1_thickness_{number}_mm"]
    widest = deep_half[:, 0]
    if number > 1:
        widest = np.maximum(widest, 0.5 * person.values[f"fds_{number}_width_mm"] * 1.62)
    inner: Array = np.c_[
        widest + rule["a1"]["side_room"] * scale + sheath, stack / 2 + sheath + 0.12
    ]
    middle = floor + stack / 2 + sheath
    low, high = rule["a1"]["from"] * scale, rule["a1"]["to"] * scale
    s = np.r_[low, low + 0.6, np.linspace(low + 1.4, high - 1.4, 8), high - 0.6, high]
    ends = [low, low + 0.6, high - 0.6, high]
    shell = np.asarray(wall * np.interp(s, ends, [0.35, 1, 1, 0.35]))

    def at(values: Array, where: Array) -> Array:
        return np.asarray(np.interp(where, t, values), dtype=np.float64)

    half = np.c_[at(inner[:, 0], s), at(inner[:, 1], s)] + shell[:, None]
    way = laid_on(ray.head, s, -at(middle, s), 0.0, half, 1.0)
    frame = Frame(way.points[0], ray.head.axes)
    pulley = Tube(
        f"a1_pulley_{number}",
        "pulley",
        way.points,
        way.half,
        way.up,
        frame,
        kind=Kind.SHELL,
        rank=Rank.SHEATH,
        power=3,
        shell_mm=shell,
        clip=0.72,
    )
    stop = t[-1] - 6.0
    r = np.r_[low - 4.0, np.arange(low, stop, 3.0)]
    half = np.c_[at(inner[:, 0], r), at(inner[:, 1], r)] * np.where(r < low, 0.9, 1.0)[:, None]
    way = laid_on(ray.head, r, -at(middle, r), 0.0, half, 1.0)
    fluid = person.values[f"trigger_sheath_{number}_mm"] > 0
    lining = Tube(
        "",
        "fluid" if fluid else "synovium",
        way.points,
        way.half,
        way.up,
        Frame(way.points[0], ray.head.axes),
        rank=Rank.LIGAMENT,
        power=3,
    )
    return [pulley, lining]
