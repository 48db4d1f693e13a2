"""How bright tendons were while the probe was turned: only beside that is a tendon dark.

A tendon is darker the further the beam is off its right angle, and how bright it would be there
differs between people and machines by more than that. A single picture does not tell; turning the
probe a little does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from statistics import median

from sesamoid.live.assessment import NO_PLANE, Assessment

FRAMES = 3
"""Of these the middle one counts, so that an outline that flickers makes nothing bright."""
MOMENT_S = 0.1
"""Frames nearer in time share a memory, so that a quick source takes up no more than a slow one."""


class Brightness:
    """Follows the tendons of the plane at hand.

    Parameters
    ----------
    memory_s : float
        What was seen longer ago is forgotten: gain or gel may have changed.
    """

    def __init__(self, memory_s: float):
        self.memory_s = memory_s
        self._plane = NO_PLANE
        self._tendons: dict[str, _Tendon] = {}

    def update(self, assessment: Assessment, time_s: float) -> None:
        """Take in a frame; another plane begins anew."""
        if assessment.plane == NO_PLANE:
            return
        if assessment.plane != self._plane:
            self._plane = assessment.plane
            self._tendons.clear()
        for key, part in assessment.seen.items():
            if part.grey is not None:
                one = self._tendons.setdefault(key, _Tendon())
                one.update(part.grey, time_s, self.memory_s)

    def loss(self, assessment: Assessment) -> float:
        """Grey levels of 255 by which the darkest tendon of a frame is below its best."""
        if assessment.plane != self._plane:
            return 0.0
        return max(
            (
                self._tendons[key].best - part.grey
                for key, part in assessment.seen.items()
                if part.grey is not None and key in self._tendons
            ),
            default=0.0,
        )


@dataclass
class _Tendon:
    """What was seen of one tendon; `best` is the largest of running medians."""

    best: float = 0.0
    _last: deque[float] = field(default_factory=lambda: deque(maxlen=FRAMES))
    _moments: deque[tuple[float, float]] = field(default_factory=deque)

    def update(self, grey: float, time_s: float, memory_s: float) -> None:
        self._last.append(grey)
        middle = median(self._last) if len(self._last) == FRAMES else min(self._last)
        if self._moments and time_s - self._moments[-1][0] < MOMENT_S:
            began, most = self._moments[-1]
            self._moments[-1] = (began, max(most, middle))
        else:
            self._moments.append((time_s, middle))
        while time_s - self._moments[0][0] > memory_s:
            self._moments.popleft()
        self.best = max(most for _, most in self._moments)
