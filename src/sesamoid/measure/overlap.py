"""How well an outline agrees with a reference, for one image and one class.

Conventions, frozen here (clinical facts 7.2 [P]): both empty is perfect agreement (1, or distance
0); one empty is none (0, or an undefined distance: nan, to be counted and not averaged away).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.measure.checks import PIXELS, Mask, Spacing, checked_mask, checked_spacing, same_shape


def _pair(prediction: NDArray[np.generic], truth: NDArray[np.generic]) -> tuple[Mask, Mask]:
    same_shape(prediction, truth)
    return checked_mask(prediction, may_be_empty=True), checked_mask(truth, may_be_empty=True)


def dice(prediction: NDArray[np.generic], truth: NDArray[np.generic]) -> float:
    """2 |A and B| / (|A| + |B|); 1 where both are empty."""
    a, b = _pair(prediction, truth)
    total = np.count_nonzero(a) + np.count_nonzero(b)
    return 2 * np.count_nonzero(a & b) / total if total else 1.0


def iou(prediction: NDArray[np.generic], truth: NDArray[np.generic]) -> float:
    """|A and B| / |A or B| (Jaccard); 1 where both are empty."""
    a, b = _pair(prediction, truth)
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def surface_distances(
    prediction: NDArray[np.generic], truth: NDArray[np.generic], spacing: Spacing
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance of each edge pixel to the nearest edge pixel of the other mask.

    An edge pixel belongs to the mask and has a 4-neighbour outside it; the image's edge counts as
    outside.

    Returns
    -------
    to_truth, to_prediction : ndarray of shape (edge pixels,)
        In the spacing's unit; both empty where either mask is.
    """
    a, b = _pair(prediction, truth)
    checked_spacing(spacing)
    none = np.zeros(0)
    if not a.any() or not b.any():
        return none, none
    box = _box(a | b)
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (a[box], b[box])]
    away = [ndimage.distance_transform_edt(~edge, sampling=spacing) for edge in edges]
    return away[1][edges[0]], away[0][edges[1]]


def _box(mask: Mask) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def hausdorff_95(
    prediction: NDArray[np.generic], truth: NDArray[np.generic], spacing: Spacing = PIXELS
) -> float:
    """The larger of the two directed 95th-percentile surface distances.

    Returns
    -------
    float
        In the spacing's unit; 0 where both masks are empty, nan where one is.
    """
    a, b = _pair(prediction, truth)
    if not a.any() and not b.any():
        return 0.0
    there, back = surface_distances(a, b, spacing)
    if not len(there):
        return math.nan
    return max(float(np.percentile(there, 95)), float(np.percentile(back, 95)))


def normalised_surface_dice(
    prediction: NDArray[np.generic],
    truth: NDArray[np.generic],
    spacing: Spacing = PIXELS,
    *,
    tolerance: float,
) -> float:
    """Share of both outlines that lies within `tolerance` of the other (Nikolov 2018).

    Parameters
    ----------
    tolerance : float
        In the spacing's unit; should be the variation between readers of that structure.

    Returns
    -------
    float
        1 where both masks are empty, 0 where one is. Edge pixels are counted, not edge length.
    """
    a, b = _pair(prediction, truth)
    if not a.any() and not b.any():
        return 1.0
    there, back = surface_distances(a, b, spacing)
    if not len(there):
        return 0.0
    near = np.count_nonzero(there <= tolerance) + np.count_nonzero(back <= tolerance)
    return float(near / (len(there) + len(back)))
