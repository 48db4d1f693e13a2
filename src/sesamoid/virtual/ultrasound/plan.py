"""All that a scan computes once for its settings and grid, and the work space it reuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound.acoustics import Acoustics, acoustics, amplitude, speckle_gain
from sesamoid.virtual.ultrasound.echo_plan import EchoPlan
from sesamoid.virtual.ultrasound.pointspread import (
    FWHM_TO_SIGMA,
    PointSpread,
    gaussian_peak,
    gaussian_rows,
)
from sesamoid.virtual.ultrasound.presets import Preset, Probe
from sesamoid.virtual.ultrasound.settings import ScanSettings
from sesamoid.virtual.ultrasound.textures import BUNDLE_PIXELS, BUNDLES_ACROSS, hashed_uniform

INTERFACE_DB = 39.0
"""Echo of a perfect plane reflector above muscle (P, by eye: cortex is white, fascia nearly)."""
FACE_MULTIPLE = 0.045
"""Amplitude that the transducer's face sends back (P)."""
CLUTTER_MM = 2.5
"""Length over which the haze behind what is bright fades (P)."""
GLOW_MM = 0.22
"""Length over which the afterglow of bone fades (P, by eye)."""
SHADOW_SPREAD = 0.10
"""Growth of a shadow's soft edge: SD in mm is the square root of spread x depth in mm / 10 (P)."""
EDGE_MM, EDGE_DB = 1.5, -5.0
"""Outermost beams have half an aperture (P)."""
GREY_LEVELS = 1024


@dataclass(frozen=True)
class Plan:
    """Tables, kernels and work space; shapes as in the kernels that take them.

    `echo_beside` is for the planes beside the central one: fewer look-ups, no multiples. One plan
    serves one image at a time.
    """

    grid: SliceGrid
    acoustics: Acoustics
    echo: EchoPlan
    echo_beside: EchoPlan
    elevation_sigma_mm: NDArray[np.float64]
    edge: NDArray[np.float32]
    lateral_kernels: NDArray[np.float32]
    lateral_reach: NDArray[np.int64]
    pulse: NDArray[np.float32]
    noise: float
    ring: NDArray[np.float32]
    ring_in_air: NDArray[np.float32]
    column_texture: NDArray[np.float32]
    gain_db: NDArray[np.float32]
    window: tuple[NDArray[np.float32], NDArray[np.float32]]
    speckle_variance: float
    grey: NDArray[np.uint8]
    scale: tuple[float, float]
    real: NDArray[np.float32]
    imag: NDArray[np.float32]
    padded: NDArray[np.float32]
    rows_work: NDArray[np.float32]
    envelope: NDArray[np.float32]
    filter_work: NDArray[np.float32]


@lru_cache(maxsize=8)
def _tables(frequency_mhz: float, row_mm: float) -> Acoustics:
    return acoustics(
        tissue_table(),
        frequency_mhz=frequency_mhz,
        row_mm=row_mm,
        pixels_per_bundle=BUNDLE_PIXELS / BUNDLES_ACROSS,
    )


