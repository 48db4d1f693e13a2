"""What a picture can show of a section: not what lies behind bone, nor without contact."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.population import load_table
from sesamoid.virtual.body.tissue_codes import tissue_codes
from sesamoid.virtual.section import GEL_MM, Section


def lit(
    section: Section, structures: Sequence[str] = (), *, gel_mm: float = GEL_MM
) -> NDArray[np.bool_]:
    """Where sound comes to: in columns with contact, down to the first bone; (rows, columns).

    Parameters
    ----------
    section : Section
    structures : sequence of str, optional
        The body's structures, in the order of their index: the bright line of some parts of bone
        is taken higher than that of the others (``tables/visibility.yaml``).
    gel_mm : float
        Thickest layer between face and skin that carries sound.
    """
    bone, first, hit = first_bone(section)
    into = np.rint(bone_line_mm(tuple(structures))[hit] / section.grid.spacing_mm[0])
    row = np.arange(section.grid.rows)[:, None]
    line = bone & (row < first + into.astype(np.intp)) & (section.structure == hit)
    # A second bone behind the first stays dark.
    result: NDArray[np.bool_] = ((row < first) | line) & (section.gap_mm <= gel_mm)
    return result


def first_bone(
    section: Section,
) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.uint8]]:
    """Where bone is, and what each beam meets of it first.

    Returns
    -------
    bone : ndarray of bool, shape (rows, columns)
    first : ndarray of int, shape (columns,)
        Row of the first bone; the number of rows where there is none.
    hit : ndarray of uint8, shape (columns,)
        The structure there, of the last row where there is no bone.
    """
    bone = rigid_tissues()[section.tissue]
    rows, columns = bone.shape
    first = np.where(bone.any(axis=0), bone.argmax(axis=0), rows)
    hit = section.structure[np.minimum(first, rows - 1), np.arange(columns)]
    return bone, first, hit


@cache
def rigid_tissues() -> NDArray[np.bool_]:
    """True for the tissues that sound does not pass, by index as in a `Section`; shape (256,)."""
    rigid = np.zeros(256, dtype=np.bool_)
    rigid[[tissue_codes()["cortex"], tissue_codes()["bone"]]] = True
    return rigid


@cache
def bone_line_mm(structures: tuple[str, ...]) -> NDArray[np.float64]:
    """Height of the bright line of each structure, were it a bone; shape (256,)."""
    heights = load_table("visibility")["bone_line_mm"]
    found = np.full(256, float(heights["default"]))
    for index, key in enumerate(structures):
        found[index] = heights.get(key, heights["default"])
    return found


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
    shown = section.structure[lit(section, structures)]
    counts = np.bincount(shown, minlength=len(structures))
    return {key: float(counts[list(structures).index(key)] * row_mm * column_mm) for key in keys}
