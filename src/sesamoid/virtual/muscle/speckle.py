"""From echogenicity to grey levels: scatterers, point spread, attenuation, log compression."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.muscle.parameters import VirtualMuscle

Map = NDArray[np.float32]

FOCUS_SHARE = 0.35
"""Depth of the focus as a share of the picture [P]."""

FAR_WIDENING = 1.9
"""Lateral blur at the bottom over that at the focus [P]."""

LOOKS = 2
"""Independent looks that are compounded [P]."""

GREY_EXPONENT = 1.9
NOISE = 0.01


def speckled(muscle: VirtualMuscle, power: Map, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Picture of the echo power, (rows, columns) uint8."""
    depth = np.arange(muscle.rows, dtype=np.float32)[:, None] / muscle.rows
    far = np.clip(np.abs(depth - FOCUS_SHARE) / (1 - FOCUS_SHARE), 0, 1).astype(np.float32)
    amplitude = np.sqrt(power)
    envelope = np.zeros(power.shape, dtype=np.float32)
    for _ in range(LOOKS):
        parts = []
        for _ in range(2):
            scatterers = amplitude * rng.standard_normal(power.shape, dtype=np.float32)
            parts.append(_blurred(muscle, scatterers, far))
        envelope += cv2.magnitude(parts[0], parts[1])
    reference = float(np.percentile(envelope[::4, ::4], 99.5))
    if reference > 0:
        envelope = envelope / reference
    depth_mm = depth * muscle.rows * muscle.mm_per_pixel
    envelope *= np.exp(-muscle.attenuation_db_per_mm * np.log(10) / 20 * depth_mm)
    # The gain is set so that the middle of the picture keeps its level.
    envelope *= np.exp(muscle.attenuation_db_per_mm * np.log(10) / 20 * depth_mm[-1] * 0.4)
    envelope += NOISE * np.abs(rng.standard_normal(power.shape, dtype=np.float32))
    scale = 20 / np.log(10) / muscle.dynamic_range_db
    grey = np.clip(1 + scale * cv2.log(np.maximum(envelope, np.float32(1e-5))), 0, 1)
    pixels: NDArray[np.uint8] = cv2.convertScaleAbs(cv2.pow(grey, GREY_EXPONENT), alpha=255)
    return pixels


def _blurred(muscle: VirtualMuscle, field: Map, far: Map) -> Map:
    """`field` under a point spread that widens away from the focus; power is kept."""
    axial = max(0.5, muscle.axial_blur_mm / muscle.mm_per_pixel)
    lateral = max(0.5, muscle.lateral_blur_mm / muscle.mm_per_pixel)
    out = np.zeros_like(field)
    for width, share in ((lateral, 1 - far), (FAR_WIDENING * lateral, far)):
        blurred = cv2.GaussianBlur(field, (0, 0), sigmaX=width, sigmaY=axial)
        # White noise under a Gaussian keeps 1 / (4 pi sx sy) of its power.
        scaled = blurred * (share * np.float32(np.sqrt(4 * np.pi * width * axial)))
        out += scaled
    return out
