"""What enters the body: which beams touch it, and how thick a slice they see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.virtual.pose import SliceGrid

CONTACT_EDGE_MM = 0.6
"""A beam is lost gradually: its aperture still reaches past the edge of an air gap (P)."""


def contact_of(gap_mm: NDArray[np.float32], gel_mm: float, grid: SliceGrid) -> NDArray[np.float32]:
    """Share of each beam that enters the body: 1 through skin or gel, 0 where there is air.

    Parameters
    ----------
    gap_mm : ndarray of shape (columns,)
        From face to skin.
    gel_mm : float
        Thickest layer of gel.
    grid : SliceGrid
    """
    touching = (gap_mm <= gel_mm).astype(np.float32)
    if touching.all():
        return touching
    sigma = CONTACT_EDGE_MM / grid.spacing_mm[1]
    soft = ndimage.gaussian_filter1d(touching, sigma, mode="nearest")
    return np.asarray(soft * soft, dtype=np.float32)


def section_weights(
    offsets_mm: Sequence[float], sigma_mm: NDArray[np.float64]
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """(scatterers, interfaces) of each section by depth, from the elevation profile.

    Scatterers of neighbouring planes are independent and add up in power; interfaces run through
    the planes and add up in amplitude.

    Parameters
    ----------
    offsets_mm : sequence of float
        Along elevation.
    sigma_mm : ndarray of shape (rows,)
        Of the elevation profile.
    """
    offsets = np.asarray(offsets_mm)[:, None]
    profile = np.exp(-0.5 * (offsets / sigma_mm[None]) ** 2)
    power = profile / np.sqrt((profile**2).sum(axis=0))
    share = profile / profile.sum(axis=0)
    return [(p.astype(np.float32), s.astype(np.float32)) for p, s in zip(power, share, strict=True)]
