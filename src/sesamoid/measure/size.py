"""Area and place of a mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing


def area(mask: NDArray[np.generic], spacing: Spacing) -> float:
    """Trace area: number of pixels times the area of a pixel; 0 for an empty mask.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels.

    Returns
    -------
    float
        In the square of the spacing's unit.

    Notes
    -----
    Clinical convention: cross-sectional area by tracing equals pixel count times pixel area
    (clinical facts 2.3).
    """
    row, column = checked_spacing(spacing)
    return int(np.count_nonzero(checked_mask(mask, may_be_empty=True))) * row * column


def centroid(mask: NDArray[np.generic]) -> tuple[float, float]:
    """Mean (row, column) of the mask's pixels, in pixels; the same whatever the spacing.

    Raises
    ------
    SesamoidError
        The mask is empty.
    """
    rows, columns = np.nonzero(checked_mask(mask))
    return float(rows.mean()), float(columns.mean())


def depth(
    mask: NDArray[np.generic], spacing: Spacing, *, skin_row: float | NDArray[np.floating] = 0.0
) -> float:
    """Distance from the skin line down to the mask's centroid, along the image columns.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels.
    skin_row : float or ndarray of shape (columns,)
        Row of the skin in each column, in pixels, in the same pixels as the mask; for a linear
        probe without gel stand-off this is the first row of the scan area.

    Returns
    -------
    float
        In the spacing's unit; negative where the centroid lies above the line.
    """
    row_mm, _ = checked_spacing(spacing)
    row, column = centroid(mask)
    line = np.asarray(skin_row, dtype=float)
    if line.ndim == 0:
        skin = float(line)
    elif line.shape == (mask.shape[1],):
        skin = float(np.interp(column, np.arange(len(line)), line))
    else:
        raise SesamoidError(
            f"skin_row of shape {line.shape} is neither one row nor one for each of the "
            f"{mask.shape[1]} columns"
        )
    return (row - skin) * row_mm
