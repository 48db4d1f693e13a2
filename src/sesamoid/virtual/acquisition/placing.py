"""Putting a probe on the skin, away from a standard pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.pose import ProbePose

APPROACH_MM = 40.0
"""From how far outside the skin is looked for along the beam."""


@dataclass(frozen=True)
class Offset:
    """Where an operator holds the probe, from a standard pose, along and about its own axes.

    Parameters
    ----------
    along_mm, across_mm : float
        Slid along the face, across the plane; the probe stays on the skin.
    press_mm : float
        From the skin into it; negative is lifted off.
    rotation_deg, tilt_deg, rock_deg : float
        As `ProbePose.turned` takes them.
    """

    along_mm: float = 0.0
    across_mm: float = 0.0
    press_mm: float = 0.0
    rotation_deg: float = 0.0
    tilt_deg: float = 0.0
    rock_deg: float = 0.0

    def __add__(self, other: Offset) -> Offset:
        return Offset(*(a + b for a, b in zip(self.numbers(), other.numbers(), strict=True)))

    def numbers(self) -> tuple[float, ...]:
        """The six values, in the order of the fields."""
        return (
            self.along_mm, self.across_mm, self.press_mm,
            self.rotation_deg, self.tilt_deg, self.rock_deg,
        )  # fmt: skip


def placed(body: Body, standard: ProbePose, offset: Offset) -> ProbePose:
    """The probe held at an offset: slid, set on the skin along the standard beam, then turned.

    Where that beam misses the body the probe stays at the height of the standard pose.
    """
    pose = standard.moved(lateral_mm=offset.along_mm, elevation_mm=offset.across_mm)
    outside = pose.origin - APPROACH_MM * pose.axial
    distance = body.skin_distance(outside, pose.axial)
    to_skin = distance - APPROACH_MM if np.isfinite(distance) else 0.0
    return pose.moved(axial_mm=to_skin + offset.press_mm).turned(
        rotation_deg=offset.rotation_deg, tilt_deg=offset.tilt_deg, rock_deg=offset.rock_deg
    )
