"""Edges and fascicles of a virtual muscle as exact curves, in mm.

x runs right, y runs down from the top left corner. Fascicles live in a frame at the point where the
deep edge crosses the centre column: u along the edge's tangent (towards the side to which
fascicles rise), v perpendicular to it, towards the skin. All fascicles are one circular arc shifted
along u, so that direction, arc length and curvature are known everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.muscle.parameters import VirtualMuscle

Array = NDArray[np.floating[Any]]
"""Real numbers in mm or radians, of single or double precision."""

RIPPLE_LENGTH_MM = 23.0
"""Wave length of the edges' unevenness [P]."""

_LIMIT = 0.9995
"""Cosine of the flattest direction that is drawn; only tissue far outside the muscle reaches it."""


@dataclass(frozen=True)
class Geometry:
    """Exact curves of one muscle; see the module for the frames.

    Parameters
    ----------
    muscle : VirtualMuscle
    centre_x : float
        Centre column, in mm.
    superficial_y, deep_y : float
        Depth of the edges there, without ripple.
    """

    muscle: VirtualMuscle
    centre_x: float
    superficial_y: float
    deep_y: float

    @classmethod
    def of(cls, muscle: VirtualMuscle) -> Geometry:
        """Place the deep edge so that the thickness at the centre is as stated."""
        centre = (muscle.columns - 1) / 2 * muscle.mm_per_pixel
        top = muscle.fat_depth_mm + muscle.superficial_band_mm
        draft = cls(muscle, centre, top, 0.0)
        tilt = math.radians(muscle.deep_tilt_deg)
        away = centre - muscle.thickness_mm * math.sin(tilt)
        above = float(draft._superficial_smooth(np.asarray(away)))
        return cls(muscle, centre, top, above + muscle.thickness_mm * math.cos(tilt))

    def superficial(self, x: Array) -> Array:
        """Depth of the lower edge of the superficial aponeurosis at `x`."""
        return self._superficial_smooth(x) + self._ripple(x, 0.7)

    def deep(self, x: Array) -> Array:
        """Depth of the upper edge of the deep aponeurosis at `x`."""
        away = x - self.centre_x
        slope = math.tan(math.radians(self.muscle.deep_tilt_deg))
        smooth = self.deep_y - slope * away + 0.5 * self.muscle.deep_bow_per_mm * away**2
        return np.asarray(smooth + self._ripple(x, 2.9))

    def _superficial_smooth(self, x: Array) -> Array:
        away = x - self.centre_x
        slope = math.tan(math.radians(self.muscle.superficial_tilt_deg))
        bow = 0.5 * self.muscle.superficial_bow_per_mm * away**2
        return np.asarray(self.superficial_y - slope * away + bow)

    def _ripple(self, x: Array, phase: float) -> Array:
        wave = np.sin(2 * np.pi * (x - self.centre_x) / RIPPLE_LENGTH_MM + phase)
        return np.asarray(self.muscle.ripple_mm * (wave - math.sin(phase)))

    @property
    def side(self) -> float:
        """1 where fascicles rise to the right, else -1."""
        return 1.0 if self.muscle.rises_right else -1.0

    def to_frame(self, x: Array, y: Array) -> tuple[Array, Array]:
        """(u, v) of points (x, y)."""
        tilt = math.radians(self.muscle.deep_tilt_deg)
        right, down = x - self.centre_x, y - self.deep_y
        # Plain floats keep single precision where it is asked for.
        u = right * (self.side * math.cos(tilt)) - down * (self.side * math.sin(tilt))
        v = right * -math.sin(tilt) - down * math.cos(tilt)
        return np.asarray(u), np.asarray(v)

    def from_frame(self, u: Array, v: Array) -> tuple[Array, Array]:
        """(x, y) of points (u, v)."""
        tilt = math.radians(self.muscle.deep_tilt_deg)
        along = self.side * u
        x = self.centre_x + along * math.cos(tilt) - v * math.sin(tilt)
        y = self.deep_y - along * math.sin(tilt) - v * math.cos(tilt)
        return np.asarray(x), np.asarray(y)

    def cosine(self, v: Array) -> Array:
        """Cosine of the fascicles' angle to the u axis at height `v`."""
        muscle = self.muscle
        middle = math.cos(math.radians(muscle.pennation_deg))
        exact = middle - muscle.curvature_per_mm * (v - muscle.thickness_mm / 2)
        return np.asarray(np.clip(exact, -_LIMIT, _LIMIT))

    def turns_back(self, v: float) -> bool:
        """True where the arc does not reach the height `v`."""
        return bool(abs(self.cosine(np.asarray(v))) >= _LIMIT)

    def run(self, v: Array) -> Array:
        """u of the fascicle that starts in the origin, at height `v`."""
        cosine, start = self.cosine(v), self.cosine(np.zeros(1))[0]
        curvature = self.muscle.curvature_per_mm
        if abs(curvature) < 1e-9:
            return np.asarray(v * cosine / np.sqrt(1 - cosine**2))
        return np.asarray((np.sqrt(1 - cosine**2) - math.sqrt(1 - start**2)) / curvature)

    def arc(self, v: Array) -> Array:
        """Arc length of a fascicle from v = 0 to `v`."""
        cosine, start = self.cosine(v), self.cosine(np.zeros(1))[0]
        curvature = self.muscle.curvature_per_mm
        if abs(curvature) < 1e-9:
            return np.asarray(v / np.sqrt(1 - cosine**2))
        return np.asarray((np.arccos(cosine) - math.acos(start)) / curvature)

    def angle(self, v: Array) -> Array:
        """Angle to the horizontal, in radians, positive when rising to the right, (-pi/2, pi/2]."""
        tilt = math.radians(self.muscle.deep_tilt_deg)
        raw = tilt + self.side * np.arccos(self.cosine(v))
        return np.asarray((raw + np.pi / 2) % np.pi - np.pi / 2)
