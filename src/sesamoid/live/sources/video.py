"""A video file as a source: decoded frame by frame, so that its length does not matter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.dicom.pixels import grey_if_equal
from sesamoid.imaging.limits import check_memory
from sesamoid.live.clock import Clock
from sesamoid.live.frames import Happening, LiveFrame, Orientation, SourceEvent
from sesamoid.live.sources.base import PacedSource
from sesamoid.live.sources.cine import USUAL_RATE

DAMAGED_FIX = "copy or export it again; best as a DICOM cine, which keeps the calibration."


class VideoSource(PacedSource):
    """The frames of the first video stream, grey where their channels are equal.

    A stream that breaks off after some frames is an event, not an error: what was seen counts.

    Parameters
    ----------
    file : Path or str
    spacing_mm : (row, column), optional
        A video states no lengths.
    orientation, pace, clock
        As of `PacedSource`.
    """

    def __init__(
        self,
        file: Path | str,
        *,
        spacing_mm: tuple[float, float] | None = None,
        orientation: Orientation | None = None,
        pace: bool = True,
        clock: Clock | None = None,
    ):
        self.path, self.spacing_mm = Path(file), spacing_mm
        super().__init__(self.path.name, orientation=orientation, pace=pace, clock=clock)
        with self._opened() as container:
            stream = container.streams.video[0]
            check_memory(stream.width * stream.height * 3, self.path)
            rate = stream.average_rate
            self.frames_per_second = float(rate) if rate else USUAL_RATE

    def _opened(self) -> Any:
        try:
            container = av.open(str(self.path))
        except (av.error.FFmpegError, OSError) as error:
            raise UnreadableImage(
                f"it cannot be opened as a video ({_first_line(error)})",
                path=self.path,
                fix=DAMAGED_FIX,
            ) from error
        if not container.streams.video:
            container.close()
            raise UnreadableImage("it holds no video", path=self.path, fix="give a video file.")
        return container

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The frames with their times; those without a time follow at the mean rate."""
        last, number = -1.0, 0
        began: float | None = None
        with self._opened() as container:
            try:
                for frame in container.decode(container.streams.video[0]):
                    turns = round(frame.rotation / 90) % 4
                    pixels, _ = grey_if_equal(frame.to_ndarray(format="rgb24"))
                    stated = None if frame.pts is None else float(frame.pts * frame.time_base)
                    if began is None:
                        began = stated if stated is not None else 0.0
                    time_s = -1.0 if stated is None else stated - began
                    if time_s <= last:
                        time_s = last + 1 / self.frames_per_second if number else 0.0
                    last = time_s
                    upright = np.ascontiguousarray(np.rot90(pixels, turns))
                    yield LiveFrame(
                        upright.astype(np.uint8, copy=False), time_s, number,
                        self.spacing_mm, self.origin,
                    )  # fmt: skip
                    number += 1
            except av.error.FFmpegError as error:
                if number == 0:
                    raise UnreadableImage(
                        f"no frame of it can be decoded ({_first_line(error)})",
                        path=self.path,
                        fix=DAMAGED_FIX,
                    ) from error
                text = f"the video breaks off after {number} frames ({_first_line(error)})"
                yield SourceEvent(Happening.GONE, text, last)


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
