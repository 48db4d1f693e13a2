"""What every measurement asks of its mask and spacing."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError

Spacing = tuple[float, float]
"""(row, column) distance between pixel centres, in mm, or (1, 1) where lengths stay in pixels."""

Mask = NDArray[np.bool_]
"""An outlined structure of shape (rows, columns)."""

PIXELS: Spacing = (1.0, 1.0)
"""Spacing of an image that is not calibrated: lengths come out in pixels."""


def checked_spacing(spacing: Spacing) -> Spacing:
    """`spacing`, or SesamoidError where it is not two positive, finite numbers."""
    if len(spacing) != 2 or not all(math.isfinite(s) and s > 0 for s in spacing):
        raise SesamoidError(
            f"spacing {spacing} is not two positive numbers",
            fix="give (row, column) spacing in mm, or (1.0, 1.0) for pixels.",
        )
    return float(spacing[0]), float(spacing[1])


def checked_mask(mask: NDArray[np.generic], *, may_be_empty: bool = False) -> Mask:
    """`mask` as bool; SesamoidError where it is not 2-D or, unless allowed, has no pixel."""
    if mask.ndim != 2:
        raise SesamoidError(f"a mask has two axes (rows, columns), not shape {mask.shape}")
    as_bool = np.asarray(mask, dtype=bool)
    if not may_be_empty and not as_bool.any():
        raise SesamoidError("the mask is empty, so there is nothing to measure")
    return as_bool


def same_shape(first: NDArray[np.generic], second: NDArray[np.generic]) -> None:
    """SesamoidError where two arrays do not lie on the same pixels."""
    if first.shape != second.shape:
        raise SesamoidError(
            f"arrays of shape {first.shape} and {second.shape} do not lie on the same pixels"
        )
