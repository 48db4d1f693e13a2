"""What a network that looks at a frame must offer: the meeting point of models and this room."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging import Crop, Outlines

VISIBILITY, QUALITY, CUT, DROPOUT = range(4)
"""Columns of `Look.parts`: see `sesamoid.models.joint`."""


class PlaneNames(Protocol):
    """What planes and outlines of a look stand for; it comes with the weights."""

    def __hash__(self) -> int: ...

    @property
    def planes(self) -> tuple[str, ...]:
        """Ids of the standard planes, in the order of `PlaneLook.nearest`."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """Names by the values of `PlaneLook.labels`; the first is the background."""
        ...


class Names(PlaneNames, Protocol):
    """What all the numbers of a look stand for."""

    @property
    def parts(self) -> tuple[str, ...]:
        """Keys of the parts of all planes, in the order of the rows of `Look.parts`."""
        ...

    @property
    def part_owner(self) -> tuple[int, ...]:
        """Index of the plane of each part."""
        ...


class PlaneLook(Protocol):
    """Plane and anatomy of one frame: what the published pair gives, and no more."""

    @property
    def nearest(self) -> NDArray[np.float32]:
        """Probability by plane that it is the nearest one, shape (planes,)."""
        ...

    @property
    def inside(self) -> NDArray[np.float32]:
        """Probability, were that plane the nearest, that the frame is within its tolerance."""
        ...

    @property
    def outlines(self) -> Outlines:
        """Classes of the scan."""
        ...

    @property
    def labels(self) -> NDArray[np.uint8]:
        """Classes on the frame's pixels, shape (rows, columns); 0 outside of the scan."""
        ...


class Look(PlaneLook, Protocol):
    """All that was seen on one frame; see `sesamoid.models.joint.JointLook`."""

    @property
    def reversed(self) -> float:
        """Probability that the probe is held the wrong way round."""
        ...

    @property
    def pose(self) -> NDArray[np.float32]:
        """Offset from each plane, shape (planes, 5): along, across in mm; rotation, tilt, rock."""
        ...

    @property
    def pose_sd(self) -> NDArray[np.float32]:
        """Its standard deviation, shape (planes, 5), in the same units."""
        ...

    @property
    def parts(self) -> NDArray[np.float32]:
        """By part: visibility, quality, cut below, dropout; shape (parts, 4), 0..1."""
        ...

    @property
    def picture(self) -> Mapping[str, float]:
        """Figures of the whole picture by name, as `sesamoid.measure.PlaneEvidence` has them."""
        ...


class PlaneLooker(Protocol):
    """Whatever tells plane and anatomy: `sesamoid.models.published_pair.PublishedPair`."""

    @property
    def task(self) -> PlaneNames:
        """What planes and outlines stand for."""
        ...

    def look(
        self,
        frame: NDArray[np.uint8],
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> PlaneLook:
        """Look at one grey frame of shape (rows, columns)."""
        ...


class Looker(Protocol):
    """Whatever looks at frames: the network's runtime, or a script in a test."""

    @property
    def task(self) -> Names:
        """What the numbers of a look stand for."""
        ...

    def look(
        self,
        frame: NDArray[np.uint8],
        *,
        scan_area: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
    ) -> Look:
        """Look at one grey frame of shape (rows, columns)."""
        ...
