"""How a hand is held: never quite straight."""

from __future__ import annotations

from sesamoid.virtual.acquisition.variation import Rng, variation
from sesamoid.virtual.body.motion import Motion

FINGERS = 4


def draw_motion(rng: Rng) -> Motion:
    """Small random angles of wrist and fingers."""
    table = variation()["posture_deg"]

    def angle(name: str) -> float:
        return float(table[name] * min(max(rng.standard_normal(), -2.0), 2.0))

    def fingers(name: str) -> tuple[float, float, float, float]:
        one, two, three, four = (angle(name) for _ in range(FINGERS))
        return one, two, three, four

    return Motion(
        wrist_flexion_deg=angle("wrist_flexion_deg"),
        wrist_deviation_deg=angle("wrist_deviation_deg"),
        mcp_flexion_deg=fingers("mcp_flexion_deg"),
        pip_flexion_deg=fingers("pip_flexion_deg"),
        thumb_flexion_deg=angle("thumb_flexion_deg"),
    )
