"""What acquisition asks of a body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from numpy.typing import ArrayLike

from sesamoid.virtual.body.person import Person
from sesamoid.virtual.pose import ProbePose, SliceGrid
from sesamoid.virtual.section import Section


class Body(Protocol):
    """A body that can be scanned, such as `sesamoid.virtual.body.wrist_hand.WristHand`."""

    @property
    def person(self) -> Person:
        """Whose body it is."""

    @property
    def structures(self) -> tuple[str, ...]:
        """Keys by index in `Section.structure`; the first, for no structure, is empty."""

    def sizes(self) -> Mapping[str, float]:
        """True sizes by name, each with its unit as ending."""

    def section(self, pose: ProbePose, grid: SliceGrid, *, time_s: float = 0.0) -> Section:
        """Cut by the plane of a picture."""

    def standard_pose(
        self, plane: str, *, digit: int | None = None, swap: bool = False
    ) -> ProbePose:
        """The probe on the skin for a standard plane."""

    def skin_distance(
        self, point: ArrayLike, direction: ArrayLike, *, limit_mm: float = 200.0
    ) -> float:
        """Distance in mm along a direction to the skin; negative inside, infinite on a miss."""
