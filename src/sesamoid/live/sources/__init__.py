"""Where live frames come from: a virtual probe, a cine, a video, a folder, a capture device."""

from sesamoid.live.sources.base import PacedSource, Source
from sesamoid.live.sources.cine import CineSource
from sesamoid.live.sources.device import DeviceSource
from sesamoid.live.sources.folder import FolderSource
from sesamoid.live.sources.novice import Novice, Skill
from sesamoid.live.sources.probe import HeldProbe, Holder, VirtualProbe
from sesamoid.live.sources.video import VideoSource

__all__ = [
    "CineSource",
    "DeviceSource",
    "FolderSource",
    "HeldProbe",
    "Holder",
    "Novice",
    "PacedSource",
    "Skill",
    "Source",
    "VideoSource",
    "VirtualProbe",
]
