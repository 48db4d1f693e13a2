"""The tissue table as look-up tables of amplitude, for one frequency and one sample spacing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from sesamoid.virtual.tissues import TissueTable

ANGLE_STEPS = 256
LATERAL_STEPS = 9
ANISOTROPY_FLOOR_DB = -30.0
"""What is left of a tendon's echo along its fibres: single scatterers (P)."""


class Acoustics(NamedTuple):
    """Tables of the echo kernel; T is the number of tissues.

    Parameters
    ----------
    loss : ndarray of float32, shape (T,)
        Amplitude that is left after one sample, there and back.
    echo : ndarray of float32, shape (T,)
        Amplitude of the scatterers; 1 is muscle.
    anisotropy : ndarray of float32, shape (T, 256)
        Factor on the echo by |cosine| of beam and fibre.
    reflection : ndarray of float32, shape (T, T)
        |Z2 - Z1| / (Z2 + Z1).
    law : ndarray of uint8, shape (T, T)
        Which of the two tissues decides how an interface scatters: the harder.
    facing : ndarray of float32, shape (T, 256)
        Weight of an interface by |cosine| of beam and normal.
    bend : ndarray of float32, shape (T, T)
        |c2 - c1| / c1: refraction turns a beam by this times the tangent of incidence.
    flows : ndarray of bool, shape (T,)
        Blood: its scatterers are renewed with time.
    per_across, per_along : ndarray of float32, shape (T,)
        Scatterer cells per mm.
    bundle_pixels : ndarray of float32, shape (T,)
        Pixels of the bundle mosaic per mm; 0 without bundles.
    bundle_gain : ndarray of float32, shape (T, 256)
        Brightness of a bundle, by a byte of `Textures.along`.
    line : ndarray of float32, shape (T, 256)
        Amplitude of the sheath between bundles, by a byte of `Textures.along`.
    lump : ndarray of float32, shape (T, 256)
        Brightness of the tissue, by a byte of `Textures.lump`.
    """

    loss: NDArray[np.float32]
    echo: NDArray[np.float32]
    anisotropy: NDArray[np.float32]
    reflection: NDArray[np.float32]
    law: NDArray[np.uint8]
    facing: NDArray[np.float32]
    bend: NDArray[np.float32]
    flows: NDArray[np.bool_]
    per_across: NDArray[np.float32]
    per_along: NDArray[np.float32]
    bundle_pixels: NDArray[np.float32]
    bundle_gain: NDArray[np.float32]
    line: NDArray[np.float32]
    lump: NDArray[np.float32]


def acoustics(
    table: TissueTable, *, frequency_mhz: float, row_mm: float, pixels_per_bundle: float
) -> Acoustics:
    """Tables for a frequency and a distance of rows.

    Attenuation is linear in frequency: 2 alpha f dB/cm for the way there and back.
    """
    impedance = table.impedance.astype(np.float64)
    speed = table.speed.astype(np.float64)
    cosine = np.linspace(0, 1, ANGLE_STEPS)
    reflection = np.abs(impedance[:, None] - impedance) / (impedance[:, None] + impedance)
    both = (speed[:, None] > 0) & (speed > 0)
    bend = np.where(both, np.abs(speed[:, None] - speed) / np.maximum(speed[:, None], 1), 0)
    tissues = np.arange(len(table.names))
    law = np.where(impedance[:, None] > impedance, tissues[:, None], tissues)
    aligned = (1 - cosine**2)[None, :] ** (table.anisotropy_exponent[:, None] / 2.0)
    floor = np.where(table.anisotropy_exponent > 0, amplitude(ANISOTROPY_FLOOR_DB), 0)[:, None]
    specular, diffuse = table.specular[:, None], table.diffuse[:, None]
    deviate = special.ndtri((np.arange(256) + 0.5) / 256)
    bundle = np.divide(
        pixels_per_bundle, table.bundle_mm, out=np.zeros(len(tissues)), where=table.bundle_mm > 0
    )
    flows = np.zeros(len(tissues), dtype=np.bool_)
    flows[table.index("blood")] = True
    return Acoustics(
        loss=_f32(amplitude(-2 * frequency_mhz * table.attenuation * row_mm / 10)),
        echo=_f32(amplitude(table.echogenicity_db)),
        anisotropy=_f32(np.hypot(aligned, floor * (1 - aligned))),
        reflection=_f32(reflection),
        law=law.astype(np.uint8),
        facing=_f32((1 - diffuse) * cosine**specular + diffuse * cosine),
        bend=_f32(bend),
        flows=flows,
        per_across=_f32(1 / table.cell_mm[:, 0]),
        per_along=_f32(1 / table.cell_mm[:, 1]),
        bundle_pixels=_f32(bundle),
        bundle_gain=_f32(amplitude(table.bundle_db[:, None] * deviate)),
        line=_f32(amplitude(table.line_db)[:, None] * cosine ** table.line_power[:, None]),
        lump=_f32(amplitude(table.lump_db[:, None] * deviate)),
    )


def speckle_gain(
    table: TissueTable,
    *,
    axial_sigma_mm: float,
    lateral_sigma_mm: NDArray[np.float64],
    row_mm: float,
    lateral_step_mm: float,
) -> NDArray[np.float32]:
    """Factor that gives scatterers the same mean echo whatever the point spread and the spacing.

    White noise of correlation length s blurred by a Gaussian of sum 1 keeps the share
    (1 + 2 (sigma / s)^2)^(-1/2) of its variance; for cells of size c, s = c / sqrt(2 pi) has the
    same integral of correlation.

    Returns
    -------
    ndarray of float32, shape (rows, T, 9)
        The last axis is how much of a lateral step goes along the fibres, from none to all.
    """
    across, along = table.cell_mm[:, :1].astype(np.float64), table.cell_mm[:, 1:].astype(np.float64)
    share = np.linspace(0, 1, LATERAL_STEPS)[None, :]
    lateral_cell = np.maximum(1 / (share / along + (1 - share) / across), lateral_step_mm)
    root = np.sqrt(2 * np.pi)
    sigma = lateral_sigma_mm[:, None, None]
    lateral = (1 + 2 * (sigma * root / lateral_cell[None]) ** 2) ** 0.25
    axial_length = np.maximum(across, row_mm) / root
    # The axial kernel has peak 1, hence sum sqrt(2 pi) sigma / row.
    axial = (
        (1 + 2 * (axial_sigma_mm / axial_length) ** 2) ** 0.25 * row_mm / (root * axial_sigma_mm)
    )
    return _f32(lateral * axial[None])


def amplitude(level_db: NDArray[np.floating] | float) -> NDArray[np.float64]:
    """10^(dB / 20)."""
    return np.asarray(10.0 ** (np.asarray(level_db, dtype=np.float64) / 20))


def _f32(values: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
