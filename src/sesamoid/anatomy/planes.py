"""Standard planes: what a picture must show, where the probe must be, what its labels stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sesamoid.anatomy.structures import structure
from sesamoid.errors import SesamoidError


class Axis(StrEnum):
    """How the plane lies to the limb, or to the finger."""

    TRANSVERSE = "transverse"
    LONGITUDINAL = "longitudinal"


OPPOSITE: Mapping[str, str] = {
    "radial": "ulnar", "ulnar": "radial", "proximal": "distal", "distal": "proximal",
    "palmar": "dorsal", "dorsal": "palmar",
}  # fmt: skip
"""The other end of a picture, by what lies at one end."""

ENDS: Mapping[Axis, tuple[str, ...]] = {
    Axis.TRANSVERSE: ("radial", "ulnar", "palmar", "dorsal"),
    Axis.LONGITUDINAL: ("proximal", "distal"),
}
"""What may lie at the left of the screen, by the axis of the plane."""

SIDES = ("dorsal", "dorsal-radial", "dorsal-ulnar", "palmar", "radial", "ulnar")
ECHOES = ("bone", "hyper", "hypo", "anechoic", "mixed")


@dataclass(frozen=True)
class LabelPart:
    """One place at which a label is drawn.

    Parameters
    ----------
    key : str
        The label, and which one where there are several: ``"Pis"``, ``"D&Ss:index"``.
    title : str
        For people, in the middle of a sentence: ``"index flexor tendons"``.
    structures : tuple of str
        Keys of `sesamoid.anatomy.structures`; a tendon group has several.
    """

    key: str
    title: str
    structures: tuple[str, ...]


@dataclass(frozen=True)
class LabelGroup:
    """What one label of a picture stands for in one plane.

    Parameters
    ----------
    label : str
        As drawn, e.g. ``"D&Ss"``.
    name : str
        For people.
    parts : tuple of LabelPart
        One, or as many as there are of it in the plane: two fingers, two sesamoids.
    """

    label: str
    name: str
    parts: tuple[LabelPart, ...]

    @property
    def structures(self) -> tuple[str, ...]:
        """Structure keys of all parts."""
        return tuple(key for part in self.parts for key in part.structures)

    @property
    def category(self) -> str:
        """Category of the first structure: ``"bone"``, ``"tendon"``, …"""
        return structure(self.structures[0]).category

    @property
    def colour(self) -> str:
        """Colour of the first structure, ``#rrggbb``."""
        return structure(self.structures[0]).colour


@dataclass(frozen=True)
class Requirement:
    """A label that the plane must show, with its size on the picture; each part has this size.

    Parameters
    ----------
    group : LabelGroup
    width_mm, height_mm : float
        Along the face of the probe, and along the beam; of a bone, its bright line.
    centre_depth_mm : float
        From the skin.
    echo : str
        One of `ECHOES`.
    critical : bool
        Without it the picture is grade C.
    minimal_share : float
        Share of width times height that counts as fully visible.
    source : str
        Key of the protocol's sources, of the sizes.
    """

    group: LabelGroup
    width_mm: float
    height_mm: float
    centre_depth_mm: float
    echo: str
    critical: bool
    minimal_share: float
    source: str

    @property
    def label(self) -> str:
        """The label, as drawn."""
        return self.group.label

    @property
    def minimal_area_mm2(self) -> float:
        """Area of one part's mask from which it counts as fully visible."""
        return self.minimal_share * self.width_mm * self.height_mm


@dataclass(frozen=True)
class PoseTolerance:
    """How far the probe may be off; the axes are those of a linear probe against the skin.

    Parameters
    ----------
    along_mm, across_mm : float
        Slid along the face, within the plane; and across the plane.
    rotation_deg, tilt_deg, rock_deg : float
        Turned about the beam; about the face (fanning); within the plane (heel and toe).
    """

    along_mm: float
    across_mm: float
    rotation_deg: float
    tilt_deg: float
    rock_deg: float

    def excess(
        self, *, along_mm: float = 0.0, across_mm: float = 0.0, rotation_deg: float = 0.0,
        tilt_deg: float = 0.0, rock_deg: float = 0.0,
    ) -> float:  # fmt: skip
        """Largest of the five errors in units of its tolerance; up to 1 is within."""
        return max(
            abs(along_mm) / self.along_mm, abs(across_mm) / self.across_mm,
            abs(rotation_deg) / self.rotation_deg, abs(tilt_deg) / self.tilt_deg,
            abs(rock_deg) / self.rock_deg,
        )  # fmt: skip


@dataclass(frozen=True)
class Plane:
    """A standard plane of a protocol.

    Parameters
    ----------
    id, name : str
    name_fixed : bool
        True where the name is published; else it is this protocol's own.
    side : str
        Where the probe stands; one of `SIDES`.
    axis : Axis
    left : str
        What lies at the left of the screen: a site setting, not a law.
    depth_mm : tuple of float
        Smallest and largest setting of the image depth.
    tolerance : PoseTolerance
    required : tuple of Requirement
    optional : tuple of LabelGroup
        Often seen, labelled when seen, never asked for.
    landmark, position : str
        How to find the plane, and how the hand lies.
    digit : int or None
        Of a plane that exists on several fingers: which one this is (1 thumb .. 5 little finger).
    min_px_per_mm : float
        Below this resolution its thinnest structure cannot be outlined; 0 where that is no matter.
    source : str
        Where name, landmark and orientation come from.
    on_other_digits : tuple of Plane
        The same plane on the other fingers; see `of_digit`.
    """

    id: str
    name: str
    name_fixed: bool
    side: str
    axis: Axis
    left: str
    depth_mm: tuple[float, float]
    tolerance: PoseTolerance
    required: tuple[Requirement, ...]
    optional: tuple[LabelGroup, ...]
    landmark: str
    position: str
    source: str
    digit: int | None = None
    min_px_per_mm: float = 0.0
    on_other_digits: tuple[Plane, ...] = field(default=(), repr=False)

    def __hash__(self) -> int:
        # By all fields it would be hundreds of hashes, for every frame and table made once a plane.
        return hash((self.id, self.digit))

    @property
    def right(self) -> str:
        """What lies at the right of the screen."""
        return OPPOSITE[self.left]

    @cached_property
    def labels(self) -> dict[str, LabelGroup]:
        """Required, then optional label groups by label."""
        groups = [*(needed.group for needed in self.required), *self.optional]
        return {group.label: group for group in groups}

    @cached_property
    def parts(self) -> dict[str, tuple[LabelPart, Requirement]]:
        """What must be seen, one by one, by part key."""
        return {part.key: (part, needed) for needed in self.required for part in needed.group.parts}

    @cached_property
    def critical(self) -> tuple[str, ...]:
        """Keys of the parts without which the picture is grade C."""
        return tuple(key for key, (_, needed) in self.parts.items() if needed.critical)

    def label_of(self, structure_key: str) -> str | None:
        """The label that a structure is drawn under in this plane; None where it has none."""
        for label, group in self.labels.items():
            if structure_key in group.structures:
                return label
        return None

    def of_digit(self, digit: int) -> Plane:
        """This plane on another finger; SesamoidError where the protocol has no such plane."""
        family = {plane.digit: plane for plane in (self, *self.on_other_digits)}
        if digit in family:
            return family[digit]
        known = ", ".join(str(number) for number in sorted(d for d in family if d is not None))
        raise SesamoidError(
            f"plane {self.id} is not defined on digit {digit}",
            fix=f"use one of {known}." if known else "leave the digit out.",
        )
