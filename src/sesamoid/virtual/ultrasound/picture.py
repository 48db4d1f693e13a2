"""Where the pixels of a picture lie on the grid of beams."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def linear_positions(samples: int, pixels: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(index, fraction) of pixel centres between samples; both span the same length."""
    at = (np.arange(pixels) + 0.5) * (samples - 1) / pixels
    index = np.minimum(at.astype(np.int64), samples - 2)
    return index, (at - index).astype(np.float32)


def cubic_positions(samples: int, pixels: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(taps, weights), each of shape (pixels, 4), of Catmull-Rom interpolation."""
    index, fraction = linear_positions(samples, pixels)
    t = fraction.astype(np.float64)
    weights = 0.5 * np.stack(
        [
            -t + 2 * t**2 - t**3,
            2 - 5 * t**2 + 3 * t**3,
            t + 4 * t**2 - 3 * t**3,
            -(t**2) + t**3,
        ],
        axis=1,
    )
    taps = np.clip(index[:, None] + np.arange(-1, 3), 0, samples - 1)
    return taps, weights.astype(np.float32)


def labels_to_picture(labels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """A map on the grid of beams (tissue, structure) as it lies on the picture: nearest sample."""
    at = [
        np.rint((np.arange(pixels) + 0.5) * (samples - 1) / pixels).astype(np.int64)
        for samples, pixels in zip(labels.shape, shape, strict=True)
    ]
    return labels[np.ix_(at[0], at[1])]


def slid(
    pixels: NDArray[np.uint8], motion_mm: tuple[float, float], spacing_mm: tuple[float, float]
) -> NDArray[np.uint8]:
    """The mean of a picture over a straight slide of (axial, lateral) mm."""
    rows, columns = (motion / step for motion, step in zip(motion_mm, spacing_mm, strict=True))
    half_r, half_c = int(np.ceil(abs(rows) / 2)), int(np.ceil(abs(columns) / 2))
    kernel = np.zeros((2 * half_r + 1, 2 * half_c + 1), np.float32)
    steps = np.linspace(-0.5, 0.5, 4 * (half_r + half_c) + 1)
    at = (np.rint(half_r + steps * rows).astype(int), np.rint(half_c + steps * columns).astype(int))
    np.add.at(kernel, at, 1.0)
    blurred = cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, dtype=np.uint8)
