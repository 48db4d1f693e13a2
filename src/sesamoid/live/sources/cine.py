"""A file as a source: a DICOM cine, or whatever else is read as frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import UnsuitableImage
from sesamoid.imaging import Image, find_scan_area, read_image
from sesamoid.live.clock import Clock
from sesamoid.live.frames import LiveFrame, Orientation, SourceEvent
from sesamoid.live.sources.base import PacedSource

USUAL_RATE = 20.0
"""Frames a second of a cine that does not say."""


class CineSource(PacedSource):
    """The frames of a cine, cut to the scan.

    Parameters
    ----------
    file : Path or str, or Image
        DICOM cine or still.
    crop : bool
        Cut off the console's furniture: by the file's ultrasound regions, else by its look.
    times : int
        How often it is played.
    spacing_mm : (row, column), optional
        Where the file does not say.
    orientation, pace, clock
        As of `PacedSource`.
    """

    def __init__(
        self,
        file: Path | str | Image,
        *,
        crop: bool = True,
        times: int = 1,
        spacing_mm: tuple[float, float] | None = None,
        orientation: Orientation | None = None,
        pace: bool = True,
        clock: Clock | None = None,
    ):
        image = file if isinstance(file, Image) else read_image(Path(file))
        if image.axes != "frames":
            raise UnsuitableImage(
                "it is a volume, not a cine",
                path=image.provenance.path,
                fix="give an ultrasound cine or still.",
            )
        area = find_scan_area(image) if crop else None
        self.image = image if area is None else image.cropped(area)
        self.times, self.spacing_mm = times, spacing_mm
        super().__init__(
            image.provenance.path.name, orientation=orientation, pace=pace, clock=clock
        )

    @property
    def frames_per_second(self) -> float:
        """Its mean rate; the usual one where the file does not say."""
        stamps = self.image.frame_times_s
        if stamps is None or len(stamps) < 2 or stamps[-1] <= stamps[0]:
            return USUAL_RATE
        return float((len(stamps) - 1) / (stamps[-1] - stamps[0]))

    def frames(self) -> Iterator[LiveFrame | SourceEvent]:
        """The frames, as often as asked for, in time one after the other."""
        count, step = self.image.frames, 1 / self.frames_per_second
        stamps = self.image.frame_times_s
        spacing = self.image.spacing_mm
        known = self.spacing_mm if spacing is None else (float(spacing[-2]), float(spacing[-1]))
        for turn in range(self.times):
            for number in range(count):
                within = number * step if stamps is None else float(stamps[number] - stamps[0])
                yield LiveFrame(
                    eight_bits(self.image.pixels[number]),
                    within + turn * count * step,
                    turn * count + number,
                    known,
                    self.origin,
                )


def eight_bits(pixels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Grey levels as 8 bits: as they are, or the upper 8 of 16 bits."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    if pixels.dtype == np.uint16:
        return np.right_shift(np.asarray(pixels, dtype=np.uint16), 8).astype(np.uint8)
    raise UnsuitableImage(
        f"frames of {pixels.dtype} are not a picture of 8 or 16 bits",
        fix="give an ultrasound cine, video or still.",
    )
