"""Thickness of thin bands: pulleys, cartilage, a nerve or tendon in long axis, joint recesses."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.errors import SesamoidError
from sesamoid.measure.axes import ellipse_axes
from sesamoid.measure.calipers import Caliper
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing

SMOOTH_SHARE = 0.05
"""Of a band's columns: the middle line is smoothed over as many, so that stairs add no length."""


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


def widest_across(mask: NDArray[np.generic], spacing: Spacing) -> Caliper:
    """The largest extent of a mask across its long axis, as a caliper.

    Raises
    ------
    SesamoidError
        The mask is empty.
    """
    step = np.asarray(checked_spacing(spacing))
    points = np.argwhere(checked_mask(mask)).astype(float)
    if len(points) == 0:
        raise SesamoidError("the mask is empty")
    axis = ellipse_axes(mask, spacing).long_axis
    along = (np.asarray(axis.end) - np.asarray(axis.start)) * step
    along = along / max(float(np.hypot(*along)), 1e-9)
    across = np.array([along[1], -along[0]])
    placed = points * step
    bins = np.rint((placed @ along) / float(step.max())).astype(int)
    heights = placed @ across
    order = np.unique(bins)
    low = ndimage.minimum(heights, bins, order)
    high = ndimage.maximum(heights, bins, order)
    # A pixel is as wide as it is long: from edge to edge, not from centre to centre.
    pixel = float(np.abs(across) @ step)
    best = int(np.argmax(high - low))
    place = float(order[best]) * float(step.max())
    start = (along * place + across * (low[best] - pixel / 2)) / step
    end = (along * place + across * (high[best] + pixel / 2)) / step
    return Caliper.between(start, end, (float(step[0]), float(step[1])))
