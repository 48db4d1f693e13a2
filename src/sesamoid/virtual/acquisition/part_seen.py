"""One required part of a plane, as a section shows it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import LabelPart, Plane, Requirement, structure
from sesamoid.measure.plane_evidence import part_visibility
from sesamoid.virtual.acquisition.seen import Seen, rules
from sesamoid.virtual.acquisition.seen_structures import Counts
from sesamoid.virtual.tissues import tissue_table


def parts_seen(
    seen: Seen, counts: Counts, plane: Plane, structures: tuple[str, ...]
) -> dict[str, PartSeen]:
    """All parts of a plane by key, those of which nothing is shown included."""
    return {key: PartSeen(key, *of, seen, counts, structures) for key, of in plane.parts.items()}


class PartSeen:
    """One required part of a plane on one section.

    Where nothing of it is shown, `total` and `visibility` are 0 and the rest is not defined, but
    for `dropout`.
    """

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
