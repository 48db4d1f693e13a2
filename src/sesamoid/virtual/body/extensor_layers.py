"""The extensor tendon over a finger, laid on the bones' own profile."""

from __future__ import annotations

import numpy as np

from sesamoid.virtual.body.finger_profile import (
    PERIOSTEUM_MM,
    Profile,
    Waypoints,
    laid_on,
    straight,
)
from sesamoid.virtual.body.joint_recesses import Recess
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.rays import Ray


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
    level = straight(base + lift, 9) + half[:, 1]
    return laid_on(ray.head, t[keep], level[keep], aside[keep] * scale, half[keep], 1.0)
