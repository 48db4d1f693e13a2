"""What a scanner gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.ultrasound.presets import Preset
from sesamoid.virtual.ultrasound.settings import ScanSettings


@dataclass(frozen=True)
class ScanImage:
    """A B-mode picture without the console around it.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
        The first row is at the face; the centre of pixel (r, c) lies at ((r + 0.5) x row spacing,
        (c + 0.5) x column spacing) from the upper left corner of the region.
    spacing_mm : (row, column)
    preset : Preset
    settings : ScanSettings
    time_s : float
    """

    pixels: NDArray[np.uint8]
    spacing_mm: tuple[float, float]
    preset: Preset
    settings: ScanSettings
    time_s: float

    def __repr__(self) -> str:
        rows, columns = self.pixels.shape
        depth, width = rows * self.spacing_mm[0], columns * self.spacing_mm[1]
        return (
            f"ScanImage({rows} x {columns} pixels, {depth:.1f} x {width:.1f} mm, "
            f"{self.preset.title}, {self.settings.frequency_mhz:g} MHz)"
        )
