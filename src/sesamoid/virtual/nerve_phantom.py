"""A drawn limb in short axis: skin, fat, fascia, muscle, one nerve, one vessel, known in mm.

Speckle is made as it arises: a complex random scatterer field, weighted by echogenicity, blurred
by a point-spread function that widens with depth; its envelope is log-compressed. It serves the
demonstration and the tests; nothing is trained on it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

NERVE, VESSEL = 1, 2
DYNAMIC_RANGE_DB = 55.0
GREY_MAP_EXPONENT = 1.9
COMPOUNDED_ANGLES = 5


@dataclass(frozen=True)
class NervePhantom:
    """A virtual image with its truth.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (rows, columns)
    labels : ndarray of uint8, shape (rows, columns)
        0 background, 1 nerve, 2 vessel.
    spacing_mm : tuple of float
        (row, column).
    nerve_axes_mm, vessel_axes_mm : tuple of float
        Long and short axis as drawn.
    """

    pixels: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    spacing_mm: tuple[float, float]
    nerve_axes_mm: tuple[float, float]
    vessel_axes_mm: tuple[float, float]

    @property
    def nerve_area_mm2(self) -> float:
        """Area of the drawn ellipse, pi / 4 times the axes."""
        return float(np.pi / 4 * self.nerve_axes_mm[0] * self.nerve_axes_mm[1])

    @property
    def vessel_area_mm2(self) -> float:
        """Area of the drawn ellipse, pi / 4 times the axes."""
        return float(np.pi / 4 * self.vessel_axes_mm[0] * self.vessel_axes_mm[1])


def nerve_phantom(
    seed: int = 0, *, rows: int = 480, columns: int = 512, depth_mm: float = 32.0
) -> NervePhantom:
    """Draw a phantom.

    Parameters
    ----------
    seed : int
        Draws sizes, places and speckle; the same seed gives the same bytes.
    rows, columns : int
    depth_mm : float
        Of the picture; pixels are square.
    """
    rng = np.random.default_rng(seed)
    step = depth_mm / rows
    y, x = np.indices((rows, columns)) * step
    width_mm = columns * step
    nerve_axes = (rng.uniform(7.0, 9.0), rng.uniform(4.2, 5.2))
    vessel_axes = (rng.uniform(6.0, 7.5), rng.uniform(5.0, 6.0))
    nerve_at = (rng.uniform(10.5, 12.0), width_mm * 0.5 + rng.uniform(-5, -3))
    vessel_at = (nerve_at[0] + rng.uniform(1.0, 2.5), nerve_at[1] + rng.uniform(8.5, 9.5))
    tilt = np.deg2rad(rng.uniform(-12, 12))

    nerve_radius = _ellipse_radius(y, x, nerve_at, nerve_axes, tilt)
    vessel_radius = _ellipse_radius(y, x, vessel_at, vessel_axes, 0.0)
    echo = _layers(rng, y, x)
    echo = np.where(nerve_radius < 1, 0.3, echo)
    for row, column, radius in _fascicles(rng, nerve_at, nerve_axes, tilt):
        echo = np.where(np.hypot(y - row, x - column) < radius, 0.03, echo)
    echo = np.where((nerve_radius >= 0.9) & (nerve_radius < 1), 0.6, echo)
    echo = np.where(vessel_radius < 1.1, 0.3, echo)
    echo = np.where(vessel_radius < 1, 0.00015, echo)
    below = (np.abs(x - vessel_at[1]) < vessel_axes[0] * 0.42) & (y > vessel_at[0])
    enhancement = 1 + 1.5 * ndimage.gaussian_filter(
        (below & (vessel_radius > 1.05)).astype(float), 4
    )
    pixels = _speckled(rng, echo * enhancement, y, depth_mm)
    labels = np.zeros((rows, columns), dtype=np.uint8)
    labels[nerve_radius < 1] = NERVE
    labels[vessel_radius < 1] = VESSEL
    return NervePhantom(pixels, labels, (step, step), nerve_axes, vessel_axes)


def _ellipse_radius(
    y: NDArray[np.float64],
    x: NDArray[np.float64],
    centre: tuple[float, float],
    axes: tuple[float, float],
    tilt: float,
) -> NDArray[np.float64]:
    dy, dx = y - centre[0], x - centre[1]
    along = dx * np.cos(tilt) + dy * np.sin(tilt)
    across = -dx * np.sin(tilt) + dy * np.cos(tilt)
    return np.asarray(np.hypot(along / (axes[0] / 2), across / (axes[1] / 2)))


def _layers(
    rng: np.random.Generator, y: NDArray[np.float64], x: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Echogenicity (power, 0..1) of skin, fat with septa, fascia and muscle with perimysium."""
    wave = sum(
        rng.uniform(0.1, 0.35) * np.sin(2 * np.pi * x / rng.uniform(15, 45) + rng.uniform(0, 6))
        for _ in range(3)
    )
    depth = y + wave
    echo = np.where(y < 1.4, 0.35, 0.05)
    fascia = 6.5
    for level in rng.uniform(2.2, 6.0, 5):
        septum = np.abs(depth + 0.4 * np.sin(x / 3 + level) - level)
        echo = np.where(septum < 0.12, 0.5, echo)
    muscle = depth > fascia
    echo = np.where(muscle, 0.008, echo)
    echo = np.where(np.abs(depth - fascia) < 0.28, 1.0, echo)
    for length, share, strength in ((12, 1.1, 0.05), (30, 1.5, 0.16)):
        streaks = ndimage.gaussian_filter(rng.standard_normal(y.shape), (1.3, length))
        streaks /= streaks.std()
        perimysium = strength * np.clip(streaks - share, 0, 1)
        echo = np.where(muscle, echo + perimysium, echo)
    deep_fascia = 19.5 + 0.04 * x
    echo = np.where(np.abs(depth - deep_fascia) < 0.3, 0.8, echo)
    return np.asarray(ndimage.gaussian_filter(echo, 0.8))


