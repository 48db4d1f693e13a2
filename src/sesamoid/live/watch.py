"""What is wrong with a frame as such: its size, black frames, a colour Doppler box."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.live.frames import Happening, LiveFrame, SourceEvent
from sesamoid.live.settings import WatchSettings, live_settings

BAND = 64
"""Rows that are looked at together for brightness; mostly the first of them are enough."""
COARSE = 4
"""Every that many rows and columns are looked at for colour."""


class FrameWatch:
    """Looks at frames one after the other and tells what changes, once each time.

    Nothing of it ends an examination: frames of another size are assessed as they are, black ones
    are passed over, and under a colour box the grey levels are what is assessed.
    """

    def __init__(self, settings: WatchSettings | None = None):
        self.settings = settings if settings is not None else live_settings().watch
        self._size: tuple[int, int] | None = None
        self._black = self._scaled = False
        self._coloured_s: float | None = None

    def look(self, frame: LiveFrame) -> tuple[NDArray[np.uint8] | None, tuple[SourceEvent, ...]]:
        """The frame in grey, or None where it is black; and what happened.

        Returns
        -------
        grey : ndarray of uint8, shape (rows, columns), or None
        events : tuple of SourceEvent
        """
        events: list[SourceEvent] = []
        size = (int(frame.pixels.shape[0]), int(frame.pixels.shape[1]))
        if self._size is not None and size != self._size:
            text = (
                f"frames changed from {self._size[0]} x {self._size[1]} "
                f"to {size[0]} x {size[1]} pixels"
            )
            if self._scaled and frame.spacing_mm is None:
                text += "; their scale is not known, sizes are in pixels"
            events.append(SourceEvent(Happening.SIZE_CHANGED, text, frame.time_s))
        self._size, self._scaled = size, frame.spacing_mm is not None
        coloured = frame.pixels.ndim == 3
        # ITU-R BT.601 as `sesamoid.imaging.to_grey`, in whole numbers: it has to keep up.
        grey = np.asarray(
            cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY) if coloured else frame.pixels,
            dtype=np.uint8,
        )
        black = self._is_black(grey)
        if black != self._black:
            self._black = black
            kind = Happening.BLACK if black else Happening.PICTURE_BACK
            text = "the frames are black" if black else "there is a picture again"
            events.append(SourceEvent(kind, text, frame.time_s))
        if black:
            return None, tuple(events)
        events.extend(self._colour(frame) if coloured else self._no_colour(frame.time_s))
        return grey, tuple(events)

    def _is_black(self, grey: NDArray[np.uint8]) -> bool:
        # The maximum first: it settles nearly every frame, and a percentile is slow.
        if int(grey.max()) < self.settings.black_level:
            return True
        missing = max(1, grey.size // 1000)
        for first in range(0, len(grey), BAND):
            bright = grey[first : first + BAND] >= self.settings.black_level
            missing -= int(np.count_nonzero(bright))
            if missing <= 0:
                return False
        return True

    def _colour(self, frame: LiveFrame) -> list[SourceEvent]:
        box = colour_box(frame.pixels, self.settings)
        if box is None:
            return self._no_colour(frame.time_s)
        first = self._coloured_s is None
        self._coloured_s = frame.time_s
        if not first:
            return []
        text = "a colour Doppler box is open: the picture is assessed in grey"
        return [SourceEvent(Happening.COLOUR_DOPPLER, text, frame.time_s, box)]

    def _no_colour(self, time_s: float) -> list[SourceEvent]:
        last = self._coloured_s
        if last is None or time_s - last < self.settings.doppler_gone_s:
            return []
        self._coloured_s = None
        return [SourceEvent(Happening.COLOUR_GONE, "the colour box is closed", time_s)]


def colour_box(
    pixels: NDArray[np.uint8], settings: WatchSettings | None = None
) -> tuple[int, int, int, int] | None:
    """Where flow is drawn in colour: (top, left, height, width), or None.

    Colours are told from tinted greys by their saturation, and from a marker or a logo by their
    share of the picture.
    """
    rule = settings if settings is not None else live_settings().watch
    part = pixels[::COARSE, ::COARSE].astype(np.int16)
    largest, smallest = part.max(axis=2), part.min(axis=2)
    chroma = largest - smallest
    vivid = (chroma > rule.doppler_chroma) & (chroma > rule.doppler_saturation * largest)
    low, high = rule.doppler_share
    if not low <= vivid.mean() <= high:
        return None
    # Flow comes in patches within one box; letters and frame lines are thin and fall away.
    # Two anchors, because an opening with an even kernel would move what is left by a pixel.
    kernel = np.ones((2, 2), np.uint8)
    patches = cv2.erode(vivid.astype(np.uint8), kernel, anchor=(0, 0))
    patches = cv2.dilate(patches, kernel, anchor=(1, 1))
    if patches.mean() < low:
        return None
    left, top, width, height = cv2.boundingRect(patches)
    return top * COARSE, left * COARSE, height * COARSE, width * COARSE
