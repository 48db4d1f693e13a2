"""From the geometry of a plane to words of the hand: what lies where, seen from the probe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane

Vector = NDArray[np.float64]


class Heading(StrEnum):
    """A direction of the hand, whichever hand it is."""

    THUMB = "radial"
    LITTLE = "ulnar"
    BACK = "dorsal"
    PALM = "palmar"
    FINGERS = "distal"
    ELBOW = "proximal"

    @property
    def vector(self) -> Vector:
        """Unit vector in the frame of `sesamoid.virtual.pose`: that of a right hand."""
        return np.array(_VECTORS[self], dtype=np.float64)

    @property
    def opposite(self) -> Heading:
        """The other way."""
        return _toward(-self.vector)


_VECTORS = {
    Heading.THUMB: (1, 0, 0), Heading.LITTLE: (-1, 0, 0), Heading.BACK: (0, 1, 0),
    Heading.PALM: (0, -1, 0), Heading.FINGERS: (0, 0, 1), Heading.ELBOW: (0, 0, -1),
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How a heading is called: to go there; the end of the probe; the side of the picture."""

    toward: str
    end: str
    side: str


_ON_THE_HAND = {
    Heading.THUMB: Words("toward the thumb side", "thumb-side end", "on the thumb side"),
    Heading.LITTLE: Words(
        "toward the little-finger side", "little-finger-side end", "on the little-finger side"
    ),
    Heading.BACK: Words(
        "toward the back of the hand", "back-of-hand end", "on the side of the back of the hand"
    ),
    Heading.PALM: Words("toward the palm", "palm-side end", "on the palm side"),
    Heading.FINGERS: Words("toward the fingers", "finger-side end", "on the finger side"),
    Heading.ELBOW: Words("toward the elbow", "elbow-side end", "on the elbow side"),
}
# The thumb is turned against the hand: its own radial side faces away from the index finger.
_ON_THE_THUMB = {
    Heading.THUMB: Words("away from the index finger", "outer end", "on the outer side"),
    Heading.LITTLE: Words(
        "toward the index finger", "index-finger-side end", "on the index-finger side"
    ),
    Heading.BACK: Words(
        "toward the back of the thumb", "back-of-thumb end", "on the side of the back of the thumb"
    ),
    Heading.PALM: Words(
        "toward the pad of the thumb", "pad-side end", "on the pad side of the thumb"
    ),
    Heading.FINGERS: Words("toward the tip of the thumb", "tip-side end", "on the tip side"),
    Heading.ELBOW: Words("toward the wrist", "wrist-side end", "on the wrist side"),
}


@dataclass(frozen=True)
class Compass:
    """Which way the axes of a plane's standard pose point.

    Parameters
    ----------
    right : Heading
        Along the face, to the right of the picture.
    across : Heading
        Along the elevation axis, axial x lateral.
    on_thumb : bool
        The plane is one of the thumb, whose sides are not those of the hand.
    """

    right: Heading
    across: Heading
    on_thumb: bool = False

    def words(self, heading: Heading) -> Words:
        """How a heading is called at this plane."""
        return (_ON_THE_THUMB if self.on_thumb else _ON_THE_HAND)[heading]


@lru_cache(maxsize=128)
def compass(plane: Plane) -> Compass:
    """The compass of a plane, from where the probe stands and what lies at the left of the screen.

    The beam goes into the body from the side that the plane names, the face runs from its left to
    its right; the third axis follows. With another orientation of the screen the probe is held the
    other way round, and all three change with it.
    """
    outward = np.sum([Heading(side).vector for side in plane.side.split("-")], axis=0)
    axial = -outward / np.linalg.norm(outward)
    lateral = Heading(plane.right).vector
    lateral = lateral - axial * (lateral @ axial)
    across = np.cross(axial, lateral / np.linalg.norm(lateral))
    return Compass(Heading(plane.right), _toward(across), _on_thumb(plane))


def _toward(vector: Vector) -> Heading:
    return max(Heading, key=lambda heading: float(heading.vector @ vector))


def _on_thumb(plane: Plane) -> bool:
    keys = [key for part, _ in plane.parts.values() for key in part.structures]
    return plane.digit == 1 or any(k.endswith("_1") or k.startswith("thumb_") for k in keys)
