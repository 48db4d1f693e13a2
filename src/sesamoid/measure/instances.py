"""From a label image to single structures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.errors import SesamoidError
from sesamoid.measure.checks import PIXELS, Mask, Spacing, checked_mask, checked_spacing


def instances(
    mask: NDArray[np.generic], *, spacing: Spacing = PIXELS, minimal_area: float = 0.0
) -> list[Mask]:
    """Connected parts of a mask, largest first.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
        May be empty.
    spacing : tuple of float
        (row, column), mm or pixels.
    minimal_area : float
        Smaller parts are left out; in the square of the spacing's unit.

    Returns
    -------
    list of ndarray of bool
        Each of the mask's shape. Pixels that touch at a corner belong together. Parts of equal size
        keep reading order, so that names such as ``nerve-1`` are stable.
    """
    row, column = checked_spacing(spacing)
    labels, count = ndimage.label(checked_mask(mask, may_be_empty=True), np.ones((3, 3)))
    sizes = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    order = np.argsort(-sizes, kind="stable")
    return [labels == i + 1 for i in order if sizes[i] * row * column >= minimal_area]


def instances_by_class(
    labels: NDArray[np.integer],
    *,
    spacing: Spacing = PIXELS,
    minimal_area: float | Mapping[int, float] = 0.0,
) -> dict[int, list[Mask]]:
    """`instances` of every class above 0 in a label image.

    Parameters
    ----------
    labels : ndarray of int, shape (rows, columns)
        0 is background.
    minimal_area : float or mapping of class to float
        In the square of the spacing's unit.

    Raises
    ------
    SesamoidError
        The mapping leaves out a class that occurs.
    """
    found: dict[int, list[Mask]] = {}
    for value in (int(v) for v in np.unique(labels) if v > 0):
        if isinstance(minimal_area, Mapping):
            if value not in minimal_area:
                raise SesamoidError(
                    f"no minimal area is given for class {value}",
                    fix=f"give one number, or one for each of {np.unique(labels).tolist()}.",
                )
            smallest = float(minimal_area[value])
        else:
            smallest = minimal_area
        found[value] = instances(labels == value, spacing=spacing, minimal_area=smallest)
    return found
