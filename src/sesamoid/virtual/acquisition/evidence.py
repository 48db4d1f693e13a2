"""From the acoustic truth of a picture to the evidence that its grade is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import GradeRule, LabelPart, Plane, Requirement, structure
from sesamoid.measure.plane_evidence import PlaneEvidence, part_visibility
from sesamoid.virtual.acquisition.seen import Seen, rules
from sesamoid.virtual.acquisition.seen_structures import Counts
from sesamoid.virtual.tissues import tissue_table

Indices = NDArray[np.intp]


def plane_evidence(
    seen: Seen,
    counts: Counts,
    plane: Plane,
    structures: tuple[str, ...],
    pixels: NDArray[np.uint8],
    rule: GradeRule,
    *,
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
    plane_probability : float
        That the picture is of this plane.
    reversed_ : bool
        Held the wrong way round.
    """
    parts = {key: _Part(key, *of, seen, counts, structures) for key, of in plane.parts.items()}
    there = {key: part for key, part in parts.items() if part.total}
    critical = [there[key].middle for key in plane.critical if key in there]
    lowest = max((part.lowest for part in there.values()), default=None)
    mean_grey, usable = _grey(seen, pixels, lowest, rule)
    return PlaneEvidence(
        visibility={key: part.visibility for key, part in parts.items()},
        plane_probability=plane_probability,
        reversed=reversed_,
        centre_offset=float(np.clip(np.mean(critical) - 0.5, -0.5, 0.5)) if critical else None,
        continuity={k: p.continuity for k, p in there.items() if p.category == "bone"},
        tendon_echo={k: p.echo for k, p in there.items() if p.category == "tendon"},
        depth_fill=None if lowest is None else (lowest + 1) / seen.section.grid.rows,
        mean_grey=mean_grey,
        usable=usable,
        lift_off=float(1 - seen.contact.mean()),
        depth_cut=frozenset(key for key, part in there.items() if part.cut_below),
        dropout=frozenset(key for key, part in parts.items() if part.dropout),
        edge_cut={key: part.edge for key, part in there.items() if part.edge},
    )


class _Part:
    """One required part of a plane on one section."""

    def __init__(
        self,
        key: str,
        part: LabelPart,
        needed: Requirement,
        seen: Seen,
        counts: Counts,
        structures: tuple[str, ...],
    ):
        self.key, self.category = key, structure(part.structures[0]).category
        there = [structures.index(s) for s in part.structures if s in structures]
        index = np.array(there, dtype=np.intp)
        grid = seen.section.grid
        by_row = counts.shown.by_row[index].sum(axis=0)
        self._by_column = counts.shown.by_column[index].sum(axis=0)
        self.total = int(by_row.sum())
        self.dropout = _lost(counts.whole.by_column[index].sum(axis=0), seen)
        self.visibility = 0.0
        if not self.total:
            return
        self._seen = seen
        self._columns, rows = np.flatnonzero(self._by_column), np.flatnonzero(by_row)
        self.lowest = int(rows[-1])
        self._box = np.s_[rows[0] : rows[-1] + 1, self._columns[0] : self._columns[-1] + 1]
        member = np.zeros(256, dtype=np.bool_)
        member[index] = True
        self._mask = member[seen.structure[self._box]]
        self.middle = float(self._by_column @ (np.arange(grid.columns) + 0.5)) / (
            self.total * grid.columns
        )
        area = self.total * grid.spacing_mm[0] * grid.spacing_mm[1]
        confidence = float(seen.clarity[self._box][self._mask].mean())
        self.visibility = part_visibility(area, needed, confidence=confidence)
        self.cut_below = bool(by_row[-1] >= rules()["cut_share"] * len(self._columns))

    @property
    def edge(self) -> str:
        """The edge of the picture that cuts it; empty where none does."""
        return "left" if self._by_column[0] else "right" if self._by_column[-1] else ""

    @property
    def continuity(self) -> float:
        """Share of the beams between its ends on which the line of a bone is seen."""
        return float(self._seen.bone_line[self._columns[0] : self._columns[-1] + 1].mean())

    @property
    def echo(self) -> float:
        """Echo amplitude over that at a right angle to the fibres, mean over what is shown."""
        table = tissue_table()
        exponent = float(table.anisotropy_exponent[table.index("tendon")])
        fibre = self._seen.section.fibre[self._box][self._mask].astype(np.float64)
        return float(((1 - np.clip(fibre, 0, 1) ** 2) ** (exponent / 2)).mean())


def _lost(by_column: NDArray[np.int64], seen: Seen) -> bool:
    """Whether enough of a part lies under lost contact; never where there is nothing of it."""
    total = int(by_column.sum())
    lost = int(by_column[~seen.contact].sum())
    return total > 0 and lost >= rules()["dropout_share"] * total


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
