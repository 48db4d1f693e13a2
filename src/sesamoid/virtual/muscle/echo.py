"""Echogenicity of a virtual muscle: layers, broken bright lines along the fascicles, bands."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.muscle.geometry import Array, Geometry

Map = NDArray[np.float32]

ACROSS_STEP_MM = 0.08
ALONG_STEP_MM = 0.5
LINE_WIDTH_MM = 0.13
"""Standard deviation of a bright line across [P]."""

FAT_ECHO, SKIN_ECHO, SEPTUM_ECHO = 0.015, 0.4, 0.35
LOWER_ANGLE_RANGE_DEG = (-35.0, 35.0)
LARGEST_TEXTURE = 6000
_TABLE = 4096


@dataclass(frozen=True)
class EchoMap:
    """Power of the tissue's echo and the masks drawn with it, each (rows, columns).

    Parameters
    ----------
    power : ndarray of float32
        Bright bands have about 1.
    aponeuroses : ndarray of bool
        Both bands.
    fascicles : ndarray of bool
        The bright lines between them.
    """

    power: Map
    aponeuroses: NDArray[np.bool_]
    fascicles: NDArray[np.bool_]


def echo_map(geometry: Geometry, rng: np.random.Generator) -> EchoMap:
    """Draw the tissue of `geometry`."""
    muscle = geometry.muscle
    step = muscle.mm_per_pixel
    x = np.arange(muscle.columns) * step
    y = (np.arange(muscle.rows) * step)[:, None]
    superficial, deep = geometry.superficial(x), geometry.deep(x)
    top = superficial - muscle.superficial_band_mm * _uneven(rng, x)
    bottom = deep + muscle.deep_band_mm * _uneven(rng, x)

    lines = _fascicle_lines(geometry, rng, x, y)
    power = (muscle.muscle_echo + muscle.fascicle_echo * lines).astype(np.float32)
    between = (y > superficial) & (y < deep)
    fascicles = (lines > 0.35) & between
    power = np.where(y >= bottom, _lower_muscle(geometry, rng, x, y), power)
    power = np.where(y <= top, _fat(rng, x, y), power)
    upper_band = (y > top) & (y <= superficial)
    lower_band = (y >= deep) & (y < bottom)
    power = np.where(
        upper_band, 0.25 + 0.75 * _layered(rng, (y - top) / (superficial - top)), power
    )
    power = np.where(lower_band, 0.25 + 0.75 * _layered(rng, (y - deep) / (bottom - deep)), power)
    return EchoMap(power.astype(np.float32), upper_band | lower_band, fascicles)


def _uneven(rng: np.random.Generator, x: Array) -> Array:
    """Thickness of a band along x, as a factor around 1; never thinner than half."""
    waves = sum(
        rng.uniform(0, 0.2) * np.sin(2 * np.pi * x / rng.uniform(8, 60) + rng.uniform(0, 6))
        for _ in range(3)
    )
    return np.asarray(np.maximum(1 + waves, 0.5))


def _layered(rng: np.random.Generator, share: Array) -> Array:
    """Brightness across a band: one layer, or two with a darker line between."""
    if rng.random() < 0.6:
        return np.ones_like(share)
    return np.asarray(0.3 + 0.7 * np.abs(2 * share - 1))


def broken_lines(
    rng: np.random.Generator, shape: tuple[int, int], spacing_mm: float, length_mm: float
) -> Map:
    """Bright lines 0..1 along the columns of `shape` (across, along), broken now and then."""
    across, along = shape
    noise = rng.standard_normal((across, along), dtype=np.float32)
    wide = cv2.GaussianBlur(
        noise,
        (0, 0),
        sigmaX=length_mm / 2.5 / ALONG_STEP_MM,
        sigmaY=LINE_WIDTH_MM / ACROSS_STEP_MM,
        borderType=cv2.BORDER_REFLECT,
    )
    wide /= max(float(wide.std()), 1e-9)
    # A share of the noise above the threshold gives the spacing: its blobs are 4 sigma wide.
    share = min(0.45, 3.0 * LINE_WIDTH_MM / spacing_mm)
    threshold = float(np.quantile(wide[:: max(1, across // 400)], 1 - share))
    lines: Map = np.clip((wide - threshold) / 1.2, 0, 1)
    return lines


def _texture(
    rng: np.random.Generator,
    across_mm: Array,
    along_mm: Array,
    spacing_mm: float,
    length_mm: float,
) -> Map:
    """Broken lines sampled at coordinates given per pixel."""
    low_n, low_l = float(across_mm.min()), float(along_mm.min())
    shape = (
        min(LARGEST_TEXTURE, int((across_mm.max() - low_n) / ACROSS_STEP_MM) + 4),
        min(LARGEST_TEXTURE, int((along_mm.max() - low_l) / ALONG_STEP_MM) + 4),
    )
    lines = broken_lines(rng, shape, spacing_mm, length_mm)
    rows = ((across_mm - low_n) / ACROSS_STEP_MM).astype(np.float32)
    columns = ((along_mm - low_l) / ALONG_STEP_MM).astype(np.float32)
    sampled: Map = cv2.remap(lines, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return sampled


def _fascicle_lines(
    geometry: Geometry,
    rng: np.random.Generator,
    x: Array,
    y: Array,
) -> Map:
    """Lines exactly along the fascicles, over the whole picture."""
    muscle = geometry.muscle
    low, high = -0.3 * muscle.thickness_mm, 1.6 * muscle.thickness_mm
    heights = np.linspace(low, high, _TABLE)
    # Single precision and a table of the height alone: far below a pixel off, and fast.
    u, v = geometry.to_frame(x.astype(np.float32), y.astype(np.float32))
    position = np.clip((v - np.float32(low)) * np.float32((_TABLE - 1) / (high - low)), 0, _TABLE)
    index = position.astype(np.float32)
    zeros = np.zeros_like(index)
    run, arc = (
        cv2.remap(
            table.astype(np.float32)[None],
            index,
            zeros,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        for table in (geometry.run(heights), geometry.arc(heights))
    )
    # Shifted copies of one arc lie sin(angle) times their shift apart.
    across = (u - run) * np.float32(np.sin(np.radians(muscle.pennation_deg)))
    inside = (y > geometry.superficial(x)) & (y < geometry.deep(x))
    across, along = np.where(inside, across, 0), np.where(inside, arc, 0)
    return _texture(rng, across, along, muscle.fascicle_spacing_mm, muscle.fragment_length_mm)


def _lower_muscle(
    geometry: Geometry,
    rng: np.random.Generator,
    x: Array,
    y: Array,
) -> Array:
    """A second muscle below the deep band, with straight lines of another direction."""
    muscle = geometry.muscle
    angle = np.radians(rng.uniform(*LOWER_ANGLE_RANGE_DEG))
    sine, cosine = np.float32(np.sin(angle)), np.float32(np.cos(angle))
    right, down = x.astype(np.float32), y.astype(np.float32)
    across = right * sine + down * cosine
    along = right * cosine - down * sine
    lines = _texture(
        rng, across, along, muscle.fascicle_spacing_mm * 1.2, muscle.fragment_length_mm
    )
    power = muscle.muscle_echo * rng.uniform(0.5, 1.5) + 0.6 * muscle.fascicle_echo * lines
    if rng.random() < 0.5:
        third = geometry.deep(x) + rng.uniform(8, 25) - np.tan(rng.uniform(-0.1, 0.1)) * x
        power = np.where(np.abs(y - third) < rng.uniform(0.3, 0.9), 0.7, power)
    return np.asarray(power)


def _fat(rng: np.random.Generator, x: Array, y: Array) -> Array:
    """Skin and fat with thin bright septa."""
    power = np.where(y < rng.uniform(0.6, 1.4), SKIN_ECHO, FAT_ECHO * rng.uniform(0.3, 1.5))
    for level in rng.uniform(1.0, 12.0, int(rng.integers(2, 8))):
        wave = rng.uniform(0.1, 0.5) * np.sin(x / rng.uniform(3, 9) + level)
        tilt = rng.uniform(-0.06, 0.06) * (x - x.mean())
        thin = np.abs(y - level - wave - tilt) < rng.uniform(0.06, 0.14)
        power = np.where(thin, SEPTUM_ECHO, power)
    return np.asarray(power)
