"""The architecture of a muscle in numbers, each with its spread or the reason why it is missing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields

from sesamoid.errors import SesamoidError
from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.bands import Band
from sesamoid.measure.muscle.thickness import ThicknessLine


@dataclass(frozen=True)
class Estimate:
    """A number, or why there is none.

    Parameters
    ----------
    value : float, optional
    standard_error : float, optional
        From resampling cells, columns and traces of this image: not the spread of readers.
    reason : str, optional
        Why there is no value.
    notes : tuple of str
        What weakens the value.
    """

    value: float | None
    standard_error: float | None = None
    reason: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise SesamoidError("an estimate has neither a value nor a reason")
        if self.value is not None and not math.isfinite(self.value):
            raise SesamoidError(f"an estimate of {self.value} is not a number")

    @classmethod
    def missing(cls, reason: str) -> Estimate:
        """No value, because of `reason`."""
        return cls(None, reason=reason)

    @property
    def known(self) -> bool:
        """True where there is a value."""
        return self.value is not None


@dataclass(frozen=True)
class MuscleGeometry:
    """Lines and curves that the numbers came from, (row, column) in pixels of the frame.

    Parameters
    ----------
    superficial_edge, deep_edge : ndarray, shape (n, 2), optional
        The facing edges over what was seen of each.
    traces : tuple of ndarray, each (n, 2)
        Fascicles from the deep to the superficial edge, also outside the frame.
    thickness : tuple of ThicknessLine
    vertical : ThicknessLine, optional
        At the centre column of the scan area.
    other_bands : tuple of Band
        Aponeuroses that bound other muscles.
    """

    superficial_edge: Array | None = None
    deep_edge: Array | None = None
    traces: tuple[Array, ...] = ()
    thickness: tuple[ThicknessLine, ...] = ()
    vertical: ThicknessLine | None = None
    other_bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class MuscleArchitecture:
    """What one longitudinal image says about a muscle.

    Angles are in degrees; those to the horizontal are positive when rising to the right of the
    image as given. Pennation is acute. Lengths end in ``_px`` (pixels of the image) or ``_mm``.

    Parameters
    ----------
    thickness_px, thickness_mm : Estimate
        Mean of three places, perpendicular to the aponeuroses.
    thickness_places_px : tuple of Estimate
        At 25, 50 and 75 % of the scan's width.
    aponeurosis_distance_px, aponeurosis_distance_mm : Estimate
        Vertical, between the facing edges, at the centre column of the scan.
    pennation_deg, superficial_pennation_deg : Estimate
        Between the fascicles and the line through the deep or the superficial aponeurosis.
    insertion_angle_deg : Estimate
        Between fascicles and the deep aponeurosis at their insertion; differs from pennation where
        fascicles or aponeuroses are curved.
    fascicle_angle_deg, deep_aponeurosis_angle_deg, superficial_aponeurosis_angle_deg : Estimate
        To the horizontal.
    fascicle_length_px, fascicle_length_mm : Estimate
        Along curved traces from edge to edge, median over traces.
    fascicle_length_straight_px, fascicle_length_straight_mm : Estimate
        Along straight lines in the fascicles' mean direction through the same seeds.
    curvature_per_px, curvature_per_mm : Estimate
        Positive where fascicles are steeper towards the skin.
    extrapolated_share : Estimate
        Share of the fascicles' length outside what was seen.
    geometry : MuscleGeometry
    """

    thickness_px: Estimate
    thickness_mm: Estimate
    thickness_places_px: tuple[Estimate, ...]
    aponeurosis_distance_px: Estimate
    aponeurosis_distance_mm: Estimate
    pennation_deg: Estimate
    superficial_pennation_deg: Estimate
    insertion_angle_deg: Estimate
    fascicle_angle_deg: Estimate
    deep_aponeurosis_angle_deg: Estimate
    superficial_aponeurosis_angle_deg: Estimate
    fascicle_length_px: Estimate
    fascicle_length_mm: Estimate
    fascicle_length_straight_px: Estimate
    fascicle_length_straight_mm: Estimate
    curvature_per_px: Estimate
    curvature_per_mm: Estimate
    extrapolated_share: Estimate
    geometry: MuscleGeometry = field(default_factory=MuscleGeometry)

    def estimates(self) -> dict[str, Estimate]:
        """Every single number by its name."""
        named = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: value for name, value in named.items() if isinstance(value, Estimate)}
