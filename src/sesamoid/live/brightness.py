"""How bright tendons were while the probe was turned: only beside that is a tendon dark.

A tendon is darker the further the beam is off its right angle, and how bright it would be there
differs between people and machines by more than that. A single picture does not tell; turning the
probe a little does.
"""

from __future__ import annotations

from collections import deque
from statistics import median

from sesamoid.live.assessment import NO_PLANE, Assessment

FRAMES = 3
"""Of these the middle one counts, so that an outline that flickers makes nothing bright."""


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
        self._seen: dict[str, deque[tuple[float, float]]] = {}

    def update(self, assessment: Assessment, time_s: float) -> None:
        """Take in a frame; another plane begins anew."""
        if assessment.plane == NO_PLANE:
            return
        if assessment.plane != self._plane:
            self._plane = assessment.plane
            self._seen.clear()
        for key, part in assessment.seen.items():
            if part.grey is not None:
                self._seen.setdefault(key, deque()).append((time_s, part.grey))
        for seen in self._seen.values():
            while seen and time_s - seen[0][0] > self.memory_s:
                seen.popleft()

    def loss(self, assessment: Assessment) -> float:
        """Grey levels of 255 by which the darkest tendon of a frame is below its best."""
        if assessment.plane != self._plane:
            return 0.0
        return max(
            (
                self._best(key) - part.grey
                for key, part in assessment.seen.items()
                if part.grey is not None and key in self._seen
            ),
            default=0.0,
        )

    def _best(self, key: str) -> float:
        greys = [grey for _, grey in self._seen[key]]
        if len(greys) < FRAMES:
            return min(greys, default=0.0)
        starts = range(len(greys) - FRAMES + 1)
        return max(median(greys[start : start + FRAMES]) for start in starts)
