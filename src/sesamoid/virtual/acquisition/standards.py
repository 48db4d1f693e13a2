"""The standard planes of a body, and which of them a pose is nearest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sesamoid.anatomy import Plane, Protocol
from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.pose_error import PoseError, pose_error
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


def standard_views(body: Body, protocol: Protocol) -> tuple[StandardView, ...]:
    """Every plane of the protocol, on every finger that it exists on, in this body."""
    return tuple(
        StandardView(plane, body.standard_pose(plane.id, digit=plane.digit))
        for first in protocol.planes
        for plane in (first, *first.on_other_digits)
    )


def nearest_view(pose: ProbePose, views: Sequence[StandardView]) -> Nearest:
    """The plane whose tolerances the pose exceeds least."""
    return min((_compared(pose, view) for view in views), key=lambda near: near.excess)


def _compared(pose: ProbePose, view: StandardView) -> Nearest:
    error = pose_error(pose, view.pose)
    backward = abs(error.rotation_deg) > 90
    judged = error
    if backward:
        # Half a turn about the beam mirrors the picture; what is left beyond it is the error.
        half = pose.turned(rotation_deg=180.0)
        judged = pose_error(half, view.pose)
    return Nearest(view, error, judged.excess(view.plane.tolerance), backward)
