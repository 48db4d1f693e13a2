"""Metacarpals and phalanges: five rays by one rule, from a few sizes each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sesamoid.virtual.body.frames import Frame, unit
from sesamoid.virtual.body.solids import Part, Solid

Half = tuple[float, float, float]


@dataclass(frozen=True)
class Segment:
    """One phalanx.

    Parameters
    ----------
    key : str
    frame : Frame
        Origin in the middle of its proximal end.
    length : float
        In mm.
    base_half, shaft_half, head_half : tuple of float
        Half sizes (across, up) at base, shaft and head.
    """

    key: str
    frame: Frame
    length: float
    base_half: tuple[float, float]
    shaft_half: tuple[float, float]
    head_half: tuple[float, float]


@dataclass(frozen=True)
class Ray:
    """A metacarpal and its phalanges.

    Parameters
    ----------
    number : int
        1 thumb to 5 little finger.
    metacarpal : Frame
        Origin at the centre of the base, w along the shaft.
    length : float
        From there to the centre of the head, in mm.
    head : Frame
        Origin at the centre of the head, w along the proximal phalanx.
    base_half, shaft_half : tuple of float
        Half sizes (across, up).
    head_half : tuple of float
        Half sizes (across, up, along).
    segments : tuple of Segment
        From proximal to distal.
    """

    number: int
    metacarpal: Frame
    length: float
    head: Frame
    base_half: tuple[float, float]
    shaft_half: tuple[float, float]
    head_half: Half
    segments: tuple[Segment, ...]


def make_rays(
    table: Mapping[str, Any], rng: np.random.Generator, *, scale: float, width: float
) -> dict[int, Ray]:
    """The five rays of a hand."""
    rays = {}
    for number, entry in table["rays"].items():
        base = np.array(entry["base"], dtype=np.float64) * scale
        head = np.array(entry["head"], dtype=np.float64) * scale
        stretch = 1 + 0.012 * np.clip(rng.standard_normal(), -2, 2)
        head = base + (head - base) * stretch
        grow = scale * width * (1 + 0.015 * np.clip(rng.standard_normal(), -2, 2))
        if "back" in entry:
            up, direction = np.array(entry["back"]), unit(entry["direction"])
        else:
            roll, turn = np.deg2rad([entry["roll_deg"], entry["direction_deg"]])
            up = np.array([np.sin(roll), np.cos(roll), 0.0])
            direction = unit([np.sin(turn), -0.03, np.cos(turn)])
        hw, hh, hr = (float(h) * grow for h in entry["head_half"])
        head_frame = Frame.along(head, axis=direction, up=up)
        rays[int(number)] = Ray(
            number=int(number),
            metacarpal=Frame.along(base, axis=head - base, up=up),
            length=float(np.linalg.norm(head - base)),
            head=head_frame,
            base_half=_pair(entry["base_half"], grow),
            shaft_half=_pair(entry["shaft_half"], grow),
            head_half=(hw, hh, hr),
            segments=_segments(int(number), entry, table, head_frame, hr, scale, grow),
        )
    return rays


def _pair(sizes: Sequence[float], factor: float) -> tuple[float, float]:
    return float(sizes[0]) * factor, float(sizes[1]) * factor


def _segments(
    number: int,
    entry: Mapping[str, Any],
    table: Mapping[str, Any],
    head: Frame,
    head_radius: float,
    scale: float,
    grow: float,
) -> tuple[Segment, ...]:
    names = ("proximal", "distal") if number == 1 else ("proximal", "middle", "distal")
    gap = float(table["joint_gap"]["mcp"]) * scale
    at = head_radius + gap
    found = []
    for name, length, half in zip(names, entry["phalanges"], entry["phalanx_half"], strict=True):
        bw, bh = _pair(half, grow)
        found.append(
            Segment(
                key=f"{name}_phalanx_{number}",
                frame=head.moved(at),
                length=float(length) * scale,
                base_half=(bw, bh),
                shaft_half=(0.64 * bw, 0.60 * bh),
                head_half=(0.80 * bw, 0.74 * bh),
            )
        )
        at += float(length) * scale + float(table["joint_gap"]["ip"]) * scale
    return tuple(found)


def _ellipsoid(frame: Frame, half: Half, **options: Any) -> Part:
    return Part(frame, 0.0, half, half, **options)


def _shaft(
    frame: Frame, start: float, stop: float, half: tuple[float, float], to_half: tuple[float, float]
) -> Part:
    return Part(frame.moved(start), stop - start, (*half, 2.0), (*to_half, 2.0), blend=2.0)


def ray_solids(
    ray: Ray, gaps: Mapping[str, float], bases_meet: Sequence[Sequence[int]]
) -> list[Solid]:
    """The bones of a ray, each yielding to the one proximal of it."""
    meets = [(_carpals[ray.number][0], gaps["cmc"], 0.5)]
    meets += [(c, gaps["cmc"], 0.5) for c in _carpals[ray.number][1:]]
    for a, b in bases_meet:
        if ray.number in (a, b):
            meets.append((f"metacarpal_{b if a == ray.number else a}", gaps["cmc"], 0.5))
    solids = [Solid(f"metacarpal_{ray.number}", _metacarpal(ray), tuple(meets))]
    before, gap = f"metacarpal_{ray.number}", gaps["mcp"]
    for segment in ray.segments:
        solids.append(Solid(segment.key, _phalanx(segment), ((before, gap, 1.0),)))
        before, gap = segment.key, gaps["ip"]
    return solids


_carpals = {
    1: ("trapezium",),
    2: ("trapezoid", "trapezium", "capitate"),
    3: ("capitate",),
    4: ("hamate", "capitate"),
    5: ("hamate",),
}


def _metacarpal(ray: Ray) -> tuple[Part, ...]:
    frame, length = ray.metacarpal, ray.length
    (bw, bh), (sw, sh), (hw, hh, hr) = ray.base_half, ray.shaft_half, ray.head_half
    head = Frame(frame.point(0, 0, length), frame.axes)
    return (
        _ellipsoid(frame, (bw, bh, 4.2), power=3),
        _shaft(frame, 1.5, 0.26 * length, (0.9 * bw, 0.9 * bh), (1.1 * sw, 1.08 * sh)),
        _shaft(frame, 0.24 * length, 0.66 * length, (1.1 * sw, 1.08 * sh), (sw, sh)),
        _shaft(frame, 0.66 * length, length - 0.55 * hr, (sw, sh), (0.82 * hw, 0.80 * hh)),
        _ellipsoid(head, (hw, hh, hr), blend=2.0),
        _ellipsoid(head.moved(-0.6, u=0.48 * hw, v=-0.42 * hh), (0.42 * hw, 0.56 * hh, 0.7 * hr)),
        _ellipsoid(head.moved(-0.6, u=-0.48 * hw, v=-0.42 * hh), (0.42 * hw, 0.56 * hh, 0.7 * hr)),
    )


def _phalanx(segment: Segment) -> tuple[Part, ...]:
    frame, length = segment.frame, segment.length
    (bw, bh), (sw, sh), (hw, hh) = segment.base_half, segment.shaft_half, segment.head_half
    base = _ellipsoid(frame.moved(0.48 * bh), (bw, bh, 0.85 * bh), power=3)
    flare = _shaft(frame, 0.6 * bh, 0.36 * length, (0.85 * bw, 0.86 * bh), (sw, sh))
    if segment.key.startswith("distal"):
        tuft = frame.moved(length - 0.30 * bw)
        return (
            base,
            _shaft(frame, 0.6 * bh, 0.45 * length, (0.8 * bw, 0.8 * bh), (0.5 * bw, 0.5 * bh)),
            _shaft(
                frame, 0.45 * length, length - 0.4 * bw, (0.5 * bw, 0.5 * bh), (0.55 * bw, 0.4 * bh)
            ),
            _ellipsoid(tuft, (0.72 * bw, 0.42 * bh, 0.36 * bw)),
        )
    condyle = (0.52 * hw, hh, hh)
    return (
        base,
        flare,
        _shaft(frame, 0.35 * length, 0.76 * length, (sw, sh), (0.98 * sw, 0.92 * sh)),
        _shaft(
            frame, 0.76 * length, length - 1.2 * hh, (0.98 * sw, 0.92 * sh), (0.85 * hw, 0.8 * hh)
        ),
        _ellipsoid(frame.moved(length - hh, u=0.48 * hw, v=-0.08 * hh), condyle, blend=1.2),
        _ellipsoid(frame.moved(length - hh, u=-0.48 * hw, v=-0.08 * hh), condyle, blend=1.2),
    )


def sesamoid_solids(ray: Ray, entry: Mapping[str, Any], scale: float) -> list[Solid]:
    """The two sesamoids of the thumb, palmar of the metacarpal's head."""
    half = tuple(float(s) * scale for s in entry["size"])
    below = ray.head_half[1] + float(entry["below"]) * scale
    solids = []
    for side, sign in (("radial", 1), ("ulnar", -1)):
        frame = ray.head.moved(
            float(entry["along"]) * scale, u=sign * float(entry["across"]) * scale, v=-below
        )
        part = _ellipsoid(frame, (half[0], half[1], half[2]))
        solids.append(Solid(f"thumb_sesamoid_{side}", (part,), (("metacarpal_1", 1.2, 1.0),)))
    return solids
