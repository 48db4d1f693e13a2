"""How far a probe is from where it should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from sesamoid.anatomy import PoseTolerance
from sesamoid.virtual.pose import ProbePose


@dataclass(frozen=True)
class PoseError:
    """A pose seen from a standard pose, along and about that pose's own axes.

    Parameters
    ----------
    along_mm, across_mm, normal_mm : float
        Slid along the face, across the plane, and towards the body.
    rotation_deg, tilt_deg, rock_deg : float
        Turned about the beam, about the face, within the plane; as `ProbePose.turned` takes them.
    """

    along_mm: float = 0.0
    across_mm: float = 0.0
    normal_mm: float = 0.0
    rotation_deg: float = 0.0
    tilt_deg: float = 0.0
    rock_deg: float = 0.0

    def excess(self, tolerance: PoseTolerance) -> float:
        """Largest error in units of its tolerance; the normal one has none."""
        return tolerance.excess(
            along_mm=self.along_mm,
            across_mm=self.across_mm,
            rotation_deg=self.rotation_deg,
            tilt_deg=self.tilt_deg,
            rock_deg=self.rock_deg,
        )


def pose_error(pose: ProbePose, standard: ProbePose) -> PoseError:
    """The error that `ProbePose.moved`, then `turned`, would make of the standard pose.

    The rotation is taken apart as extrinsic turns about the standard pose's beam, face and
    elevation axis, in this order. Tilt lies within 90 degrees; the others within 180.
    """
    axes = np.stack([standard.lateral, standard.elevation, standard.axial])
    along, across, normal = axes @ (pose.origin - standard.origin)
    turned = axes @ np.stack([pose.lateral, pose.elevation, pose.axial], axis=1)
    rotation, tilt, rock = Rotation.from_matrix(turned).as_euler("zxy", degrees=True)
    return PoseError(
        float(along), float(across), float(normal), float(rotation), float(tilt), float(rock)
    )
