"""What lies in a plane: the hand-over from a body to a scanner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.pose import SliceGrid

GEL_MM = 3.0
"""Thickest layer between face and skin that carries sound, unless a scanner says otherwise (P)."""


@dataclass(frozen=True)
class Section:
    """A body cut by the plane of a picture; all maps have shape (rows, columns).

    Parameters
    ----------
    grid : SliceGrid
    tissue : ndarray of uint8
        Index into the tissue table (`sesamoid.virtual.tissues`). Between face and skin it is gel,
        however wide the gap: whether there is that much gel is the scanner's setting.
    structure : ndarray of uint8
        Index into the body's list of structures; 0 is none of them.
    facing : ndarray of float32
        |cosine| of the angle between the beam and the normal, in 3-D, of the surface nearest to the
        sample, of the structure that the sample lies in; valid within 0.4 mm of the surface,
        1 elsewhere.
    fibre : ndarray of float32
        |cosine| of the angle between the beam and the fibre direction, in 3-D: 0 where the beam is
        perpendicular to the fibres, as it should be; 0 in tissue without fibres.
    material : ndarray of float32, shape (rows, columns, 3)
        Coordinates in mm that move with the tissue, so that its scatterers do; in fibrous tissue
        the third one runs along the fibres.
    gap_mm : ndarray of float32, shape (columns,)
        From the transducer's face to the skin along each beam; 0 where they touch; infinite where
        the beam never meets the skin.
    """

    grid: SliceGrid
    tissue: NDArray[np.uint8]
    structure: NDArray[np.uint8]
    facing: NDArray[np.float32]
    fibre: NDArray[np.float32]
    material: NDArray[np.float32]
    gap_mm: NDArray[np.float32]
