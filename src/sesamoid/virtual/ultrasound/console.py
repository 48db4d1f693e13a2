"""The screen around the picture: panel, scale, text, marker, grey bar.

Everything stays outside the scan region, so that a frame shows what a machine exports, and the
region is known for a calibrated DICOM image.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.virtual.ultrasound.furniture import ScanBox, furniture
from sesamoid.virtual.ultrasound.presets import Layout
from sesamoid.virtual.ultrasound.scan_image import ScanImage

SMALLEST_REGION = 64
"""Fewest pixels to a side of the scan region that are still a picture."""


@dataclass(frozen=True)
class ConsoleFrame:
    """A whole screen.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue; grey within the scan region.
    box : ScanBox
    spacing_mm : (row, column)
        Of the pixels in the scan region; square to within a pixel of the region's size.
    """

    pixels: NDArray[np.uint8]
    box: ScanBox
    spacing_mm: tuple[float, float]


def console(image: ScanImage, *, layout: Layout | None = None) -> ConsoleFrame:
    """Put a picture on the screen of its machine, or on another `layout`.

    The region is as large as the layout allows at the true proportions of depth and width.
    """
    layout = layout if layout is not None else image.preset.layout
    depth = image.pixels.shape[0] * image.spacing_mm[0]
    width = image.pixels.shape[1] * image.spacing_mm[1]
    box = scan_box(layout, depth, width)
    focus = image.settings.focus_mm
    empty = furniture(
        layout, image.preset.title, image.preset.grey_map, box, depth, focus, _parameters(image)
    )
    frame = empty.copy()
    shrinks = box.height < image.pixels.shape[0] and box.width < image.pixels.shape[1]
    region = cv2.resize(
        image.pixels,
        (box.width, box.height),
        interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR,
    )
    frame[box.slices] = region[:, :, None]
    return ConsoleFrame(frame, box, (depth / box.height, width / box.width))


def labels_on_console(labels: NDArray[np.uint8], frame: ConsoleFrame) -> NDArray[np.uint8]:
    """Labels of a picture (`Scanner.labels`) as they lie on the frame; 0 outside the region."""
    out = np.zeros(frame.pixels.shape[:2], np.uint8)
    size = (frame.box.width, frame.box.height)
    out[frame.box.slices] = cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST_EXACT)
    return out


def scan_box(layout: Layout, depth_mm: float, width_mm: float) -> ScanBox:
    """Where the scan region of that size goes: centred between the margins, at their top."""
    rows, columns = layout.size
    top, left, bottom, right = layout.margin
    bar = layout.bar_size
    top += bar if layout.bar_side == "top" else 0
    left += bar if layout.bar_side == "left" else 0
    bottom += bar if layout.bar_side == "bottom" else 0
    right += bar if layout.bar_side == "right" else 0
    scale = min((rows - top - bottom) / depth_mm, (columns - left - right) / width_mm)
    height, width = round(depth_mm * scale), round(width_mm * scale)
    if min(height, width) < SMALLEST_REGION:
        raise SesamoidError(
            f"a region of {depth_mm:g} x {width_mm:g} mm has no room on a screen of "
            f"{rows} x {columns} pixels",
            fix="Give the layout a larger size or smaller margins.",
        )
    return ScanBox(top, left + (columns - left - right - width) // 2, height, width)


def _parameters(image: ScanImage) -> tuple[str, ...]:
    settings = image.settings
    return (
        f"{settings.probe} {settings.frequency_mhz:.1f} MHz",
        f"Gn {settings.gain_db:+.0f} dB",
        f"D {settings.depth_mm / 10:.1f} cm",
        f"DR {settings.dynamic_range_db:.0f}",
        f"F {settings.focus_mm / 10:.1f} cm",
        f"SR {settings.speckle_reduction:.1f} P {settings.persistence:.1f}",
    )
