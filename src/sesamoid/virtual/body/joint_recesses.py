"""Dorsal joint recesses: what lies between bone and capsule."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sesamoid.virtual.body.bones import Skeleton
from sesamoid.virtual.body.frames import Array, Frame
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.body.population import load_table


@dataclass(frozen=True)
class Recess:
    """A dorsal joint recess: what lies between bone and capsule.

    Parameters
    ----------
    key : str
    frame : Frame
        At its middle: u across the joint, v dorsal, w along the limb.
    half : tuple of float
        Half sizes across and along, in mm; it ends there.
    height_mm : float
        Bone-to-capsule distance in the middle, perpendicular to the bone, less what the capsule
        stands off by itself where it bridges two bones.
    tissue : str
        ``fluid``, or ``synovium`` in synovitis.
    """

    key: str
    frame: Frame
    half: tuple[float, float]
    height_mm: float
    tissue: str

    def height(self, points: Array) -> Array:
        """Bone-to-capsule distance at points of shape (..., 3), in mm."""
        local = self.frame.local(points)
        r2 = (local[..., 0] / self.half[0]) ** 2 + (local[..., 2] / self.half[1]) ** 2
        near = np.abs(local[..., 1]) < 9.0
        result: Array = self.height_mm * np.clip(1 - r2 * r2, 0, 1) * near
        return result


def recesses(person: Person, skeleton: Skeleton) -> list[Recess]:
    """The three recesses of the wrist and those of four metacarpophalangeal joints."""
    table, scale = load_table("soft"), person.scale
    found = []
    for key, entry in table["recesses"].items():
        grade = person.severity(entry["pathology"]) if "pathology" in entry else 0
        across, along = (float(h) * scale for h in entry["half"])
        spread = 1 + 0.12 * grade
        bridge = float(table["capsule"]["bridge_mm"]) * scale
        frame = Frame(np.array(entry["centre"], dtype=np.float64) * scale, np.eye(3))
        drawn = person.values[entry["value"]]
        found.append(
            Recess(
                key,
                frame,
                (across * spread, along * spread),
                drawn - _under_bridge(skeleton, frame, drawn, bridge),
                "synovium" if grade else "fluid",
            )
        )
    for number in (2, 3, 4, 5):
        ray = skeleton.rays[number]
        grade = person.severity("mcp_synovitis", str(number))
        across, along = (float(h) * scale for h in table["mcp_recess"]["half"])
        spread = 1 + 0.12 * grade
        along_at = float(table["mcp_recess"]["along"]) * scale
        found.append(
            Recess(
                f"mcp_recess_{number}",
                ray.head.moved(along_at, v=0.9 * ray.head_half[1]),
                (across * spread, along * spread),
                person.values[f"mcp_recess_{number}_mm"],
                "synovium" if grade else "fluid",
            )
        )
    return found


def _under_bridge(skeleton: Skeleton, frame: Frame, drawn_mm: float, bridge_mm: float) -> float:
    """How far the capsule is off the bone at a recess' middle because it bridges a joint, in mm.

    As `layer_kernels.in_capsule` has it; never so much that less than a fifth would be left.
    """
    v = np.linspace(8.0, -8.0, 321)
    line = frame.origin + v[:, None] * frame.axes[1]
    near = np.sort([solid.distance(line) for solid in skeleton.solids], axis=0)[:2]
    above = int(np.argmax(near[0] < drawn_mm))
    over = max(bridge_mm - float(near[1, above] - near[0, above]), 0.0)
    return min(over**2 / (4 * bridge_mm), 0.8 * drawn_mm)
