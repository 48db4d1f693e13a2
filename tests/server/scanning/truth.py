"""An assistant that tells the simulator's truth, in place of a trained network."""

from __future__ import annotations

from sesamoid.anatomy import Protocol
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.findings import DataOrigin, ModelReference
from sesamoid.imaging import Crop
from sesamoid.live import Assessment
from sesamoid.server.scanning.assistants import Assistant
from sesamoid.server.scanning.live_probe import LiveProbe
from sesamoid.server.scanning.sources import Opened

from ...applications.wrist_hand.truth_look import NAMES, frame_look

MODEL = ModelReference("truth", "1", "0" * 64, "the simulator's own truth", DataOrigin.VIRTUAL, "")


class _Names:
    task = NAMES

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        raise AssertionError("the truth is asked for by time")


class TruthAssessor:
    """What a faultless network would say."""

    def __init__(self, device: LiveProbe, protocol: Protocol):
        self.device = device
        self._inner = WristHandAssessor(_Names(), protocol)

    def assess(self, frame, *, spacing_mm, time_s) -> Assessment:
        known = self.device.frame_at(time_s)
        area = Crop(0, 0, *frame.shape)
        return self._inner.judge(frame_look(known), frame, area, spacing_mm=spacing_mm)


def truth_assistant(opened: Opened, protocol: Protocol) -> Assistant:
    assert opened.device is not None
    return Assistant(TruthAssessor(opened.device, protocol), MODEL, label_classes=NAMES.classes)
