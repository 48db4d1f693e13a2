"""What defines a virtual muscle."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sesamoid.errors import SesamoidError


@dataclass(frozen=True)
class VirtualMuscle:
    """A muscle between two aponeuroses, fat above, a second muscle below.

    Angles are to the horizontal, positive when rising to the right.

    Parameters
    ----------
    seed : int
        Of the speckle and the texture; the same muscle gives the same bytes.
    rows, columns : int
        Of the picture.
    mm_per_pixel : float
        Pixels are square.
    pennation_deg : float
        Angle of the fascicles at half thickness to the deep aponeurosis at the centre column.
    rises_right : bool
        Fascicles rise to the right, else to the left, seen from the deep aponeurosis.
    curvature_per_mm : float
        Of every fascicle; positive where it is steeper at its superficial end.
    thickness_mm : float
        Between the facing edges, perpendicular to the deep one where it crosses the centre column.
    fat_depth_mm : float
        From the top of the picture to the superficial band at the centre column.
    deep_tilt_deg, superficial_tilt_deg : float
        Of the facing edges at the centre column.
    deep_bow_per_mm, superficial_bow_per_mm : float
        Second derivative of the edge's depth along the columns; positive sags in the middle.
    ripple_mm : float
        Amplitude of unevenness of both edges.
    superficial_band_mm, deep_band_mm : float
        Thickness of the aponeuroses.
    muscle_echo, fascicle_echo : float
        Power of the tissue between fascicles and of the fascicles' sheaths; bright bands have 1.
    fascicle_spacing_mm, fragment_length_mm : float
        Distance between bright lines and the length over which one stays bright.
    axial_blur_mm, lateral_blur_mm : float
        Standard deviations of the point-spread function at the focus.
    attenuation_db_per_mm, dynamic_range_db : float
    """

    seed: int = 0
    rows: int = 512
    columns: int = 512
    mm_per_pixel: float = 0.1
    pennation_deg: float = 18.0
    rises_right: bool = True
    curvature_per_mm: float = 0.0
    thickness_mm: float = 18.0
    fat_depth_mm: float = 5.0
    deep_tilt_deg: float = -3.0
    superficial_tilt_deg: float = 0.0
    deep_bow_per_mm: float = 0.0
    superficial_bow_per_mm: float = 0.0
    ripple_mm: float = 0.0
    superficial_band_mm: float = 1.2
    deep_band_mm: float = 1.2
    muscle_echo: float = 0.01
    fascicle_echo: float = 0.2
    fascicle_spacing_mm: float = 1.4
    fragment_length_mm: float = 10.0
    axial_blur_mm: float = 0.1
    lateral_blur_mm: float = 0.25
    attenuation_db_per_mm: float = 0.25
    dynamic_range_db: float = 55.0

    def __post_init__(self) -> None:
        if not 0 < self.pennation_deg < 90:
            raise SesamoidError(f"pennation of {self.pennation_deg} degrees is not in (0, 90)")
        if min(self.mm_per_pixel, self.thickness_mm, self.rows, self.columns) <= 0:
            raise SesamoidError("size, scale and thickness of a virtual muscle are positive")
        half = 0.5 * self.thickness_mm * abs(self.curvature_per_mm)
        if not half < 1 - abs(math.cos(math.radians(self.pennation_deg))):
            raise SesamoidError(
                f"a fascicle of curvature {self.curvature_per_mm}/mm turns back inside a muscle of "
                f"{self.thickness_mm} mm at {self.pennation_deg} degrees",
                fix="use a smaller curvature.",
            )