def make_plan(
    preset: Preset, settings: ScanSettings, probe: Probe, spread: PointSpread, grid: SliceGrid
) -> Plan:
    """Everything that depends on neither the body nor the moment."""
    table = tissue_table()
    rows, columns = grid.rows, grid.columns
    row_mm, column_mm = grid.spacing_mm
    depth = np.arange(rows, dtype=np.float64) * np.float64(row_mm)
    axial_sigma_mm = max(spread.axial_mm * FWHM_TO_SIGMA, 0.3 * row_mm)
    lateral_sigma_mm = np.maximum(spread.lateral_at(depth) * FWHM_TO_SIGMA, 0.3 * column_mm)
    kernels, reach = gaussian_rows(lateral_sigma_mm / column_mm)
    pulse = gaussian_peak(axial_sigma_mm / row_mm)
    half_steps = 2 if column_mm > 1.3 * float(table.cell_mm[:, 0].min()) else 1
    gains = [
        speckle_gain(
            table,
            axial_sigma_mm=axial_sigma_mm,
            lateral_sigma_mm=lateral_sigma_mm,
            row_mm=row_mm,
            lateral_step_mm=column_mm / steps,
        )
        for steps in (half_steps, 1)
    ]
    echo = EchoPlan(
        row_mm=row_mm,
        column_mm=column_mm,
        interface=float(amplitude(INTERFACE_DB)),
        multiple=FACE_MULTIPLE,
        clutter=float(amplitude(preset.clutter_db)),
        # Sound that lingers is attenuated on its way as if it had gone deeper.
        clutter_decay=float(
            np.exp(-row_mm / CLUTTER_MM)
            * amplitude(-2 * preset.compensation * settings.frequency_mhz * row_mm / 10)
        ),
        glow=float(amplitude(preset.glow_db)),
        glow_decay=float(np.exp(-row_mm / GLOW_MM)),
        spread=min(0.2, SHADOW_SPREAD / 20 * row_mm / column_mm**2),
        half_steps=half_steps,
        speckle_gain=gains[0],
        gel=table.index("gel"),
    )
    return Plan(
        grid=grid,
        acoustics=_tables(settings.frequency_mhz, row_mm),
        echo=echo,
        echo_beside=echo._replace(half_steps=1, speckle_gain=gains[1], multiple=0.0),
        elevation_sigma_mm=spread.elevation_at(depth) * FWHM_TO_SIGMA,
        edge=_edge(columns, column_mm),
        lateral_kernels=kernels,
        lateral_reach=reach,
        pulse=pulse,
        # Standard deviation of each part such that the mean amplitude is noise_db.
        noise=float(amplitude(preset.noise_db) / np.sqrt((pulse.astype(np.float64) ** 2).sum())),
        ring=_ring(depth, probe.lens_mm, preset.ring_db, lines=3, decay_db=-14.0),
        ring_in_air=_ring(depth, probe.lens_mm, preset.ring_db + 8, lines=24, decay_db=-8.0),
        column_texture=(0.85 + 0.3 * hashed_uniform(columns, 17)).astype(np.float32),
        gain_db=_gain(preset, settings, depth),
        window=(_window(0.09 / row_mm), _window(0.16 / column_mm)),
        speckle_variance=20.6 / settings.looks * (1 + 0.5 / settings.looks),
        grey=grey_levels(preset.grey_map),
        scale=(
            preset.white_db - settings.dynamic_range_db,
            (GREY_LEVELS - 1) / settings.dynamic_range_db,
        ),
        real=np.zeros((settings.looks, rows, columns), np.float32),
        imag=np.zeros((settings.looks, rows, columns), np.float32),
        padded=np.zeros(columns + kernels.shape[1] - 1, np.float32),
        rows_work=np.zeros((2, columns), np.float32),
        envelope=np.zeros((rows, columns), np.float32),
        filter_work=np.zeros((4, rows, columns), np.float32),
    )


def grey_levels(nodes: tuple[tuple[float, float], ...]) -> NDArray[np.uint8]:
    """The grey map as 1,024 grey values, from black to white."""
    level, grey = np.array(nodes).T
    curve = interpolate.PchipInterpolator(level, grey)(np.linspace(0, 1, GREY_LEVELS))
    return np.asarray(np.clip(np.rint(255 * curve), 0, 255), dtype=np.uint8)


def _gain(
    preset: Preset, settings: ScanSettings, depth: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Machine's compensation, the operator's sliders and the gain, in dB by row."""
    at = np.linspace(0, settings.depth_mm, len(settings.tgc_db))
    compensation = 2 * preset.compensation * settings.frequency_mhz * depth / 10
    sliders = np.interp(depth, at, settings.tgc_db)
    return (compensation + sliders + settings.gain_db).astype(np.float32)


def _ring(
    depth: NDArray[np.float64], lens_mm: float, level_db: float, *, lines: int, decay_db: float
) -> NDArray[np.float32]:
    """Evenly spaced, fading echoes within the lens of the probe."""
    count = np.arange(lines)[:, None]
    blur_mm = 0.05 + 0.02 * count
    line = np.exp(-0.5 * ((depth[None] - (count + 0.12) * lens_mm) / blur_mm) ** 2)
    between = 0.2 * amplitude(level_db + 2 * decay_db * depth / lens_mm)
    lines_at = (amplitude(level_db + decay_db * count) * line).sum(axis=0)
    return np.asarray(lines_at + between, dtype=np.float32)


def _edge(columns: int, column_mm: float) -> NDArray[np.float32]:
    from_edge = np.minimum(np.arange(columns), np.arange(columns)[::-1]) * column_mm
    return amplitude(EDGE_DB * np.clip(1 - from_edge / EDGE_MM, 0, 1) ** 2).astype(np.float32)


def _window(sigma: float) -> NDArray[np.float32]:
    kernel = gaussian_peak(max(sigma, 0.4))
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
