"""Interval of a size from a probability map: the model's own uncertainty, and the pixel's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.errors import SesamoidError
from sesamoid.findings.measurements import Uncertainty
from sesamoid.measure.axes import short_and_long_axis
from sesamoid.measure.checks import Mask, Spacing, checked_mask, checked_spacing, same_shape
from sesamoid.measure.perimeter import perimeter
from sesamoid.measure.size import area

METHOD = (
    "model uncertainty: the size of the mask at pixel probabilities {high:.3g} and {low:.3g}, and "
    "half a pixel of outline, in quadrature; nominal coverage, not verified on readers"
)


def area_interval(
    probability: NDArray[np.floating],
    instance: NDArray[np.bool_],
    spacing: Spacing,
    *,
    coverage: float = 0.9,
    exclude: NDArray[np.bool_] | None = None,
) -> Uncertainty:
    """Interval of an area.

    Parameters
    ----------
    probability : ndarray of shape (rows, columns)
        Of the class, 0..1.
    instance : ndarray of bool
        The structure as it was outlined.
    spacing : tuple of float
        (row, column), mm or pixels.
    coverage : float
        Nominal, in (0, 1).
    exclude : ndarray of bool, optional
        Other structures, into which the wider mask may not grow.

    Returns
    -------
    Uncertainty
        In the square of the spacing's unit; holds the area of `instance`.

    Notes
    -----
    If pixel probabilities were calibrated and the outline moved as one, P(area <= area of
    {p >= t}) would be 1 - t, so the thresholds (1 ± coverage) / 2 would give the interval. Networks
    are over-confident and outlines do not move as one: this is a model's uncertainty, not the
    spread of readers, until its coverage is measured on data. The pixel term takes the whole
    outline to be off by half a pixel, the worst case.
    """
    half_pixel = 0.5 * float(np.sqrt(spacing[0] * spacing[1]))
    term = half_pixel * perimeter(instance, spacing)
    return _interval(area, probability, instance, spacing, coverage, exclude, term)


def axis_interval(
    probability: NDArray[np.floating],
    instance: NDArray[np.bool_],
    spacing: Spacing,
    *,
    axis: str,
    coverage: float = 0.9,
    exclude: NDArray[np.bool_] | None = None,
) -> Uncertainty:
    """Interval of the short or the long axis; as `area_interval`, with one pixel for two ends.

    Parameters
    ----------
    axis : {"short", "long"}
    """
    if axis not in ("short", "long"):
        raise SesamoidError(f"axis is {axis!r}, not 'short' or 'long'")

    def length(mask: Mask, step: Spacing) -> float:
        return short_and_long_axis(mask, step)[axis == "long"].length

    term = float(np.sqrt(spacing[0] * spacing[1]))
    return _interval(length, probability, instance, spacing, coverage, exclude, term)


def _interval(
    size: Callable[[Mask, Spacing], float],
    probability: NDArray[np.floating],
    instance: NDArray[np.bool_],
    spacing: Spacing,
    coverage: float,
    exclude: NDArray[np.bool_] | None,
    pixel_term: float,
) -> Uncertainty:
    checked_spacing(spacing)
    same_shape(probability, instance)
    if not 0 < coverage < 1:
        raise SesamoidError(f"coverage is {coverage}, not in (0, 1)")
    core = checked_mask(instance)
    tail = (1 - coverage) / 2
    free = np.ones_like(core) if exclude is None else ~exclude
    inner = core & (probability >= 1 - tail)
    outer = _joined((core | (probability >= tail)) & free, core) | core
    value = size(core, spacing)
    smallest = size(inner, spacing) if inner.any() else 0.0
    below = float(np.hypot(max(0.0, value - smallest), pixel_term))
    above = float(np.hypot(max(0.0, size(outer, spacing) - value), pixel_term))
    return Uncertainty(
        low=max(0.0, value - below),
        high=value + above,
        coverage=coverage,
        method=METHOD.format(high=1 - tail, low=tail),
    )


def _joined(mask: Mask, core: Mask) -> Mask:
    """The connected parts of `mask` that touch `core`."""
    labels, _ = ndimage.label(mask, np.ones((3, 3)))
    kept = np.unique(labels[core & mask])
    joined: Mask = np.isin(labels, kept[kept > 0])
    return joined
