"""Single scatterers through a scanner's beam and pulse, to set beside other simulators."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.ultrasound import beam_kernel
from sesamoid.virtual.ultrasound.plan import make_plan
from sesamoid.virtual.ultrasound.pointspread import SPEED_MM_PER_US
from sesamoid.virtual.ultrasound.scanner import Scanner


def scatterer_envelope(
    scanner: Scanner,
    x_mm: ArrayLike,
    z_mm: ArrayLike,
    strength: ArrayLike,
    *,
    grid: SliceGrid | None = None,
) -> NDArray[np.float32]:
    """Envelope of points in a medium that neither reflects nor attenuates.

    Each point is an echo with the phase of its way, 4 pi f z / c; beam and pulse are those of
    every picture of this scanner. No noise, no compensation, one look.

    Parameters
    ----------
    scanner : Scanner
    x_mm, z_mm, strength : array_like of shape (n,)
        Position along the face, 0 in its middle; depth; reflectivity. Points outside of the
        scanned region are left out.
    grid : SliceGrid, optional
        Samples and beams; `Scanner.grid` if left out.

    Returns
    -------
    ndarray of float32, shape (grid rows, grid columns)
    """
    grid = grid or scanner.grid()
    x, z, size = (np.asarray(values, dtype=np.float64) for values in (x_mm, z_mm, strength))
    row_mm, column_mm = grid.spacing_mm
    row, column = z / row_mm, (x + grid.width_mm / 2) / column_mm
    inside = (row >= 0) & (row < grid.rows - 1) & (column >= 0) & (column < grid.columns - 1)
    row, column, z, size = (values[inside] for values in (row, column, z, size))
    echo = size * np.exp(-4j * np.pi * scanner.settings.frequency_mhz * z / SPEED_MM_PER_US)
    first, left = row.astype(np.int64), column.astype(np.int64)
    down, right = row - first, column - left
    field = np.zeros(grid.rows * grid.columns, dtype=np.complex128)
    # Between samples a point is shared out among its four neighbours.
    for below, beside, share in (
        (0, 0, (1 - down) * (1 - right)),
        (0, 1, (1 - down) * right),
        (1, 0, down * (1 - right)),
        (1, 1, down * right),
    ):
        at = (first + below) * grid.columns + left + beside
        field += np.bincount(at, (echo * share).real, field.size)
        field += 1j * np.bincount(at, (echo * share).imag, field.size)
    whole = field.reshape(1, grid.rows, grid.columns)
    real, imag = (np.ascontiguousarray(part, dtype=np.float32) for part in (whole.real, whole.imag))
    plan = make_plan(scanner.preset, scanner.settings, scanner.probe, scanner.point_spread, grid)
    for part in (real, imag):
        beam_kernel.blur_beams(part, plan.lateral_kernels, plan.lateral_reach, plan.padded)
    out = np.empty((grid.rows, grid.columns), np.float32)
    beam_kernel.envelope(real, imag, plan.pulse, plan.rows_work, out)
    return out
