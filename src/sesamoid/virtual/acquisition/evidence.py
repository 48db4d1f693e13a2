"""From the acoustic truth of a picture to the evidence that its grade is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import GradeRule, Plane
from sesamoid.measure.plane_evidence import PlaneEvidence
from sesamoid.virtual.acquisition.part_seen import parts_seen
from sesamoid.virtual.acquisition.reference import Reference
from sesamoid.virtual.acquisition.seen import Seen
from sesamoid.virtual.acquisition.seen_structures import Counts


def plane_evidence(
    seen: Seen,
    counts: Counts,
    plane: Plane,
    structures: tuple[str, ...],
    pixels: NDArray[np.uint8],
    rule: GradeRule,
    *,
    reference: Reference,
    plane_probability: float = 1.0,
    reversed_: bool = False,
) -> PlaneEvidence:
    """What a picture shows of a plane, from perfect maps.

    Parameters
    ----------
    seen : Seen
    counts : Counts
        Of `seen`.
    plane : Plane
    structures : tuple of str
        Keys by index.
    pixels : ndarray of uint8, shape (picture rows, picture columns)
        The picture itself, for its grey values; its first row is at the face.
    rule : GradeRule
        For what is black and what is saturated.
    reference : Reference
        What a bone line and a tendon can be in this plane of this body.
    plane_probability : float
        That the picture is of this plane.
    reversed_ : bool
        Held the wrong way round.
    """
    parts = parts_seen(seen, counts, plane, structures)
    there = {key: part for key, part in parts.items() if part.total}
    critical = [there[key].middle for key in plane.critical if key in there]
    lowest = max((part.lowest for part in there.values()), default=None)
    mean_grey, usable = _grey(seen, pixels, lowest, rule)
    return PlaneEvidence(
        visibility={key: part.visibility for key, part in parts.items()},
        plane_probability=plane_probability,
        reversed=reversed_,
        centre_offset=float(np.clip(np.mean(critical) - 0.5, -0.5, 0.5)) if critical else None,
        continuity=reference.of_bone_lines(there),
        tendon_echo=reference.of_tendons(there),
        depth_fill=None if lowest is None else (lowest + 1) / seen.section.grid.rows,
        mean_grey=mean_grey,
        usable=usable,
        lift_off=float(1 - seen.contact.mean()),
        depth_cut=frozenset(key for key, part in there.items() if part.cut_below),
        dropout=frozenset(key for key, part in parts.items() if part.dropout),
        edge_cut={key: part.edge for key, part in there.items() if part.edge},
    )


def _grey(
    seen: Seen, pixels: NDArray[np.uint8], lowest: int | None, rule: GradeRule
) -> tuple[float | None, float | None]:
    """Mean grey, and share of pixels neither black nor saturated, from the skin to `lowest`."""
    if lowest is None or not seen.contact.any():
        return None, None
    grid = seen.section.grid
    bottom = max(1, round((lowest + 1) * pixels.shape[0] / grid.rows))
    beam = np.minimum(
        (np.arange(pixels.shape[1]) + 0.5) * grid.columns / pixels.shape[1], grid.columns - 1
    ).astype(np.intp)
    top = (
        np.where(seen.contact, seen.section.gap_mm, np.inf)[beam] * pixels.shape[0] / grid.depth_mm
    )
    inside = pixels[:bottom][np.arange(bottom)[:, None] >= top]
    if not inside.size:
        return None, None
    usable = (inside >= rule.black_level) & (inside <= rule.saturated_level)
    return float(inside.mean()), float(usable.mean())
