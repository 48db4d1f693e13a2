"""Virtual examinations: frames with their truth, cines, data sets for training and testing."""

from sesamoid.virtual.acquisition.body import Body
from sesamoid.virtual.acquisition.course import Course, draw_course
from sesamoid.virtual.acquisition.frame import Examination, Frame
from sesamoid.virtual.acquisition.operation import (
    Operation,
    draw_mode,
    draw_operation,
    usual_settings,
)
from sesamoid.virtual.acquisition.placing import Offset, placed
from sesamoid.virtual.acquisition.pose_error import PoseError, pose_error
from sesamoid.virtual.acquisition.seen_structures import SeenStructure
from sesamoid.virtual.acquisition.standards import StandardView, StandardViews, pose_on
from sesamoid.virtual.acquisition.sweep import follow, sweep
from sesamoid.virtual.acquisition.truth import NO_PLANE, FrameTruth

__all__ = [
    "NO_PLANE",
    "Body",
    "Course",
    "Examination",
    "Frame",
    "FrameTruth",
    "Offset",
    "Operation",
    "PoseError",
    "SeenStructure",
    "StandardView",
    "StandardViews",
    "draw_course",
    "draw_mode",
    "draw_operation",
    "follow",
    "placed",
    "pose_error",
    "pose_on",
    "sweep",
    "usual_settings",
]
