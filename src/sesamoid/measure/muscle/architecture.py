"""From a map of aponeuroses and a field of directions to the architecture of the muscle."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging.geometry import Crop
from sesamoid.measure.checks import PIXELS, Spacing, checked_spacing
from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.bands import Band, find_bands
from sesamoid.measure.muscle.curves import EdgeCurve, fit_edge
from sesamoid.measure.muscle.directions import summarise
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.lengths import length_estimates
from sesamoid.measure.muscle.numbers import NOT_CALIBRATED, angle_estimates, thickness_estimates
from sesamoid.measure.muscle.pairing import choose_pair
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.result import Estimate, MuscleArchitecture, MuscleGeometry
from sesamoid.measure.muscle.settings import settings

_EDGE_COPIES = 24
"""A standard error from n copies is itself off by 1 / sqrt(2 n), here 14 % [D]."""

NO_FASCICLES = "no fascicle directions were found in the muscle"


def muscle_architecture(
    aponeurosis: NDArray[np.floating[Any]],
    orientation: OrientationField,
    *,
    box: Crop | None = None,
    spacing_mm: Spacing | None = None,
    threshold: float | None = None,
    repeats: int | None = None,
    seed: int | None = None,
) -> MuscleArchitecture:
    """Measure one longitudinal image.

    Parameters
    ----------
    aponeurosis : ndarray, shape (rows, columns)
        Probability, 0..1.
    orientation : OrientationField
        Fibre directions in pixel steps with weights, of the same shape.
    box : Crop, optional
        The scan area; the whole image where None.
    spacing_mm : tuple of float, optional
        (row, column); None: lengths in pixels only, and pixels are taken as square for angles.
    threshold : float, optional
        Probability at an aponeurosis' edge; that of the settings where None.
    repeats, seed : int, optional
        Of the bootstrap; 0 repeats give no standard errors, which is faster.

    Returns
    -------
    MuscleArchitecture
        Never raises for what is or isn't in the picture: a missing number has its reason.

    Raises
    ------
    SesamoidError
        The maps don't fit each other.
    """
    if aponeurosis.shape != orientation.angle.shape:
        raise SesamoidError(
            f"aponeurosis map of shape {aponeurosis.shape} and directions of shape "
            f"{orientation.angle.shape} do not lie on the same pixels"
        )
    area = box or Crop(0, 0, int(aponeurosis.shape[0]), int(aponeurosis.shape[1]))
    spacing = checked_spacing(spacing_mm) if spacing_mm is not None else PIXELS
    limits = settings()["bootstrap"]
    count = int(limits["repeats"]) if repeats is None else repeats
    rng = np.random.default_rng(limits["seed"] if seed is None else seed)

    pair = choose_pair(find_bands(aponeurosis, area, threshold=threshold), orientation, area)
    superficial = _curve(pair.superficial, "bottom", spacing)
    deep = _curve(pair.deep, "top", spacing)
    geometry = MuscleGeometry(
        superficial_edge=_drawn(superficial, spacing),
        deep_edge=_drawn(deep, spacing),
        other_bands=pair.others,
    )
    reason = pair.reason or "an edge of an aponeurosis is cut off by the scan area"
    few = min(count, _EDGE_COPIES)
    edges = [_copies(curve, rng, few) for curve in (superficial, deep)]
    if superficial is None or deep is None:
        angles = angle_estimates(edges[0], edges[1], [], reason)
        return replace(_nothing(reason), geometry=geometry, **angles)
    region = MuscleRegion(superficial, deep, area, spacing)
    shaken = [
        replace(region, superficial=upper, deep=lower)
        for upper, lower in zip(edges[0][1:], edges[1][1:], strict=True)
    ]
    thickness, lines, vertical = thickness_estimates(region, shaken)
    directions = summarise(orientation, region)
    fascicle: list[float] = []
    copies: Array = np.zeros((0, 3))
    if directions is not None:
        copies = directions.resampled(rng, count)
        fascicle = [directions.centre(), *(directions.mode + copies[:, 0]).tolist()]
    angles = angle_estimates(edges[0], edges[1], fascicle, NO_FASCICLES)
    error = (thickness["thickness_mm"].standard_error or 0.0) / thickness["thickness_mm"].value
    lengths, paths = length_estimates(region, directions, copies, error, NO_FASCICLES)
    found: dict[str, Any] = {**thickness, **angles, **lengths}
    if spacing_mm is None:
        found |= {n: Estimate.missing(NOT_CALIBRATED) for n in found if n.endswith("_mm")}
    geometry = replace(geometry, thickness=lines, vertical=vertical, traces=paths)
    return replace(_nothing(reason), geometry=geometry, **found)


def _copies(curve: EdgeCurve | None, rng: np.random.Generator, repeats: int) -> list[EdgeCurve]:
    """The curve, then copies refitted to resampled residuals; nothing for no curve."""
    return [] if curve is None else [curve, *(curve.shaken(rng) for _ in range(repeats))]


def _curve(band: Band | None, side: str, spacing: Spacing) -> EdgeCurve | None:
    """The facing edge of a band; None where too little of it is seen."""
    if band is None:
        return None
    rows: Array = band.bottom if side == "bottom" else band.top
    known = np.isfinite(rows)
    if np.count_nonzero(known) < 8:
        return None
    return fit_edge(band.columns[known] * spacing[1], rows[known] * spacing[0])


def _drawn(curve: EdgeCurve | None, spacing: Spacing) -> Array | None:
    if curve is None:
        return None
    x = np.linspace(curve.start, curve.stop, 100)
    return np.stack([curve.y(x) / spacing[0], x / spacing[1]], axis=-1)


def _nothing(reason: str) -> MuscleArchitecture:
    missing = Estimate.missing(reason)
    names = [f.name for f in fields(MuscleArchitecture) if f.name != "geometry"]
    values: dict[str, Any] = dict.fromkeys(names, missing)
    return MuscleArchitecture(**(values | {"thickness_places_px": (missing, missing, missing)}))
