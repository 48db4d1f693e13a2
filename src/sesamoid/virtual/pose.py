"""Where a probe is, and the picture grid that it opens.

Points in space are (x, y, z) in mm in the body's own frame. Of a hand: x towards the thumb side
(radial), y towards the back of the hand (dorsal), z towards the fingertips (distal); the origin is
the centre of the capitate's head. Left hands are right hands in a mirror (x changes sign), made
when the picture is drawn, so that anatomy is written once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class ProbePose:
    """A linear probe against the skin.

    Parameters
    ----------
    origin : ndarray of shape (3,)
        Centre of the transducer's face, in mm.
    lateral : ndarray of shape (3,)
        Unit vector along the face, from the left of the picture to its right.
    axial : ndarray of shape (3,)
        Unit vector of the beams, from the face into the body: down the picture.
    """

    origin: Vector
    lateral: Vector
    axial: Vector

    @classmethod
    def looking(cls, origin: Vector, *, axial: Vector, lateral: Vector) -> ProbePose:
        """A pose with its axes made orthonormal; `axial` keeps its direction."""
        beam = np.asarray(axial, dtype=np.float64)
        beam = beam / np.linalg.norm(beam)
        face = np.asarray(lateral, dtype=np.float64)
        face = face - beam * (face @ beam)
        return cls(np.asarray(origin, dtype=np.float64), face / np.linalg.norm(face), beam)

    @property
    def elevation(self) -> Vector:
        """Unit vector across the picture's plane: axial x lateral."""
        return np.cross(self.axial, self.lateral)

    def moved(
        self, *, lateral_mm: float = 0.0, elevation_mm: float = 0.0, axial_mm: float = 0.0
    ) -> ProbePose:
        """Slide along the face, across the plane, or towards the body (pressure)."""
        shift = self.lateral * lateral_mm + self.elevation * elevation_mm + self.axial * axial_mm
        return replace(self, origin=self.origin + shift)

    def turned(
        self, *, rotation_deg: float = 0.0, tilt_deg: float = 0.0, rock_deg: float = 0.0
    ) -> ProbePose:
        """Turn about the centre of the face.

        Parameters
        ----------
        rotation_deg : float
            About the beam.
        tilt_deg : float
            About the face: fanning, the plane sweeps through the body.
        rock_deg : float
            About the elevation axis: heel and toe, within the plane.
        """
        lateral, axial = self.lateral, self.axial
        for axis, angle in (
            (self.axial, rotation_deg),
            (self.lateral, tilt_deg),
            (self.elevation, rock_deg),
        ):
            if angle:
                lateral, axial = _about(lateral, axis, angle), _about(axial, axis, angle)
        return ProbePose.looking(self.origin, axial=axial, lateral=lateral)


def _about(vector: Vector, axis: Vector, angle_deg: float) -> Vector:
    """Rodrigues' rotation."""
    angle = np.deg2rad(angle_deg)
    turned: Vector = (
        vector * np.cos(angle)
        + np.cross(axis, vector) * np.sin(angle)
        + axis * (axis @ vector) * (1 - np.cos(angle))
    )
    return turned


@dataclass(frozen=True)
class SliceGrid:
    """The samples of a picture before it becomes one: beams are columns.

    Parameters
    ----------
    rows, columns : int
        Samples along the beam, and beams.
    depth_mm, width_mm : float
        From the face to the last sample, and from the first beam to the last.
    """

    rows: int
    columns: int
    depth_mm: float
    width_mm: float

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """(row, column) distance of neighbouring samples."""
        return self.depth_mm / (self.rows - 1), self.width_mm / (self.columns - 1)

    def points(self, pose: ProbePose) -> NDArray[np.float32]:
        """Sample positions, shape (rows, columns, 3), in mm in the body's frame."""
        depth = np.linspace(0, self.depth_mm, self.rows)[:, None, None]
        along = np.linspace(-self.width_mm / 2, self.width_mm / 2, self.columns)[None, :, None]
        placed = pose.origin + depth * pose.axial + along * pose.lateral
        return placed.astype(np.float32)
