"""A virtual probe in somebody's hand: pictures of now, not of a schedule."""

from __future__ import annotations

from collections.abc import Iterator

from sesamoid.live import LiveFrame, SourceEvent
from sesamoid.live.clock import Clock
from sesamoid.live.sources.probe import HeldProbe, VirtualProbe
from sesamoid.virtual.acquisition import Examination
from sesamoid.virtual.ultrasound import Preset

FRAMES_PER_SECOND = 30.0
PIXELS_PER_MM = 18.0
"""Somewhat finer than the scanner's own samples; more is not seen, and costs little but bytes."""


class LiveProbe(VirtualProbe):
    """Frames at the pace of a clock; each shows where the probe is when its time has come.

    A frame that takes longer than its turn is followed by the next at once, and time goes on all
    the same: the hand never sees its own moves later and later.

    Parameters
    ----------
    exam : Examination
    held : HeldProbe
    machine : Preset
    clock : Clock
    frames_per_second, pixels_per_mm : float
    """

    def __init__(
        self,
        exam: Examination,
        held: HeldProbe,
        *,
        machine: Preset,
        clock: Clock,
        frames_per_second: float = FRAMES_PER_SECOND,
        pixels_per_mm: float = PIXELS_PER_MM,
    ):
        super().__init__(
            exam, held, machine=machine, pixels_per_mm=pixels_per_mm,
            frames_per_second=frames_per_second, pace=False, clock=clock,
        )  # fmt: skip

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """Frames until it is stopped."""
        began = self.clock.now()
        due_s, number = 0.0, 0
        while not self.clock.wait(began + due_s - self.clock.now(), self.stopped):
            time_s = self.clock.now() - began
            due_s = max(due_s + 1 / self.frames_per_second, time_s)
            frame = self.take(time_s, number)
            if frame is None:
                return
            yield frame
            number += 1

    def use(self, machine: Preset) -> None:
        """From the next frame on, another machine; from any thread."""
        self.machine = machine
