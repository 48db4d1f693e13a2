"""A virtual test chart: speckle over shapes that are known, for comparing filters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

DYNAMIC_RANGE_DB = 60.0
BACKGROUND_DB = -30.0
"""Middle of the range [P], so that neither end clips much."""

DISCS_DB = (-16.0, -8.0, -4.0, 4.0, 8.0, 16.0)
"""Contrast of the discs, from a vessel to a fascia [P]."""

LINES_PX = (2, 4, 8)
"""Thickness of the bright lines, from a fascicle's edge to an aponeurosis [P]."""

LINE_DB = 14.0
LOOKS = 1
POINT_SPREAD_PX = (1.0, 1.8)
"""SD in rows and columns: speckle is wider than high [P]."""


@dataclass(frozen=True)
class SpeckleChart:
    """A virtual picture with what it would be without speckle.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
    clean : ndarray of float32, shape (rows, columns)
        Mean grey level over many pictures of the same shapes.
    edges : ndarray of bool
        One pixel wide.
    even : ndarray of bool
        Background, away from every edge.
    """

    pixels: NDArray[np.uint8]
    clean: NDArray[np.float32]
    edges: NDArray[np.bool_]
    even: NDArray[np.bool_]


def speckle_chart(seed: int = 0, *, side: int = 256, averaged: int = 48) -> SpeckleChart:
    """Draw discs and lines under speckle; the same seed gives the same picture.

    Parameters
    ----------
    seed : int
        Of the speckle; the shapes stay.
    side : int
        Rows and columns, at least 128.
    averaged : int
        Pictures whose mean is taken for `clean`.

    Notes
    -----
    Speckle as it arises: complex Gaussian scatterers under a Gaussian point spread, the envelope
    averaged over `LOOKS`, then compressed to `DYNAMIC_RANGE_DB`. A virtual picture, not a clinical
    one.
    """
    level = _shapes(side)
    edges = np.zeros(level.shape, dtype=bool)
    edges[:-1] |= level[:-1] != level[1:]
    edges[:, :-1] |= level[:, :-1] != level[:, 1:]
    rng = np.random.default_rng(seed)
    pixels = _scanned(level, rng)
    mean = np.mean([_scanned(level, rng) for _ in range(averaged)], axis=0)
    # Speckle that is left in the mean goes; edges are known, so they stay where they are.
    regions = np.unique(level, return_inverse=True)[1].reshape(level.shape)
    clean = ndimage.mean(mean, regions, np.arange(regions.max() + 1))[regions]
    away = ndimage.distance_transform_edt(~edges) > 8
    even = away & (level == BACKGROUND_DB)
    return SpeckleChart(pixels, clean.astype(np.float32), edges, even)


def _shapes(side: int) -> NDArray[np.float64]:
    down, right = np.indices((side, side)) / side
    level = np.full((side, side), BACKGROUND_DB)
    for index, contrast in enumerate(DISCS_DB):
        centre = (0.22 + 0.3 * (index // 3), 0.2 + 0.3 * (index % 3))
        level[np.hypot(down - centre[0], right - centre[1]) < 0.1] += contrast
    for index, thickness in enumerate(LINES_PX):
        # A slope of one in ten, as a fascia has.
        middle = 0.74 + 0.08 * index + 0.04 * right
        level[np.abs(down - middle) * side <= thickness / 2] = BACKGROUND_DB + LINE_DB
    return level


def _scanned(level: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.uint8]:
    amplitude = 10 ** (level / 20)
    envelope = np.zeros(level.shape)
    for _ in range(LOOKS):
        parts = [
            ndimage.gaussian_filter(amplitude * rng.standard_normal(level.shape), POINT_SPREAD_PX)
            for _ in range(2)
        ]
        envelope += np.hypot(*parts) / LOOKS
    # White noise of SD 1 under the point spread has this SD.
    scale = 1 / np.sqrt(4 * np.pi * np.prod(POINT_SPREAD_PX))
    decibels = 20 * np.log10(np.maximum(envelope / scale, 1e-6))
    grey = 255 * (1 + decibels / DYNAMIC_RANGE_DB)
    pixels: NDArray[np.uint8] = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return pixels
