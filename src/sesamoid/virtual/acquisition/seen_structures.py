"""The structures on a picture, with their sizes and depths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.acquisition.seen import Seen
from sesamoid.virtual.acquisition.tally import Tally


@dataclass(frozen=True)
class SeenStructure:
    """One structure that a picture shows something of.

    Parameters
    ----------
    key : str
    area_mm2 : float
        Of its section within the picture's frame, shown or not; of a bone, the whole bone.
    shown_mm2 : float
        Of its mask: where sound comes to; of a bone, its outer line.
    width_mm, height_mm : float
        Extent of the mask along the face and along the beam.
    depth_mm : float
        Of the mask's centre below the skin.
    along_mm : float
        Of the mask's centre from the middle of the picture; positive to the right.
    """

    key: str
    area_mm2: float
    shown_mm2: float
    width_mm: float
    height_mm: float
    depth_mm: float
    along_mm: float


@dataclass(frozen=True)
class Counts:
    """Where everything lies on one section, shown and at all."""

    whole: Tally
    shown: Tally

    @classmethod
    def of(cls, seen: Seen, structures: int) -> Counts:
        """Count a section with that many structure indices."""
        return cls(
            Tally.of(seen.section.structure, structures), Tally.of(seen.structure, structures)
        )


def seen_structures(
    seen: Seen, counts: Counts, structures: tuple[str, ...]
) -> tuple[SeenStructure, ...]:
    """Those of which something is shown, in the order of their indices."""
    grid = seen.section.grid
    row_mm, column_mm = grid.spacing_mm
    pixel = row_mm * column_mm
    skin = _skin_mm(seen)
    found = []
    for index in counts.shown.present():
        by_row, by_column = counts.shown.by_row[index], counts.shown.by_column[index]
        rows, columns = np.flatnonzero(by_row), np.flatnonzero(by_column)
        total = int(counts.shown.pixels[index])
        centre_row = float(by_row @ np.arange(grid.rows)) / total
        centre_column = float(by_column @ np.arange(grid.columns)) / total
        found.append(
            SeenStructure(
                key=structures[index],
                area_mm2=float(counts.whole.pixels[index]) * pixel,
                shown_mm2=total * pixel,
                width_mm=float(columns[-1] - columns[0] + 1) * column_mm,
                height_mm=float(rows[-1] - rows[0] + 1) * row_mm,
                depth_mm=centre_row * row_mm - float(by_column @ skin) / total,
                along_mm=centre_column * column_mm - grid.width_mm / 2,
            )
        )
    return tuple(found)


def _skin_mm(seen: Seen) -> NDArray[np.float64]:
    """Depth of the skin below the face by column, 0 where it is not met."""
    gap = seen.section.gap_mm.astype(np.float64)
    return np.where(np.isfinite(gap), gap, 0.0)
