"""What was seen of a standard plane on one picture: the input of its grade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sesamoid.anatomy import Plane, Requirement
from sesamoid.errors import SesamoidError

EDGES = ("left", "right")


@dataclass(frozen=True)
class PlaneEvidence:
    """What a picture shows, from the truth of a virtual scanner or from a model's outlines.

    Parts are named by the keys of `Plane.parts`: ``"Pis"``, ``"D&Ss:index"``. What is None, or not
    named, was not assessed: it neither helps nor harms; a visibility that is not named is 0.

    Parameters
    ----------
    visibility : mapping of str to float
        0..1 by part; see `part_visibility`.
    plane_probability : float
        That the picture is of this plane.
    reversed : bool
        Shown the wrong way round, or the wrong side of the limb.
    centre_offset : float, optional
        Mean position of the critical structures from the middle of the picture, as a share of its
        width; negative is left.
    continuity : mapping of str to float
        Of bones: share of the columns between their ends that show the bright line.
    tendon_echo : mapping of str to float
        Of tendons: echo amplitude over that of the same tendon at a right angle to the beam; 0 or
        more, before log compression.
    depth_fill : float, optional
        Depth of the lowest edge of the required structures over the depth of the picture.
    mean_grey, usable : float, optional
        Of the picture from the skin to that depth: mean grey of 255; share of the pixels that are
        neither black nor saturated (levels: `GradeRule`).
    lift_off, reverberation : float, optional
        Share of the aperture without contact; share of that picture that is reverberation.
    depth_cut, dropout : frozenset of str
        Parts that the lower edge of the picture cuts; parts that lie under lost contact.
    edge_cut : mapping of str to str
        Parts that the left or the right edge cuts.
    """

    visibility: Mapping[str, float]
    plane_probability: float = 1.0
    reversed: bool = False
    centre_offset: float | None = None
    continuity: Mapping[str, float] = field(default_factory=dict)
    tendon_echo: Mapping[str, float] = field(default_factory=dict)
    depth_fill: float | None = None
    mean_grey: float | None = None
    usable: float | None = None
    lift_off: float | None = None
    reverberation: float | None = None
    depth_cut: frozenset[str] = frozenset()
    dropout: frozenset[str] = frozenset()
    edge_cut: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for what in ("visibility", "continuity"):
            for key, value in getattr(self, what).items():
                _within(f"{what} of {key}", value, 0, 1)
        for key, value in self.tendon_echo.items():
            _within(f"tendon_echo of {key}", value, 0, float("inf"))
        for what, low, high in (
            ("plane_probability", 0, 1), ("centre_offset", -0.5, 0.5), ("mean_grey", 0, 255),
            ("usable", 0, 1), ("lift_off", 0, 1), ("reverberation", 0, 1),
            ("depth_fill", 0, float("inf")),
        ):  # fmt: skip
            if getattr(self, what) is not None:
                _within(what, getattr(self, what), low, high)
        for key, edge in self.edge_cut.items():
            if edge not in EDGES:
                raise SesamoidError(
                    f"{key} is cut at the edge {edge!r}", fix=f"use one of {', '.join(EDGES)}."
                )

    def check(self, plane: Plane) -> None:
        """Raise where a part is named that the plane does not have."""
        known = {part.key for group in plane.labels.values() for part in group.parts}
        named = (
            set(self.visibility) | set(self.continuity) | set(self.tendon_echo)
            | set(self.edge_cut) | self.depth_cut | self.dropout
        )  # fmt: skip
        if named - known:
            raise SesamoidError(
                f"plane {plane.id} has no part {sorted(named - known)[0]!r}",
                fix=f"use one of {', '.join(sorted(known))}.",
            )


def part_visibility(area_mm2: float, needed: Requirement, *, confidence: float = 1.0) -> float:
    """How much of a part is seen: min(1, area over its least area) x mean confidence of its mask.

    Parameters
    ----------
    area_mm2 : float
        Of the part's mask; soft masks count by their probabilities.
    needed : Requirement
    confidence : float
        0..1.

    Returns
    -------
    float
        0..1 (clinical facts 1.4 [P]).
    """
    return min(1.0, area_mm2 / needed.minimal_area_mm2) * confidence


def _within(what: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # NaN too
        raise SesamoidError(f"{what} is {value}, not between {low:g} and {high:g}")
