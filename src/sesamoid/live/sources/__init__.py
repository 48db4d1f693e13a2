"""Where live frames come from: a cine, a video, a folder, a capture device, a virtual probe.

The virtual probe is in `sesamoid.live.sources.probe` and whoever may hold it in
`sesamoid.live.sources.novice`: they need the virtual bodies, which take a while to import.
"""

from sesamoid.live.sources.base import PacedSource, Source
from sesamoid.live.sources.cine import CineSource
from sesamoid.live.sources.device import DeviceSource
from sesamoid.live.sources.folder import FolderSource
from sesamoid.live.sources.video import VideoSource

__all__ = [
    "CineSource",
    "DeviceSource",
    "FolderSource",
    "PacedSource",
    "Source",
    "VideoSource",
]
