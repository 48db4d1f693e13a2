"""A frame that may be kept, and a run of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.findings import GradeLetter
from sesamoid.live.assessment import NO_PLANE, Assessment
from sesamoid.live.frames import LiveFrame


@dataclass(frozen=True)
class Candidate:
    """A frame that may be kept, shown as the protocol wants it."""

    frame: LiveFrame
    pixels: NDArray[np.uint8]
    assessment: Assessment

    @property
    def letter(self) -> GradeLetter:
        """Of its grade; what was not graded counts as C."""
        grade = self.assessment.grade
        return GradeLetter.C if grade is None else grade.letter

    @property
    def score(self) -> float:
        """Of its grade."""
        grade = self.assessment.grade
        return 0.0 if grade is None else grade.score


@dataclass(frozen=True)
class Choice:
    """A frame to keep, and why."""

    plane: str
    candidate: Candidate
    reason: str


@dataclass
class Hold:
    """Frames of one plane in a row that are good enough, and the best of them."""

    plane: str = NO_PLANE
    count: int = 0
    best: Candidate | None = None
    order: tuple[float, ...] = ()

    def take(self, plane: str, candidate: Candidate, good: bool, order: tuple[float, ...]) -> None:
        """Take in a frame; of two, the one with the larger order is better."""
        if not good or self.plane != plane:
            self.drop()
        if not good:
            return
        self.plane = plane
        self.count += 1
        if self.best is None or order > self.order:
            self.best, self.order = candidate, order

    def drop(self) -> None:
        """Begin again."""
        self.plane, self.count, self.best, self.order = NO_PLANE, 0, None, ()
