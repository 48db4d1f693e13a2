"""A virtual probe on a virtual hand as a source, held by a person or by a program."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sesamoid.errors import SesamoidError
from sesamoid.findings import DataOrigin
from sesamoid.live.clock import Clock
from sesamoid.live.frames import LiveFrame, Orientation, SourceEvent
from sesamoid.live.recent import Recent
from sesamoid.live.sources.base import PacedSource
from sesamoid.virtual.acquisition import Examination, Frame
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Preset, Scanner, ScanSettings, preset, probe

MOST_ROWS = 640
"""Of a picture with square pixels."""
REMEMBERED = 8
"""Frames whose truth can be told: those that may still be under assessment."""


class Holder(Protocol):
    """Whoever holds the probe and sets the machine."""

    def at(self, time_s: float) -> tuple[ProbePose, ScanSettings] | None:
        """Where the probe is and how the machine is set; None: the examination is over."""
        ...


class HeldProbe:
    """A pose and settings that can be changed from another thread while frames are made."""

    def __init__(self, pose: ProbePose, settings: ScanSettings):
        self._lock = threading.Lock()
        self._pose, self._settings = pose, settings

    def set(self, pose: ProbePose | None = None, settings: ScanSettings | None = None) -> None:
        """Move the probe, or change the machine's settings, or both at once."""
        with self._lock:
            self._pose = pose if pose is not None else self._pose
            self._settings = settings if settings is not None else self._settings

    def at(self, time_s: float) -> tuple[ProbePose, ScanSettings]:
        """As last set."""
        with self._lock:
            return self._pose, self._settings


@dataclass(frozen=True)
class Sampled:
    """How a frame came about: enough to make it again, with its truth.

    Parameters
    ----------
    pose : ProbePose
    settings : ScanSettings
    machine : Preset
    at_s : float
        On the monotonic clock: when the probe was there.
    """

    pose: ProbePose
    settings: ScanSettings
    machine: Preset
    at_s: float


class VirtualProbe(PacedSource):
    """Frames of a virtual examination; it can tell the truth of the last few.

    The truth is worked out when it is asked for: whoever only looks does not wait for it.

    Parameters
    ----------
    exam : Examination
    holder : Holder
    machine : Preset or str
    picture_shape : (rows, columns), optional
        Whatever the depth; None: square pixels, as a console shows them.
    pixels_per_mm : float
        Of square pixels; a deep picture has fewer.
    frames_per_second : float
    seconds : float, optional
        After which the source ends; None: when the holder ends it.
    orientation : Orientation, optional
        With ``mirrored`` the pictures are given as a console that flips them would.
    remembered : int
        Frames whose truth can still be told.
    pace, clock
        As of `PacedSource`.
    """

    def __init__(
        self,
        exam: Examination,
        holder: Holder,
        *,
        machine: Preset | str = "aster-a3",
        picture_shape: tuple[int, int] | None = None,
        pixels_per_mm: float = 16.0,
        frames_per_second: float = 16.0,
        seconds: float | None = None,
        orientation: Orientation | None = None,
        remembered: int = REMEMBERED,
        pace: bool = True,
        clock: Clock | None = None,
    ):
        if not frames_per_second > 0:
            raise SesamoidError(f"{frames_per_second} frames a second", fix="give more than 0.")
        self.exam, self.holder = exam, holder
        self.machine = preset(machine) if isinstance(machine, str) else machine
        self.picture_shape, self.pixels_per_mm = picture_shape, pixels_per_mm
        self.frames_per_second, self.seconds = frames_per_second, seconds
        self._sampled: Recent[Sampled] = Recent(remembered)
        self._told: Recent[Frame] = Recent(REMEMBERED)
        self._telling = threading.Lock()
        self._scanner: Scanner | None = None
        super().__init__(
            f"virtual person {exam.body.person.seed}",
            origin=DataOrigin.VIRTUAL,
            orientation=orientation,
            pace=pace,
            clock=clock,
        )

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """Frames until the holder ends the examination."""
        number = 0
        while self.seconds is None or number / self.frames_per_second < self.seconds:
            frame = self.take(number / self.frames_per_second, number)
            if frame is None:
                return
            yield frame
            number += 1

    def take(self, time_s: float, number: int) -> LiveFrame | None:
        """One frame, of where the probe is held at that time; None: the examination is over."""
        held = self.holder.at(time_s)
        if held is None:
            return None
        made = Sampled(*held, self.machine, time.monotonic())
        self._sampled.add(time_s, made)
        known = self._scanner
        if known is None or known.settings != made.settings or known.preset is not made.machine:
            self._scanner = known = self._scanner_of(made)
        image = self.exam.picture(known, made.pose, time_s=time_s)
        pixels = self.orientation.upright(image.pixels)
        return LiveFrame(pixels, time_s, number, image.spacing_mm, self.origin)

    def _scanner_of(self, made: Sampled) -> Scanner:
        return Scanner(made.machine, made.settings, picture_shape=self._shape(made.settings))

    def _shape(self, settings: ScanSettings) -> tuple[int, int]:
        if self.picture_shape is not None:
            return self.picture_shape
        density = min(self.pixels_per_mm, MOST_ROWS / settings.depth_mm)
        width_mm = probe(settings.probe).width_mm
        return round(settings.depth_mm * density), round(width_mm * density)

    def frame_at(self, time_s: float) -> Frame:
        """A recent frame, made once more with its truth, by the time that it was given with.

        Raises
        ------
        SesamoidError
            It is no longer known, or there was none.
        """
        with self._telling:
            told = self._told.of(time_s)
            if told is not None:
                return told
            made = self.sampled_at(time_s)
            if made is None:
                raise SesamoidError(f"no frame of {time_s:.3f} s is kept")
            frame = self.exam.frame(self._scanner_of(made), made.pose, time_s=time_s)
            self._told.add(time_s, frame)
            return frame

    def sampled_at(self, time_s: float) -> Sampled | None:
        """How a recent frame came about; None where that is no longer known."""
        return self._sampled.of(time_s)
