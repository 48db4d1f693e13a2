"""How a virtual probe moves when its holder does as told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.live.directions import Compass
from sesamoid.live.instruction import Act, Instruction
from sesamoid.virtual.acquisition import Offset
from sesamoid.virtual.pose import ProbePose

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class ToAndFro:
    """A slow motion to and fro about a place, until something else is told."""

    middle: Numbers
    reach: Numbers
    period_s: float
    began_s: float

    def at(self, time_s: float) -> Offset:
        """Where the hand is to be: there, back, as far to the other side, and back."""
        quarter = 4 * (time_s - self.began_s) / self.period_s % 4
        share = quarter if quarter < 1 else 2 - quarter if quarter < 3 else quarter - 4
        return Offset(*(self.middle + share * self.reach).tolist())


def moved(pose: ProbePose, said: Instruction, amount: float, here: Compass) -> ProbePose:
    """The probe moved as told; whoever holds it knows which way its own ends point."""
    if said.act is Act.ROCK:
        # A positive rock lifts the right end.
        return pose.turned(rock_deg=-amount if said.end is here.right else amount)
    if said.toward in (here.right, here.right.opposite):
        return pose.moved(lateral_mm=amount if said.toward is here.right else -amount)
    signed = amount if said.toward is here.across else -amount
    if said.act is Act.SLIDE:
        return pose.moved(elevation_mm=signed)
    if said.act is Act.TILT:
        # A positive tilt brings the handle towards the third axis.
        return pose.turned(tilt_deg=signed)
    if said.act is Act.ROTATE:
        return pose.turned(rotation_deg=signed if said.end is here.right else -signed)
    return pose
