"""What a picture can show of a section: not what lies behind bone or where the face has no contact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.section import Section

# A bone's surface is seen this deep; behind it is shadow.
SEEN_INTO_BONE_MM = 0.5
GEL_MM = 5.0


def lit(section: Section) -> NDArray[np.bool_]:
    """Where sound comes to: in columns with contact, down to the first bone; (rows, columns)."""
    codes = tissue_codes()
    bone = (section.tissue == codes["cortex"]) | (section.tissue == codes["bone"])
    depth_mm = np.cumsum(bone, axis=0) * section.grid.spacing_mm[0]
    met = np.maximum.accumulate(bone, axis=0)
    open_way = ~met | (bone & (depth_mm <= SEEN_INTO_BONE_MM))
    # A second bone behind the first stays dark.
    left = np.maximum.accumulate(met & ~bone, axis=0)
    result: NDArray[np.bool_] = open_way & ~left & (section.gap_mm < GEL_MM)[None, :]
    return result


def visible_area_mm2(
    section: Section, structures: Sequence[str], keys: Sequence[str]
) -> dict[str, float]:
    """Area of each structure that sound comes to.

    Parameters
    ----------
    section : Section
    structures : sequence of str
        The body's structures, in the order of their index.
    keys : sequence of str
        Of which to give the area.
    """
    row_mm, column_mm = section.grid.spacing_mm
    counts = np.bincount(section.structure[lit(section)], minlength=len(structures))
    return {key: float(counts[list(structures).index(key)] * row_mm * column_mm) for key in keys}