def _fascicles(
    rng: np.random.Generator,
    centre: tuple[float, float],
    axes: tuple[float, float],
    tilt: float,
) -> list[tuple[float, float, float]]:
    """Round fascicles (row, column, radius in mm) that don't touch each other or the rim."""
    out: list[tuple[float, float, float]] = []
    for _ in range(600):
        radius = rng.uniform(0.35, 0.75)
        along = rng.uniform(-1, 1) * (axes[0] / 2 - radius - 0.35)
        across = rng.uniform(-1, 1) * (axes[1] / 2 - radius - 0.35)
        limit = (along / (axes[0] / 2 - radius)) ** 2 + (across / (axes[1] / 2 - radius)) ** 2
        row = centre[0] + along * np.sin(tilt) + across * np.cos(tilt)
        column = centre[1] + along * np.cos(tilt) - across * np.sin(tilt)
        free = all(np.hypot(row - r, column - c) > radius + q + 0.18 for r, c, q in out)
        if limit < 0.9 and free:
            out.append((row, column, radius))
    return out


def _speckled(
    rng: np.random.Generator, power: NDArray[np.float64], y: NDArray[np.float64], depth_mm: float
) -> NDArray[np.uint8]:
    """Envelopes of blurred scatterers, compounded over angles, log-compressed to 8 bits."""
    share = np.clip(np.abs(y / depth_mm - 0.35) / 0.65, 0, 1)
    attenuation = np.exp(-0.03 * np.maximum(0, y - 0.35 * depth_mm))
    envelope = np.zeros(power.shape)
    for _ in range(COMPOUNDED_ANGLES):
        field = np.sqrt(power) * (
            rng.standard_normal(power.shape) + 1j * rng.standard_normal(power.shape)
        )
        near = ndimage.gaussian_filter(field, (1.0, 1.6))
        far = ndimage.gaussian_filter(field, (1.4, 3.0))
        # Blurring lowers the power of noise; bring both to one level before they mix.
        envelope += np.abs(near / near.std() * (1 - share) + far / far.std() * share)
    envelope = envelope / envelope.mean() * attenuation
    envelope += 0.01 * np.abs(rng.standard_normal(power.shape))
    decibel = 20 * np.log10(envelope / np.percentile(envelope, 99.8))
    grey = np.clip(1 + decibel / DYNAMIC_RANGE_DB, 0, 1) ** GREY_MAP_EXPONENT
    return np.asarray(np.rint(255 * ndimage.gaussian_filter(grey, 0.7)), dtype=np.uint8)
