"""Finding the scan inside burned-in console furniture: text, logos, bars, rulers, margins."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.image import Image
from sesamoid.imaging.scan_box import scan_box

FILLS_SHARE = 0.015
"""Margin, as a share of the side, that is not worth cutting: the scan fills the picture."""

MOTION_LEVELS = 4.0
"""Standard deviation over the frames, in grey levels, above which a pixel moves."""

_SAMPLED_FRAMES = 12


def find_scan_area(image: Image) -> Crop | None:
    """The rectangle that holds the scan, without the console's furniture around it.

    The 2-D regions of a DICOM file are taken where there are any. Else the scan is the largest
    patch of dense texture; in a cine also of what moves, because text on a console stands still.
    The rectangle is rather too large than too small.

    Parameters
    ----------
    image : Image
        With axes frames, rows, columns.

    Returns
    -------
    Crop or None
        In this image's pixels; None where the scan fills the picture or none is found.
    """
    rows, columns = image.size
    if image.axes != "frames" or min(rows, columns) < 3 or image.frames == 0:
        return None
    stated = _stated_area(image)
    found = stated if stated is not None else _seen_area(image)
    if found is None or _fills(found, (rows, columns)):
        return None
    return found


def _stated_area(image: Image) -> Crop | None:
    """The rectangle around the 2-D regions of the file, in this image's pixels."""
    held = [region.bounds for region in image.regions if region.kind.startswith("2D")]
    if not held:
        return None
    shift = (image.crop.top, image.crop.left) if image.crop is not None else (0, 0)
    rows, columns = image.size
    top = max(0, min(b.top for b in held) - shift[0])
    left = max(0, min(b.left for b in held) - shift[1])
    bottom = min(rows, max(b.bottom for b in held) - shift[0])
    right = min(columns, max(b.right for b in held) - shift[1])
    if bottom <= top or right <= left:
        return None
    return Crop(top, left, bottom - top, right - left)


def _seen_area(image: Image) -> Crop | None:
    """The rectangle around the dense texture of a still, or the moving texture of a cine."""
    chosen = np.unique(np.linspace(0, image.frames - 1, _SAMPLED_FRAMES).astype(int))
    peak = float(image.pixels[chosen].max(initial=0))
    if peak <= 0:
        return None
    frames = [_eight_bit(image.grey(int(index)), peak) for index in chosen]
    ranges = np.stack([_range3(frame) for frame in frames])
    texture = ranges[0] if len(ranges) == 1 else np.median(ranges, axis=0).astype(np.uint8)
    moving = _moving(frames) if len(frames) > 1 else None
    return scan_box(texture, moving)


def _range3(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Largest minus smallest grey level in 3 x 3 pixels."""
    kernel = np.ones((3, 3), np.uint8)
    spread: NDArray[np.uint8] = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, kernel)
    return spread


def _moving(frames: list[NDArray[np.uint8]]) -> NDArray[np.bool_]:
    moving: NDArray[np.bool_] = np.std(np.stack(frames), axis=0, dtype=np.float32) > MOTION_LEVELS
    return moving


def _eight_bit(grey: NDArray[np.generic], peak: float) -> NDArray[np.uint8]:
    """Grey levels as 8 bits, as they are or scaled by the peak where they are deeper."""
    if grey.dtype == np.uint8:
        return np.ascontiguousarray(grey)
    scaled = np.clip(np.asarray(grey, dtype=np.float32) * np.float32(255.0 / peak), 0, 255)
    eight: NDArray[np.uint8] = scaled.astype(np.uint8)
    return eight


def _fills(box: Crop, size: tuple[int, int]) -> bool:
    rows, columns = size
    vertical = max(box.top, rows - box.bottom)
    horizontal = max(box.left, columns - box.right)
    return vertical <= FILLS_SHARE * rows and horizontal <= FILLS_SHARE * columns
