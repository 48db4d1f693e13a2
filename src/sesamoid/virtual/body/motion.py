"""Small motion of forearm, wrist and fingers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.errors import SesamoidError
from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.solids import Float32

FINGERS = (2, 3, 4, 5)
# Tendons travel by moment arm times angle; moment arms in mm, recalled (M).
FLEXOR_ARM_MM = {"wrist": 14.0, "mcp": 10.0, "pip": 7.0}
EXTENSOR_ARM_MM = {"wrist": 10.0, "mcp": 8.0, "pip": 4.0}
LIMITS_DEG = {"wrist": 30.0, "deviation": 20.0, "forearm": 60.0, "finger": 35.0}
BEND, TWIST = 0, 1
JOINT_COLUMNS = 17


@dataclass(frozen=True)
class Motion:
    """Angles away from a flat hand, in degrees; all small.

    Parameters
    ----------
    wrist_flexion_deg : float
        Positive towards the palm.
    wrist_deviation_deg : float
        Positive towards the thumb.
    forearm_rotation_deg : float
        Positive is supination: the forearm turns against the hand, ECU leaves its groove a little.
    mcp_flexion_deg, pip_flexion_deg : tuple of four floats
        Index to little finger.
    thumb_flexion_deg : float
        At its metacarpophalangeal joint.
    """

    wrist_flexion_deg: float = 0.0
    wrist_deviation_deg: float = 0.0
    forearm_rotation_deg: float = 0.0
    mcp_flexion_deg: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    pip_flexion_deg: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    thumb_flexion_deg: float = 0.0

    def __post_init__(self) -> None:
        checks = [
            ("wrist_flexion_deg", self.wrist_flexion_deg, LIMITS_DEG["wrist"]),
            ("wrist_deviation_deg", self.wrist_deviation_deg, LIMITS_DEG["deviation"]),
            ("forearm_rotation_deg", self.forearm_rotation_deg, LIMITS_DEG["forearm"]),
            ("thumb_flexion_deg", self.thumb_flexion_deg, LIMITS_DEG["finger"]),
        ]
        checks += [("mcp_flexion_deg", a, LIMITS_DEG["finger"]) for a in self.mcp_flexion_deg]
        checks += [("pip_flexion_deg", a, LIMITS_DEG["finger"]) for a in self.pip_flexion_deg]
        for name, angle, limit in checks:
            if not abs(angle) <= limit:
                raise SesamoidError(
                    f"{name} of {angle:g} degrees is more than this body can move",
                    fix=f"stay within {-limit:g} to {limit:g} degrees",
                )

    @property
    def still(self) -> bool:
        """Whether nothing moves."""
        return self == Motion()

    def excursion_mm(self, name: str) -> float:
        """How far a tendon has travelled proximally.

        Parameters
        ----------
        name : str
            ``flexor_2`` to ``flexor_5``, ``flexor_1`` for FPL, ``extensor_2`` ...,
            ``wrist_flexor``, ``wrist_extensor``, ``median`` for the nerve; empty for what does
            not travel.
        """
        if not name:
            return 0.0
        kind, _, number = name.partition("_")
        wrist = np.deg2rad(self.wrist_flexion_deg)
        if name in ("wrist_flexor", "wrist_extensor"):
            arm = FLEXOR_ARM_MM if number == "flexor" else EXTENSOR_ARM_MM
            return float(arm["wrist"] * wrist * (1 if number == "flexor" else -1))
        if kind == "median":
            # The nerve follows the middle finger's tendons by about a quarter.
            return 0.25 * self.excursion_mm("flexor_3")
        arm, sign = (FLEXOR_ARM_MM, 1.0) if kind == "flexor" else (EXTENSOR_ARM_MM, -1.0)
        if number == "1":
            return float(sign * arm["mcp"] * np.deg2rad(self.thumb_flexion_deg))
        index = int(number) - 2
        mcp, pip = np.deg2rad([self.mcp_flexion_deg[index], self.pip_flexion_deg[index]])
        return float(sign * (arm["mcp"] * mcp + arm["pip"] * pip + arm["wrist"] * wrist))


def _row(frame: Frame, angle_deg: float, half_length: float, window: float, kind: int) -> Array:
    row = np.zeros(JOINT_COLUMNS)
    row[0:3], row[3:12] = frame.origin, frame.axes.ravel()
    row[12:16] = np.deg2rad(angle_deg), half_length, window, kind
    return row


def pack_joints(motion: Motion, skeleton: Skeleton, scale: float) -> Float32:
    """Joints that are bent, proximal ones first; shape (n, JOINT_COLUMNS).

    A row: origin, axes, angle in rad, half length of the bend, half width of what it moves, kind.
    """
    rows = []
    wrist = Frame(np.array([0.0, 0.0, -3.0 * scale]), np.eye(3))
    sideways = Frame(wrist.origin, np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]]))
    if motion.forearm_rotation_deg:
        frame = Frame(np.array([-5.0 * scale, 0.0, -30.0 * scale]), np.eye(3))
        rows.append(_row(frame, motion.forearm_rotation_deg, 45.0 * scale, 1e4, TWIST))
    if motion.wrist_flexion_deg:
        rows.append(_row(wrist, motion.wrist_flexion_deg, 16.0 * scale, 1e4, BEND))
    if motion.wrist_deviation_deg:
        # Towards the thumb is towards -v of a frame whose v points to the ulna.
        rows.append(_row(sideways, motion.wrist_deviation_deg, 16.0 * scale, 1e4, BEND))
    for number, mcp, pip in zip(
        FINGERS, motion.mcp_flexion_deg, motion.pip_flexion_deg, strict=True
    ):
        ray = skeleton.rays[number]
        if mcp:
            rows.append(_row(ray.head, mcp, 10.0 * scale, 8.4 * scale, BEND))
        if pip:
            joint = ray.segments[1].frame
            rows.append(_row(joint, pip, 7.0 * scale, 9.0 * scale, BEND))
    if motion.thumb_flexion_deg:
        ray = skeleton.rays[1]
        rows.append(_row(ray.head, motion.thumb_flexion_deg, 9.0 * scale, 16.0 * scale, BEND))
    return np.array(rows, dtype=np.float32).reshape(-1, JOINT_COLUMNS)
