"""How far a probe is from where it should be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import PoseTolerance
from sesamoid.virtual.pose import ProbePose

Numbers = NDArray[np.float64]


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

    The rotation is taken apart into turns about the standard pose's beam, face and elevation axis,
    in this order. Tilt lies within 90 degrees; the others within 180.
    """
    return PoseError(*pose_errors(pose, standard.origin[None], axes(standard)[None])[0].tolist())


def axes(pose: ProbePose) -> Numbers:
    """Lateral, elevation and axial unit vectors as rows, shape (3, 3)."""
    return np.stack([pose.lateral, pose.elevation, pose.axial])


def pose_errors(pose: ProbePose, origins: Numbers, standards: Numbers) -> Numbers:
    """Errors of a pose against several standard poses at once.

    Parameters
    ----------
    pose : ProbePose
    origins : ndarray of shape (n, 3)
    standards : ndarray of shape (n, 3, 3)
        `axes` of each.

    Returns
    -------
    ndarray of shape (n, 6)
        In the order of `PoseError`'s fields.
    """
    slid = np.einsum("nij,nj->ni", standards, pose.origin - origins)
    # turned[n, i, j]: axis j of the pose along i of the standard: Ry(rock) Rx(tilt) Rz(rotation).
    turned = np.einsum("nik,jk->nij", standards, axes(pose))
    tilt = -np.arcsin(np.clip(turned[:, 1, 2], -1, 1))
    rotation = np.arctan2(turned[:, 1, 0], turned[:, 1, 1])
    rock = np.arctan2(turned[:, 0, 2], turned[:, 2, 2])
    return np.concatenate([slid, np.rad2deg(np.stack([rotation, tilt, rock], axis=1))], axis=1)
