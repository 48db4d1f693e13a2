"""Directions of sparsely labelled fascicle fragments, to check a dense field against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.measure.muscle.angles import Array, difference, wrapped

SHORTEST_PX = 12.0
"""A fragment shorter than this has no direction worth checking: half a pixel is 2.4 degrees [D]."""

STRAIGHT_PX = 60.0
"""Fragments longer than this may bend: a parabola is fitted along them [P]."""

LARGEST_RESIDUAL_PX = 3.0
"""Spread across the fitted line above which a component is taken for several that touch [P]."""


@dataclass(frozen=True)
class FragmentAngles:
    """Labelled pixels and the direction there.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (n,)
    angle : ndarray, shape (n,)
        Radians in pixel steps, positive when rising to the right.
    fragment : ndarray of int, shape (n,)
        Number of the fragment that a pixel belongs to.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    angle: Array
    fragment: NDArray[np.intp]


def fragment_angles(mask: NDArray[np.generic]) -> FragmentAngles:
    """The tangent at every pixel of every fragment of `mask`, (rows, columns).

    Notes
    -----
    A fragment is a connected component (8 neighbours). Its direction is the principal axis; along
    a fragment longer than `STRAIGHT_PX` the slope of a parabola over that axis is added.
    """
    labels, _ = ndimage.label(np.asarray(mask) > 0, np.ones((3, 3)))
    parts: list[tuple[NDArray[np.intp], NDArray[np.intp], Array, int]] = []
    for index, box in enumerate(ndimage.find_objects(labels), start=1):
        rows, columns = np.nonzero(labels[box] == index)
        angle = _tangents(rows.astype(float), columns.astype(float))
        if angle is not None:
            parts.append((rows + box[0].start, columns + box[1].start, angle, index))
    if not parts:
        empty = np.zeros(0, dtype=np.intp)
        return FragmentAngles(empty, empty, np.zeros(0), empty)
    return FragmentAngles(
        rows=np.concatenate([p[0] for p in parts]),
        columns=np.concatenate([p[1] for p in parts]),
        angle=np.concatenate([p[2] for p in parts]),
        fragment=np.concatenate([np.full(len(p[0]), p[3], dtype=np.intp) for p in parts]),
    )


def _tangents(rows: Array, columns: Array) -> Array | None:
    """Directions at the pixels of one fragment; None where it is too short or not one line."""
    if len(rows) < SHORTEST_PX:
        return None
    points = np.stack([columns - columns.mean(), -(rows - rows.mean())])
    _, vectors = np.linalg.eigh(np.cov(points))
    axis = vectors[:, 1]
    position = axis @ points
    offset = np.array([-axis[1], axis[0]]) @ points
    length = float(np.ptp(position))
    if length < SHORTEST_PX:
        return None
    fit = np.polyfit(position, offset, 2 if length > STRAIGHT_PX else 1)
    residual = offset - np.polyval(fit, position)
    if float(np.std(residual)) > LARGEST_RESIDUAL_PX:
        return None
    slope = np.polyval(np.polyder(fit), position)
    return wrapped(np.arctan2(axis[1], axis[0]) + np.arctan(slope))


@dataclass(frozen=True)
class OrientationError:
    """How far a dense field is off on labelled fragments.

    Parameters
    ----------
    median_deg : float
        Median absolute error over labelled pixels; NaN where nothing is labelled.
    fragment_median_deg : float
        Median over fragments of the absolute median error of each.
    bias_deg : float
        Median signed error over pixels, field minus label.
    pixels, fragments : int
    """

    median_deg: float
    fragment_median_deg: float
    bias_deg: float
    pixels: int
    fragments: int


def orientation_error(angle: Array, mask: NDArray[np.generic]) -> OrientationError:
    """Compare a field of angles (radians, pixel steps) with the fragments of `mask`."""
    truth = fragment_angles(mask)
    found = angle[truth.rows, truth.columns]
    known = np.isfinite(found)
    error = np.degrees(difference(found[known], truth.angle[known]))
    if not len(error):
        return OrientationError(float("nan"), float("nan"), float("nan"), 0, 0)
    numbers = truth.fragment[known]
    each = [float(np.median(error[numbers == n])) for n in np.unique(numbers)]
    return OrientationError(
        median_deg=float(np.median(np.abs(error))),
        fragment_median_deg=float(np.median(np.abs(each))),
        bias_deg=float(np.median(error)),
        pixels=len(error),
        fragments=len(each),
    )
