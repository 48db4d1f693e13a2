"""How far the maps of a network, and of the classical method, are from what was drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.bootstrap import bootstrap_ci
from sesamoid.imaging.geometry import Crop
from sesamoid.learning.oriented_data import PartlyLabelled
from sesamoid.measure import dice
from sesamoid.measure.muscle import MuscleArchitecture, muscle_architecture
from sesamoid.measure.muscle.bands import find_bands
from sesamoid.measure.muscle.fragments import fragment_angles, orientation_error
from sesamoid.measure.muscle.oriented_filters import oriented_filter_orientation
from sesamoid.models.oriented import OrientedRuntime

from .data_sets import STRUCTURES
from .looking import Seen, aponeurosis_threshold, seen

FIGURES = (
    "aponeurosis_dice",
    "aponeurosis_position_percent",
    "aponeurosis_missed_percent",
    "orientation_deg",
    "orientation_bias_deg",
    "classical_orientation_deg",
    "thickness_percent",
    "deep_aponeurosis_deg",
    "fascicle_angle_deg",
    "fascicle_angle_bias_deg",
)


@dataclass(frozen=True)
class MuscleImageFigures:
    """One image; None where it lacks the label.

    Parameters
    ----------
    image : str
    aponeurosis_dice : float, optional
        Of the mask at the model's threshold.
    aponeurosis_position_percent : float, optional
        Mean distance, down the columns, between the centre of a drawn band and that of the nearest
        predicted one, in % of the scan's height; over columns where one was found.
    aponeurosis_missed_percent : float, optional
        Share of the drawn bands' columns without a predicted band within `REACH_PERCENT`.
    orientation_deg, orientation_bias_deg : float, optional
        Median absolute and median signed error of the direction on labelled fragments.
    classical_orientation_deg : float, optional
        The same of oriented filters on the image alone.
    thickness_percent, deep_aponeurosis_deg : float, optional
        Difference of what is measured from the network's aponeuroses and from the drawn ones; no
        thickness at all counts as 100 %. Only where the drawn ones give a thickness.
    fascicle_angle_deg, fascicle_angle_bias_deg : float, optional
        Absolute and signed difference of the fascicles' mean direction, as analysed, from the
        median of the drawn fragments; positive where too steep.
    """

    image: str
    aponeurosis_dice: float | None
    aponeurosis_position_percent: float | None
    aponeurosis_missed_percent: float | None
    orientation_deg: float | None
    orientation_bias_deg: float | None
    classical_orientation_deg: float | None
    thickness_percent: float | None = None
    deep_aponeurosis_deg: float | None = None
    fascicle_angle_deg: float | None = None
    fascicle_angle_bias_deg: float | None = None


REACH_PERCENT = 5.0
"""Of the scan's height; a predicted band further off is another one [P]."""


def score_case(
    case: PartlyLabelled, runtime: OrientedRuntime, *, classical: bool = True
) -> MuscleImageFigures:
    """Run the network on a labelled image as an analysis would, and compare."""
    maps = runtime.maps(case.grey, scan_area=case.scan_area)
    drawn, fragments = (case.masks[STRUCTURES.index(name)] for name in STRUCTURES)
    overlap = position = missed = error = bias = old = None
    threshold = aponeurosis_threshold(runtime.manifest)
    looked = seen(case.grey, maps, case.scan_area, threshold=threshold)
    measured = muscle_architecture(
        looked.aponeurosis, looked.directions, box=case.box, threshold=threshold, repeats=0
    )
    more: dict[str, float | None] = {}
    if drawn is not None:
        found = maps.probability["aponeurosis"] >= threshold
        overlap = dice(found, drawn)
        position, missed = band_errors(found, drawn, case.box)
        more |= _against_drawn(measured, drawn, looked, case.box)
    if fragments is not None and len(fragment_angles(fragments).rows):
        network = orientation_error(maps.angle.astype(np.float64), fragments)
        error, bias = network.median_deg, network.bias_deg
        more |= _against_fragments(measured, fragments)
        if classical:
            field = oriented_filter_orientation(case.grey, box=case.box)
            old = orientation_error(field.angle, fragments).median_deg
    return MuscleImageFigures(case.name, overlap, position, missed, error, bias, old, **more)


def _against_drawn(
    measured: MuscleArchitecture, drawn: NDArray[np.bool_], looked: Seen, box: Crop
) -> dict[str, float | None]:
    truth = muscle_architecture(drawn.astype(np.float32), looked.directions, box=box, repeats=0)
    thickness, angle = truth.thickness_px.value, truth.deep_aponeurosis_angle_deg.value
    if thickness is None or angle is None:
        return {}
    own, own_angle = measured.thickness_px.value, measured.deep_aponeurosis_angle_deg.value
    return {
        "thickness_percent": 100.0 if own is None else 100 * abs(own - thickness) / thickness,
        "deep_aponeurosis_deg": None if own_angle is None else abs(own_angle - angle),
    }


def _against_fragments(
    measured: MuscleArchitecture, fragments: NDArray[np.bool_]
) -> dict[str, float | None]:
    """Positive where the analysis is steeper, whichever way the fascicles rise."""
    own = measured.fascicle_angle_deg.value
    if own is None:
        return {}
    truth = float(np.degrees(np.median(fragment_angles(fragments).angle)))
    apart = (own - truth + 90) % 180 - 90
    return {
        "fascicle_angle_deg": abs(apart),
        "fascicle_angle_bias_deg": apart if truth >= 0 else -apart,
    }


def band_errors(
    marked: NDArray[np.bool_], drawn: NDArray[np.bool_], box: Crop
) -> tuple[float | None, float]:
    """Position error and missed share of drawn aponeuroses, both in %.

    Returns
    -------
    position : float or None
        None where no band was found near a drawn one.
    missed : float
    """
    truth = find_bands(drawn.astype(np.float32), box)
    found = find_bands(marked.astype(np.float32), box)
    reach = REACH_PERCENT / 100 * box.height
    distances: list[NDArray[np.float64]] = []
    for band in truth:
        nearest = np.full(len(band.columns), np.inf)
        for other in found:
            middle = np.interp(band.columns, other.columns, other.middle, left=np.inf, right=np.inf)
            nearest = np.minimum(nearest, np.abs(middle - band.middle))
        distances.append(nearest)
    if not distances:
        return None, 0.0
    every = np.concatenate(distances)
    near = every <= reach
    position = float(100 * every[near].mean() / box.height) if near.any() else None
    return position, float(100 * (1 - near.mean()))


def summary(rows: Sequence[MuscleImageFigures], groups: dict[str, int]) -> dict[str, Any]:
    """Mean, median and 95 % interval (bootstrap over groups) of each figure.

    Parameters
    ----------
    rows : sequence of MuscleImageFigures
    groups : dict
        Group number by image name.
    """
    out: dict[str, Any] = {"n_images": len(rows)}
    for name in FIGURES:
        pairs = [(getattr(r, name), groups[r.image]) for r in rows if getattr(r, name) is not None]
        if not pairs:
            continue
        values = np.array([v for v, _ in pairs], dtype=float)
        entry: dict[str, Any] = {
            "n": len(values),
            "mean": float(values.mean()),
            "median": float(np.median(values)),
        }
        if len({g for _, g in pairs}) > 1:
            for what, statistic in (("ci95", None), ("median_ci95", _median)):
                interval = bootstrap_ci(values, [g for _, g in pairs], statistic=statistic)
                entry[what] = [interval.low, interval.high]
        out[name] = entry
    return out


def _median(values: NDArray[np.float64]) -> float:
    return float(np.median(values))
