"""From maps of a frame to findings: regions, calipers, numbers with their spread or reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.findings import Line, Measurement, Quantity, Region, Uncertainty
from sesamoid.measure.muscle import Estimate, MuscleArchitecture

from . import quantities
from .flat import flat_fields
from .outlining import lines, regions

TWO_SIDED_95 = 1.96
SPREAD = (
    "1.96 standard errors from resampling columns, cells and traces of this image; not the spread "
    "of readers"
)


@dataclass(frozen=True)
class MuscleFindings:
    """Findings on one frame.

    Parameters
    ----------
    regions, lines, measurements : tuples of findings
    extras : dict
        See `flat.REPORTED`; with ``confidence`` and ``reasons`` by name.
    """

    regions: tuple[Region, ...]
    lines: tuple[Line, ...]
    measurements: tuple[Measurement, ...]
    extras: dict[str, Any]


def muscle_findings(
    found: MuscleArchitecture,
    probability: NDArray[np.float32],
    *,
    threshold: float,
    calibrated: bool,
    frame: int,
) -> MuscleFindings:
    """Findings of one frame.

    Parameters
    ----------
    found : MuscleArchitecture
    probability : ndarray of shape (rows, columns)
        Of aponeurosis.
    threshold : float
        From which a pixel is aponeurosis.
    calibrated : bool
        Lengths in mm, else in pixels.
    frame : int
    """
    outlined = regions(found, probability, threshold, frame)
    drawn = lines(found, frame)
    names = {region.structure.key: region.identifier for region in outlined}
    thickness_lines = tuple(x.identifier for x in drawn if x.identifier.startswith("thickness"))
    traces = tuple(x.identifier for x in drawn if x.identifier.startswith("fascicle"))
    unit, suffix = ("mm", "_mm") if calibrated else ("{pixels}", "_px")
    whole = names.get("muscle")

    def number(
        quantity: Quantity, estimate: Estimate, unit: str, owner: str | None, *more: str
    ) -> Measurement:
        evidence = tuple(x for x in (owner, *more) if x)
        return _measurement(quantity, estimate, unit, evidence, frame)

    measurements = [
        number(
            quantities.THICKNESS,
            getattr(found, f"thickness{suffix}"),
            unit,
            whole,
            *thickness_lines,
        ),
        number(quantities.PENNATION, found.pennation_deg, "deg", whole, *traces),
        number(
            quantities.SUPERFICIAL_PENNATION, found.superficial_pennation_deg, "deg", whole, *traces
        ),
        number(
            quantities.FASCICLE_LENGTH,
            getattr(found, f"fascicle_length{suffix}"),
            unit,
            whole,
            *traces,
        ),
        number(
            quantities.STRAIGHT_LENGTH,
            getattr(found, f"fascicle_length_straight{suffix}"),
            unit,
            whole,
        ),
        number(quantities.EXTRAPOLATED_SHARE, found.extrapolated_share, "1", whole, *traces),
        number(
            quantities.CURVATURE,
            found.curvature_per_mm if calibrated else found.curvature_per_px,
            "/mm" if calibrated else "/{pixels}",
            whole,
            *traces,
        ),
        number(quantities.FASCICLE_ANGLE, found.fascicle_angle_deg, "deg", whole, *traces),
        number(
            quantities.APONEUROSIS_DISTANCE,
            getattr(found, f"aponeurosis_distance{suffix}"),
            unit,
            whole,
            *(x.identifier for x in drawn if x.identifier.startswith("distance")),
        ),
        number(
            quantities.APONEUROSIS_ANGLE,
            found.superficial_aponeurosis_angle_deg,
            "deg",
            names.get("superficial_aponeurosis"),
        ),
        number(
            quantities.APONEUROSIS_ANGLE,
            found.deep_aponeurosis_angle_deg,
            "deg",
            names.get("deep_aponeurosis"),
        ),
    ]
    return MuscleFindings(outlined, drawn, tuple(measurements), flat_fields(found))


def _measurement(
    quantity: Quantity, estimate: Estimate, unit: str, evidence: tuple[str, ...], frame: int
) -> Measurement:
    uncertainty = None
    if estimate.value is not None and estimate.standard_error is not None:
        half = TWO_SIDED_95 * estimate.standard_error
        uncertainty = Uncertainty(estimate.value - half, estimate.value + half, 0.95, SPREAD)
    return Measurement(
        quantity=quantity,
        value=estimate.value,
        unit=unit,
        method=quantity.definition,
        evidence=evidence,
        uncertainty=uncertainty,
        reason=estimate.reason,
        frame=frame,
        notes=estimate.notes,
    )
