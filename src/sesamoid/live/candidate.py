"""A frame that may be kept, and a run of them."""

from __future__ import annotations

from collections.abc import Callable
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


@dataclass(frozen=True)
class Waiting:
    """A frame that is kept should none better come.

    Parameters
    ----------
    candidate : Candidate
    held : GradeLetter
        Grade that the frames around it had at least; its own may be better for a moment.
    """

    candidate: Candidate
    held: GradeLetter


@dataclass
class Hold:
    """Frames of one plane in a row that are good enough, and the best of them."""

    plane: str = NO_PLANE
    count: int = 0
    best: Candidate | None = None

    def take(
        self,
        plane: str,
        candidate: Candidate,
        good: bool,
        better: Callable[[Candidate, Candidate], bool],
    ) -> None:
        """Take in a frame; `better` tells whether its first is better than its second."""
        if not good or self.plane != plane:
            self.drop()
        if not good:
            return
        self.plane = plane
        self.count += 1
        if self.best is None or better(candidate, self.best):
            self.best = candidate

    def drop(self) -> None:
        """Begin again."""
        self.plane, self.count, self.best = NO_PLANE, 0, None
