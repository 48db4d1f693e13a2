"""A virtual probe in somebody's hand: pictures of now, not of a schedule."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from sesamoid.errors import SesamoidError
from sesamoid.live import LiveFrame, SourceEvent
from sesamoid.live.clock import Clock
from sesamoid.live.sources.probe import REMEMBERED, HeldProbe, VirtualProbe
from sesamoid.virtual.acquisition import Examination, Frame
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, Scanner, ScanSettings

FRAMES_PER_SECOND = 30.0
PIXELS_PER_MM = 18.0
"""Somewhat finer than the scanner's own samples; more is not seen, and costs little but bytes."""


@dataclass(frozen=True)
class Sampled:
    """How a frame came about: enough to make it again, with its truth."""

    pose: ProbePose
    settings: ScanSettings
    machine: Preset
    at_s: float


class LiveProbe(VirtualProbe):
    """Frames at the pace of a clock; each shows where the probe is when its time has come.

    A frame that takes longer than its turn is followed by the next at once, and time goes on all
    the same: the hand never sees its own moves later and later. The truth of a frame is worked out
    when it is asked for.

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
        self._held = held
        self._sampled: OrderedDict[float, Sampled] = OrderedDict()
        self._telling = threading.Lock()

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """Frames until it is stopped."""
        began = self.clock.now()
        due_s, number = 0.0, 0
        while not self.clock.wait(began + due_s - self.clock.now(), self.stopped):
            time_s = self.clock.now() - began
            due_s = max(due_s + 1 / self.frames_per_second, time_s)
            yield self.take(time_s, number)
            number += 1

    def take(self, time_s: float, number: int) -> LiveFrame:
        """One frame, of where the probe is held now."""
        pose, settings = self._held.at(time_s)
        made = Sampled(pose, settings, self.machine, time.monotonic())
        with self._lock:
            self._sampled[time_s] = made
            while len(self._sampled) > REMEMBERED:
                self._sampled.popitem(last=False)
        known = self._scanner
        if known is None or known.settings != settings or known.preset is not made.machine:
            self._scanner = known = self._scanner_of(made)
        image = self.exam.picture(known, pose, time_s=time_s)
        return LiveFrame(image.pixels, time_s, number, image.spacing_mm, self.origin)

    def frame_at(self, time_s: float) -> Frame:
        """A recent frame, made once more with its truth.

        Raises
        ------
        SesamoidError
            It is no longer known, or there was none.
        """
        with self._telling:
            if time_s in self._recent:
                return self._recent[time_s]
            with self._lock:
                made = self._sampled.get(time_s)
            if made is None:
                raise SesamoidError(f"no frame of {time_s:.3f} s is kept")
            frame = self.exam.frame(self._scanner_of(made), made.pose, time_s=time_s)
            self._recent[time_s] = frame
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
            return frame

    def sampled_at(self, time_s: float) -> float | None:
        """When the probe was where a recent frame shows it, on the monotonic clock."""
        with self._lock:
            made = self._sampled.get(time_s)
        return None if made is None else made.at_s

    def use(self, machine: Preset) -> None:
        """From the next frame on, another machine; from any thread."""
        self.machine = machine

    def _scanner_of(self, made: Sampled) -> Scanner:
        shape = self._shape(made.settings)
        return Scanner(made.machine, made.settings, picture_shape=shape)
