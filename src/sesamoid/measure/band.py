"""Thickness of thin bands: pulleys, cartilage, a nerve or tendon in long axis, joint recesses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.measure.calipers import Caliper
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing

SMOOTH_SHARE = 0.05
"""Of a band's columns: the middle line is smoothed over as many, so that stairs add no length."""
FINER = 4
"""Parts of a pixel's side that the largest circle is looked for on."""


def band_thickness(
    mask: NDArray[np.generic], spacing: Spacing, *, middle: float = 1.0
) -> tuple[float, Caliper]:
    """Mean thickness of a band that runs across the picture, and where it is thickest.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels.
    middle : float
        Share of its columns, in the middle, that count; ends taper off.

    Returns
    -------
    thickness : float
        Area over the length of the middle line: right also for a bent or sloping band.
    caliper : Caliper
        Across the band, at the middle of the part that counts.

    Raises
    ------
    SesamoidError
        The mask is empty.
    """
    row_mm, column_mm = checked_spacing(spacing)
    band = checked_mask(mask)
    columns = np.flatnonzero(band.any(axis=0))
    cut = round((1 - middle) / 2 * len(columns))
    columns = columns[cut : len(columns) - cut] if len(columns) > 2 * cut + 1 else columns
    part = band[:, columns]
    count = part.sum(axis=0)
    centre = (part * np.arange(len(band))[:, None]).sum(axis=0) / count
    line = ndimage.gaussian_filter1d(centre, max(1.0, SMOOTH_SHARE * len(columns)), mode="nearest")
    area = float(count.sum()) * row_mm * column_mm
    slope = np.gradient(line) * row_mm / column_mm if len(line) > 1 else np.zeros(1)
    length = float(np.hypot(1.0, slope).sum()) * column_mm
    thickness = area / length
    at = len(columns) // 2
    tilt = float(np.arctan(slope[at]))
    half = np.array([np.cos(tilt) / row_mm, -np.sin(tilt) / column_mm]) * thickness / 2
    here = np.array([line[at], float(columns[at])])
    return thickness, Caliper.between(here - half, here + half, (row_mm, column_mm))


def column_height(mask: NDArray[np.generic], spacing: Spacing, *, middle: float = 1.0) -> float:
    """Mean extent along the columns over the middle share of them; in the spacing's unit."""
    row_mm, _ = checked_spacing(spacing)
    count = checked_mask(mask).sum(axis=0)
    count = count[count > 0]
    cut = round((1 - middle) / 2 * len(count))
    count = count[cut : len(count) - cut] if len(count) > 2 * cut + 1 else count
    return float(count.mean()) * row_mm


def largest_thickness(mask: NDArray[np.generic], spacing: Spacing) -> Caliper:
    """Diameter of the largest circle that fits into a mask, across it at that place.

    A bent recess between two bones is not thicker for being bent.

    Raises
    ------
    SesamoidError
        The mask is empty.

    Notes
    -----
    The Euclidean distance of each place to the nearest one outside (local thickness, Hildebrand
    and Ruegsegger 1997), on pixels cut in `FINER` parts; the picture's edge counts as outside.
    """
    row_mm, column_mm = checked_spacing(spacing)
    checked = checked_mask(mask)
    rows, columns = np.flatnonzero(checked.any(axis=1)), np.flatnonzero(checked.any(axis=0))
    part = np.pad(checked[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    fine = np.kron(part, np.ones((FINER, FINER), dtype=bool))
    step = (row_mm / FINER, column_mm / FINER)
    away, nearest = ndimage.distance_transform_edt(fine, sampling=step, return_indices=True)
    best = np.unravel_index(int(away.argmax()), away.shape)
    middle = np.array(best, dtype=float)
    edge = nearest[:, best[0], best[1]].astype(float)
    # The nearest place outside lies half a fine pixel beyond the edge.
    way = (edge - middle) * step
    length = float(np.hypot(*way))
    reach = way * (length - min(step) / 2) / length
    corner = np.array([rows[0] - 1, columns[0] - 1], dtype=float)
    centre = (middle + 0.5) / FINER - 0.5 + corner
    half = reach / np.array([row_mm, column_mm])
    return Caliper.between(centre - half, centre + half, (row_mm, column_mm))
