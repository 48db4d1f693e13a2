"""The live assistant: frames in, planes kept, and what is told to whoever holds the probe.

`Session` puts a `Source` of frames, an `Assessor` and a protocol together; nothing here knows a
network or a screen.
"""

from sesamoid.live.assessment import (
    NO_PLANE,
    Assessment,
    Assessor,
    Estimate,
    PoseOffset,
    SeenPart,
)
from sesamoid.live.checklist import Checklist, ChecklistItem, Kept, PlaneProgress
from sesamoid.live.contact import lift_off, sharpness
from sesamoid.live.frames import Happening, LiveFrame, Orientation, SourceEvent
from sesamoid.live.guidance import Guide
from sesamoid.live.instruction import Act, Instruction
from sesamoid.live.loop import FrameLoop, LoopReport
from sesamoid.live.planes import PlaneState, PlaneTracker
from sesamoid.live.record import SessionRecord, recorded
from sesamoid.live.session import Session
from sesamoid.live.settings import LiveSettings, live_settings, read_settings
from sesamoid.live.update import LiveUpdate, SessionResult

__all__ = [
    "NO_PLANE",
    "Act",
    "Assessment",
    "Assessor",
    "Checklist",
    "ChecklistItem",
    "Estimate",
    "FrameLoop",
    "Guide",
    "Happening",
    "Instruction",
    "Kept",
    "LiveFrame",
    "LiveSettings",
    "LiveUpdate",
    "LoopReport",
    "Orientation",
    "PlaneProgress",
    "PlaneState",
    "PlaneTracker",
    "PoseOffset",
    "SeenPart",
    "Session",
    "SessionRecord",
    "SessionResult",
    "SourceEvent",
    "lift_off",
    "live_settings",
    "read_settings",
    "recorded",
    "sharpness",
]
