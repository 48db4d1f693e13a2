"""What a protocol is: standard planes, how their pictures are graded, its sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sesamoid.anatomy.grade_rule import GradeRule
from sesamoid.anatomy.planes import Plane
from sesamoid.errors import SesamoidError


@dataclass(frozen=True)
class Source:
    """Where a size or a limit comes from; tag R read at its source, M recalled, P proposal."""

    tag: str
    text: str


@dataclass(frozen=True)
class PublishedLabel:
    """A label that a publication names, and the planes that it belongs to there."""

    label: str
    name: str
    planes: tuple[str, ...]


@dataclass(frozen=True)
class Checks:
    """Constants of automatic checks (clinical facts 1.5).

    Parameters
    ----------
    tilt_visible_deg : tuple of float
        Tilt off the right angle at which a tendon begins to look darker, and surely does.
    tilt_exponent : tuple of float
        Range of n in echo amplitude x cos^n(angle off the right angle) of a tendon.
    wrong_plane_factor : float
        A pose off by more than this many tolerances is no longer of the plane.
    """

    tilt_visible_deg: tuple[float, float]
    tilt_exponent: tuple[float, float]
    wrong_plane_factor: float


@dataclass(frozen=True)
class Protocol:
    """A set of standard planes and how their pictures are graded.

    Parameters
    ----------
    id, version, name, basis : str
        `basis` says in a sentence what is published and what is not.
    planes : tuple of Plane
        In the order of the examination.
    grading : GradeRule
    checks : Checks
    published_labels : tuple of PublishedLabel
    sources : mapping of str to Source
        By the keys that planes and requirements name.
    """

    id: str
    version: str
    name: str
    basis: str
    planes: tuple[Plane, ...]
    grading: GradeRule
    checks: Checks
    published_labels: tuple[PublishedLabel, ...]
    sources: Mapping[str, Source]

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Every label with the ids of the planes that require it."""
        out: dict[str, list[str]] = {}
        for plane in self.planes:
            for needed in plane.required:
                out.setdefault(needed.label, []).append(plane.id)
        return {label: tuple(ids) for label, ids in out.items()}

    def plane(self, plane_id: str, *, digit: int | None = None) -> Plane:
        """One plane, on another finger where asked; SesamoidError names those that there are."""
        for plane in self.planes:
            if plane.id == plane_id:
                return plane if digit is None else plane.of_digit(digit)
        raise SesamoidError(
            f"protocol {self.id} has no plane {plane_id!r}",
            fix=f"use one of {', '.join(plane.id for plane in self.planes)}.",
        )
