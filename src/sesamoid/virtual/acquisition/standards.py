"""The standard planes of a body, and which of them a pose is nearest to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sesamoid.anatomy import Plane, Protocol, is_turned
from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.pose_error import Numbers, PoseError, axes, pose_errors
from sesamoid.virtual.pose import ProbePose


@dataclass(frozen=True)
class StandardView:
    """A plane of a protocol, found in a body."""

    plane: Plane
    pose: ProbePose

    @property
    def name(self) -> str:
        """``"S11"``; with the finger where a plane exists on several: ``"S8:3"``."""
        return view_name(self.plane)


@dataclass(frozen=True)
class Nearest:
    """The standard plane that a pose is nearest to.

    Parameters
    ----------
    view : StandardView
    error : PoseError
    excess : float
        Largest error in units of the plane's tolerance; of a reversed probe, beyond the half turn.
    reversed : bool
        Held the wrong way round.
    """

    view: StandardView
    error: PoseError
    excess: float
    reversed: bool


def view_name(plane: Plane) -> str:
    """Id of a plane, with its finger where it exists on several."""
    return plane.id if plane.digit is None else f"{plane.id}:{plane.digit}"


def pose_on(body: Body, plane: Plane) -> ProbePose:
    """The probe on a plane of a body, held as the plane's protocol has it on the screen."""
    return body.standard_pose(plane.id, digit=plane.digit, swap=is_turned(plane))


class StandardViews(tuple[StandardView, ...]):
    """Every plane of a protocol, on every finger that it exists on, in one body."""

    _origins: Numbers
    _axes: Numbers
    _tolerances: Numbers

    @classmethod
    def of(cls, body: Body, protocol: Protocol) -> StandardViews:
        """Find the planes in a body."""
        views = cls(
            StandardView(plane, pose_on(body, plane))
            for first in protocol.planes
            for plane in (first, *first.on_other_digits)
        )
        views._origins = np.stack([view.pose.origin for view in views])
        views._axes = np.stack([axes(view.pose) for view in views])
        limits = [view.plane.tolerance for view in views]
        views._tolerances = np.array(
            [
                [t.along_mm, t.across_mm, np.inf, t.rotation_deg, t.tilt_deg, t.rock_deg]
                for t in limits
            ]
        )
        return views

    def nearest(self, pose: ProbePose) -> Nearest:
        """The plane whose tolerances the pose exceeds least, held either way round."""
        # Half a turn about the beam mirrors the picture; what is left beyond it is the error.
        half = replace(pose, lateral=-pose.lateral)
        both = [pose_errors(one, self._origins, self._axes) for one in (pose, half)]
        excess = np.stack([np.abs(errors / self._tolerances).max(axis=1) for errors in both])
        backward, which = np.unravel_index(int(excess.argmin()), excess.shape)
        error = PoseError(*both[0][which].tolist())
        return Nearest(self[which], error, float(excess[backward, which]), bool(backward))
