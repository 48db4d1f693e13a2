"""A probe held against the skin: moved, turned and pressed by small steps, and it stays on it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sesamoid.virtual.acquisition import Body, Offset, StandardView
from sesamoid.virtual.acquisition.operation import displaced
from sesamoid.virtual.pose import ProbePose, Vector

APPROACH_MM = 40.0
"""From how far outside the skin is looked for along the beam."""
USUAL_PRESS_MM = 0.8
PRESS_MM = (-6.0, 3.5)
"""Lifted off the skin, and pressed into it as far as this body gives way."""
LEAN_DEG = 40.0
"""How far the handle is tilted or rocked, either way, from where it stands upright."""
UPRIGHT_DEG = 20.0
"""Off the skin's normal by less, the hand keeps its direction while it slides; beyond, it follows
the curve of the limb. So a slide of some millimetres near a plane changes nothing but the place."""
FOOT_MM = 4.0
"""Distance from the middle of the face at which the skin's slope is felt."""
STEEP = 2.0
"""Millimetres that the skin may fall or rise for one of sliding: beyond is an edge."""


@dataclass(frozen=True)
class Step:
    """A move of the probe as whoever holds it sees it; see `SkinProbe.move`.

    Parameters
    ----------
    along_mm, across_mm : float
        Slid along the face, to the right of the picture; along ``ProbePose.elevation``.
    press_mm : float
    rotation_deg, tilt_deg, rock_deg : float
        As ``ProbePose.turned`` takes them.
    """

    along_mm: float = 0.0
    across_mm: float = 0.0
    press_mm: float = 0.0
    rotation_deg: float = 0.0
    tilt_deg: float = 0.0
    rock_deg: float = 0.0


@dataclass(frozen=True)
class Grip:
    """How the probe is held.

    Parameters
    ----------
    upright : ProbePose
        On the skin, neither pressed nor tilted.
    press_mm, tilt_deg, rock_deg : float
    """

    upright: ProbePose
    press_mm: float = USUAL_PRESS_MM
    tilt_deg: float = 0.0
    rock_deg: float = 0.0

    @property
    def pose(self) -> ProbePose:
        """Where the probe is."""
        pressed = self.upright.moved(axial_mm=self.press_mm)
        return pressed.turned(tilt_deg=self.tilt_deg, rock_deg=self.rock_deg)


def moved(body: Body, grip: Grip, step: Step) -> Grip:
    """The grip after a step; it does not slide over an edge, nor lean or press beyond reason."""
    grip = replace(
        grip,
        press_mm=float(np.clip(grip.press_mm + step.press_mm, *PRESS_MM)),
        tilt_deg=float(np.clip(grip.tilt_deg + step.tilt_deg, -LEAN_DEG, LEAN_DEG)),
        rock_deg=float(np.clip(grip.rock_deg + step.rock_deg, -LEAN_DEG, LEAN_DEG)),
    )
    if step.rotation_deg:
        grip = replace(grip, upright=grip.upright.turned(rotation_deg=step.rotation_deg))
    if step.along_mm or step.across_mm:
        grip = _slid(body, grip, step.along_mm, step.across_mm)
    return grip


def near(
    body: Body, view: StandardView, *, size: float, rng: np.random.Generator | None = None
) -> Grip:
    """Put down near a standard plane, as someone who knows where it is but has not found it yet.

    Parameters
    ----------
    body : Body
    view : StandardView
    size : float
        Largest error in tolerances; 0: on the plane.
    rng : numpy.random.Generator, optional
        Draws the error.
    """
    off = Offset() if rng is None or size == 0 else displaced(rng, view.plane.tolerance, size)
    aimed = view.pose.moved(lateral_mm=off.along_mm, elevation_mm=off.across_mm)
    foot = _on_skin(body, aimed)
    upright = view.pose if foot is None else replace(aimed, origin=foot)
    return Grip(
        upright.turned(rotation_deg=off.rotation_deg), tilt_deg=off.tilt_deg, rock_deg=off.rock_deg
    )


def put_down(body: Body, grip: Grip, point: Vector, outward: Vector) -> Grip:
    """Put down anew where somebody pointed at the skin, square to it, turned as before.

    Parameters
    ----------
    body : Body
    grip : Grip
        The one before; it stays where the skin is missed.
    point : ndarray of shape (3,)
        On the skin or nearly so, in mm in the body's frame.
    outward : ndarray of shape (3,)
        Roughly off the skin there.
    """
    lateral, axial = grip.upright.lateral, -np.asarray(outward, dtype=np.float64)
    axial = axial / np.linalg.norm(axial)
    if abs(lateral @ axial) > 0.95:
        lateral = grip.upright.axial
    pose = ProbePose.looking(point, axial=axial, lateral=lateral)
    for turn in ("rock_deg", "tilt_deg"):
        slope = _slope_deg(body, pose, turn)
        if slope is not None:
            pose = pose.turned(**{turn: float(np.clip(slope, -LEAN_DEG, LEAN_DEG))})
    foot = _on_skin(body, pose)
    return grip if foot is None else Grip(replace(pose, origin=foot))


def _slid(body: Body, grip: Grip, along_mm: float, across_mm: float) -> Grip:
    here = grip.upright
    there = here.moved(lateral_mm=along_mm, elevation_mm=across_mm)
    foot = _on_skin(body, there)
    if foot is None:
        return grip
    rise = abs(float((foot - there.origin) @ here.axial))
    if rise > STEEP * float(np.hypot(along_mm, across_mm)) + 0.5:
        return grip
    return replace(grip, upright=_following(body, replace(there, origin=foot), here))


def _following(body: Body, pose: ProbePose, before: ProbePose) -> ProbePose:
    """Turned with the skin where it curves away more than the hand leaves be."""
    for turn in ("rock_deg", "tilt_deg"):
        slope = _slope_deg(body, pose, turn)
        if slope is None:
            continue
        earlier = _slope_deg(body, before, turn)
        allowed = max(UPRIGHT_DEG, abs(earlier) if earlier is not None else 0.0)
        over = abs(slope) - allowed
        if over > 0:
            pose = pose.turned(**{turn: float(np.copysign(over, slope))})
    return pose


def _slope_deg(body: Body, pose: ProbePose, turn: str) -> float | None:
    """By how much `pose` would have to be turned to stand square on the skin."""
    axis = "lateral_mm" if turn == "rock_deg" else "elevation_mm"
    heights = []
    for way in (-FOOT_MM, FOOT_MM):
        there = pose.moved(**{axis: way})
        foot = _on_skin(body, there)
        if foot is None:
            return None
        heights.append(float((foot - there.origin) @ pose.axial))
    angle = float(np.rad2deg(np.arctan2(heights[1] - heights[0], 2 * FOOT_MM)))
    # Where the skin falls away to the right, the right end is pressed down: a negative rock.
    return -angle if turn == "rock_deg" else angle


def _on_skin(body: Body, pose: ProbePose) -> Vector | None:
    """Where the beam through the middle of the face meets the skin; None where it misses."""
    outside = pose.origin - APPROACH_MM * pose.axial
    distance = body.skin_distance(outside, pose.axial, limit_mm=2 * APPROACH_MM)
    if not np.isfinite(distance) or distance < 0:
        return None
    found: Vector = outside + distance * pose.axial
    return found
