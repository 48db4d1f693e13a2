"""A capture device (a frame grabber, a camera) as a source, through OpenCV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging import Crop
from sesamoid.live.clock import Clock
from sesamoid.live.frames import Happening, LiveFrame, Orientation, SourceEvent
from sesamoid.live.settings import SourceSettings, live_settings
from sesamoid.live.sources.base import PacedSource

FAILED_READS = 5
"""Reads that must fail one after the other before the device counts as unplugged."""


class DeviceSource(PacedSource):
    """Frames of a device as they come; one that is unplugged is tried again.

    Parameters
    ----------
    device : int or str
        Number of the device, or an address that OpenCV opens (``rtsp://…``, ``/dev/video2``).
    crop : Crop, optional
        Where the scan lies on the screen.
    spacing_mm : (row, column), optional
        Of the scan; a device states none. It holds for frames of the size of the first one.
    open_device : callable, optional
        In place of ``cv2.VideoCapture``.
    settings, orientation, clock
        As of the other sources.

    Raises
    ------
    SesamoidError
        On iterating, where the device cannot be opened at first, or is gone for good.
    """

    def __init__(
        self,
        device: int | str,
        *,
        crop: Crop | None = None,
        spacing_mm: tuple[float, float] | None = None,
        open_device: Callable[[int | str], Any] | None = None,
        settings: SourceSettings | None = None,
        orientation: Orientation | None = None,
        clock: Clock | None = None,
    ):
        self.device, self.crop, self.spacing_mm = device, crop, spacing_mm
        self.settings = settings if settings is not None else live_settings().source
        self._open: Callable[[int | str], Any] = _opencv if open_device is None else open_device
        self._capture: Any = None
        super().__init__(f"device {device}", orientation=orientation, pace=False, clock=clock)

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """Frames with the times at which they came; interruptions as events."""
        if not self._plugged_in():
            raise SesamoidError(
                f"the capture device {self.device!r} cannot be opened",
                fix="check that it is plugged in and not used by another program.",
            )
        began, number, failures = self.clock.now(), 0, 0
        scaled_size: tuple[int, ...] | None = None
        while not self.stopped.is_set():
            pixels = self._read()
            if pixels is not None:
                failures = 0
                time_s = self.clock.now() - began
                size = pixels.shape[:2]
                scaled_size = size if scaled_size is None else scaled_size
                # Whether a frame of another size is scaled or cut cannot be known.
                spacing = self.spacing_mm if size == scaled_size else None
                yield LiveFrame(pixels, time_s, number, spacing, self.origin)
                number += 1
                continue
            failures += 1
            if failures < FAILED_READS:
                continue
            failures = 0
            yield SourceEvent(
                Happening.UNPLUGGED, f"{self.name} gives no frames", self.clock.now() - began
            )
            if not self._wait_for_it():
                if not self.stopped.is_set():
                    text = f"{self.name} did not come back in {self.settings.give_up_s:g} s"
                    yield SourceEvent(Happening.GONE, text, self.clock.now() - began)
                    raise SesamoidError(
                        text, fix="plug it in; the same command goes on with the session."
                    )
                return
            yield SourceEvent(
                Happening.PLUGGED_IN, f"{self.name} gives frames again", self.clock.now() - began
            )

    def close(self) -> None:
        """Let go of the device."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _plugged_in(self) -> bool:
        self.close()
        try:
            self._capture = self._open(self.device)
            return bool(self._capture.isOpened())
        except cv2.error:
            return False

    def _read(self) -> NDArray[np.uint8] | None:
        try:
            good, frame = self._capture.read()
        except cv2.error:
            return None
        if not good or frame is None or frame.size == 0:
            return None
        if self.crop is not None:
            box = self.crop
            if box.bottom <= frame.shape[0] and box.right <= frame.shape[1]:
                frame = frame[box.top : box.bottom, box.left : box.right]
        # OpenCV gives blue, green, red, in a buffer of its own that it may use again.
        copied = frame[..., ::-1] if frame.ndim == 3 else frame
        return np.array(copied, dtype=np.uint8, order="C")

    def _wait_for_it(self) -> bool:
        """Try again for a while; a device counts as back when it gives a frame."""
        tried_s = 0.0
        while tried_s < self.settings.give_up_s:
            if self.clock.wait(self.settings.retry_s, self.stopped):
                return False
            tried_s += self.settings.retry_s
            if self._plugged_in() and self._read() is not None:
                return True
        return False


def _opencv(device: int | str) -> Any:
    return cv2.VideoCapture(device)
