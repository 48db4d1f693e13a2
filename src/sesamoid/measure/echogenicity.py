"""How bright a structure is against what lies around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.stats import trim_mean

from sesamoid.errors import SesamoidError
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing, same_shape
from sesamoid.measure.size import area

TRIMMED_SHARE = 0.1
"""Share of the darkest and of the brightest pixels that a mean leaves out [P]: a bright fascia or a
vessel in the ring should not set the figure."""

MINIMAL_RING_PIXELS = 20
"""Below this many pixels a ring is no reference [P]."""


@dataclass(frozen=True)
class RelativeEchogenicity:
    """Brightness of a structure against its surroundings.

    Parameters
    ----------
    ratio : float
        Inside over ring; 1: isoechoic. No unit.
    inside, ring : float
        Trimmed mean grey levels, as stored.
    ring_mask : ndarray of bool
        Where the reference was taken, to be drawn.
    """

    ratio: float
    inside: float
    ring: float
    ring_mask: NDArray[np.bool_]


def relative_echogenicity(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic],
    spacing: Spacing,
    *,
    ring_width: float | None = None,
    ring_share: float = 0.25,
    exclude: NDArray[np.generic] | None = None,
    within: NDArray[np.generic] | None = None,
) -> RelativeEchogenicity:
    """Trimmed mean grey in a mask over that in a ring around it.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        As stored; log-compressed grey levels, so the ratio holds for one machine and preset only.
    mask : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels.
    ring_width : float, optional
        In the spacing's unit. None: `ring_share` times the diameter of the disc of equal area.
    ring_share : float
    exclude : ndarray, optional
        Other structures, left out of the ring.
    within : ndarray, optional
        The scan area; nothing outside it is used.

    Raises
    ------
    SesamoidError
        Empty mask, shapes that differ, too small a ring, or a ring without any echo.

    Notes
    -----
    The definition is this project's [P]; published work uses a share of dark pixels after a
    threshold instead (clinical facts 2.3), which needs a machine-specific threshold.
    """
    spacing = checked_spacing(spacing)
    inside = checked_mask(mask)
    same_shape(grey, mask)
    width = ring_width
    if width is None:
        width = ring_share * 2 * float(np.sqrt(area(inside, spacing) / np.pi))
    ring = ~inside & (ndimage.distance_transform_edt(~inside, sampling=spacing) <= width)
    if exclude is not None:
        ring &= ~checked_mask(exclude, may_be_empty=True)
    if within is not None:
        ring &= checked_mask(within)
    if np.count_nonzero(ring) < MINIMAL_RING_PIXELS:
        raise SesamoidError(
            f"the ring of width {width:g} has {np.count_nonzero(ring)} pixels, fewer than "
            f"{MINIMAL_RING_PIXELS}",
            fix="take a wider ring.",
        )
    values = np.asarray(grey, dtype=float)
    level_in = float(trim_mean(values[inside], TRIMMED_SHARE))
    level_ring = float(trim_mean(values[ring], TRIMMED_SHARE))
    if level_ring <= 0:
        raise SesamoidError("the ring around the structure holds no echo, so no ratio exists")
    return RelativeEchogenicity(level_in / level_ring, level_in, level_ring, ring)
