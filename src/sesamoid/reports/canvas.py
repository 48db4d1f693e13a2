"""A frame as a picture to draw on: 8-bit RGB at a readable size, and antialiased ink."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from sesamoid.imaging import Image

SMALLEST_SIDE_PX = 720
"""Pictures whose longer side is below this are enlarged by a whole number, so that labels fit."""

DISPLAY_PERCENTILES = (0.5, 99.5)
"""Window for pixels that are not 8-bit, for display only."""

Pixels8 = NDArray[np.uint8]
RGB = tuple[int, int, int]


def display_frame(image: Image, frame: int = 0) -> Pixels8:
    """One frame as (rows, columns, 3) RGB for the eye; 8-bit pixels are not changed.

    Other pixel types are windowed between the `DISPLAY_PERCENTILES` of the frame.
    """
    pixels = image.pixels[frame]
    if pixels.dtype != np.uint8:
        values = pixels.astype(np.float32)
        finite = values[np.isfinite(values)]
        low, high = np.percentile(finite, DISPLAY_PERCENTILES) if finite.size else (0.0, 1.0)
        span = max(float(high - low), 1e-6)
        values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
        pixels = np.rint(np.clip((values - low) / span, 0, 1) * 255).astype(np.uint8)
    if not image.is_colour:
        pixels = np.repeat(pixels[..., None], 3, axis=2)
    return np.ascontiguousarray(pixels[..., :3].astype(np.uint8))


def display_scale(size: tuple[int, int], *, largest_px: int | None = None) -> float:
    """Factor from image pixels to picture pixels.

    Parameters
    ----------
    size : tuple of int
        (rows, columns) of the frame.
    largest_px : int, optional
        Longest side of the picture; larger frames are reduced. None: never reduced.
    """
    longest = max(size)
    if largest_px is not None and longest > largest_px:
        return largest_px / longest
    zoom = max(1, round(SMALLEST_SIDE_PX / longest))
    while largest_px is not None and zoom > 1 and zoom * longest > largest_px:
        zoom -= 1
    return float(zoom)


def resized(picture: Pixels8, scale: float) -> Pixels8:
    """`picture` enlarged (bicubic) or reduced (area mean) by `scale`."""
    if scale == 1:
        return picture
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(
        cv2.resize(picture, (max(1, size[0]), max(1, size[1])), interpolation=method), np.uint8
    )


class Layer:
    """A transparent RGBA layer that takes antialiased ink.

    Parameters
    ----------
    size : tuple of int
        (rows, columns) of the picture.
    """

    def __init__(self, size: tuple[int, int]):
        self.size = size
        self._colour = np.zeros((*size, 3), np.float32)  # premultiplied by alpha
        self._alpha = np.zeros(size, np.float32)

    def ink(self, coverage: Pixels8, rgb: RGB, *, opacity: float = 1.0) -> None:
        """Lay `rgb` over what is there, where `coverage` (rows, columns; 0..255) says."""
        left, top, width, height = cv2.boundingRect(coverage)
        if width == 0:
            return
        part = np.s_[top : top + height, left : left + width]
        alpha = coverage[part].astype(np.float32) * (opacity / 255)
        self._colour[part] *= (1 - alpha)[..., None]
        self._colour[part] += alpha[..., None] * np.asarray(rgb, np.float32)
        self._alpha[part] = alpha + self._alpha[part] * (1 - alpha)

    def blank(self) -> Pixels8:
        """Empty coverage to draw one shape into."""
        return np.zeros(self.size, np.uint8)

    def rgba(self) -> Pixels8:
        """The layer as (rows, columns, 4), alpha not premultiplied."""
        safe = np.maximum(self._alpha, 1e-6)[..., None]
        colour = np.clip(np.rint(self._colour / safe), 0, 255)
        alpha = np.rint(self._alpha * 255)
        return np.dstack([colour, alpha]).astype(np.uint8)

    def over(self, picture: Pixels8) -> Pixels8:
        """`picture` (rows, columns, 3) with this layer on it."""
        out: NDArray[np.float32] = picture * (1 - self._alpha[..., None]) + self._colour
        return np.clip(np.rint(out), 0, 255).astype(np.uint8)


@cache
def font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The font that ships with Pillow, so that pictures look the same on every machine."""
    return ImageFont.load_default(size=size_px)


def text_mask(text: str, size_px: int) -> Pixels8:
    """`text` as coverage (rows, columns), cut to its width and to the height of the line."""
    letters = font(size_px)
    left, _, right, _ = letters.getbbox(text)
    _, top, _, bottom = letters.getbbox("Ágjy|")
    width, height = int(np.ceil(right - left)), int(np.ceil(bottom - top))
    picture = PillowImage.new("L", (max(1, width), max(1, height)))
    ImageDraw.Draw(picture).text((-left, -top), text, fill=255, font=letters)
    return np.asarray(picture, np.uint8)
