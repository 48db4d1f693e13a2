"""What is left of sound on its straight way from the face, at any angle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.section import Section
from sesamoid.virtual.tissues import tissue_table
from sesamoid.virtual.ultrasound.acoustics import Acoustics, amplitude
from sesamoid.virtual.ultrasound.beams import contact_of

LEAST_CONTACT = 1e-3


class Ways:
    """What is left of each wave where it arrives, and of its echo back at the face.

    An echo is heard by the whole aperture: its way back is the mean over the waves' angles.

    Parameters
    ----------
    loss : ndarray of float32, shape (rows, columns)
        Of `losses_db`.
    angles : sequence of float
        Of the waves, in rad.
    grid : SliceGrid
    """

    def __init__(self, loss: NDArray[np.float32], angles: Sequence[float], grid: SliceGrid):
        self._there = {
            angle: amplitude(-way_db(loss, angle, grid)).astype(np.float32)
            for angle in sorted(set(angles))
        }
        self._back = np.mean(list(self._there.values()), axis=0)

    def left(
        self, angle: float, row: NDArray[np.int64], column: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Share of the amplitude, there and back, at samples of the section."""
        return np.asarray(self._there[angle][row, column] * self._back[row, column])


def losses_db(
    section: Section, tables: Acoustics, *, frequency_mhz: float, compensated: float, gel_mm: float
) -> NDArray[np.float32]:
    """Loss within each sample of a vertical way, in dB, of one direction.

    Parameters
    ----------
    section : Section
    tables : Acoustics
    frequency_mhz : float
    compensated : float
        Attenuation in dB/cm/MHz that is left out: the simulator's own.
    gel_mm : float
        A wider gap between face and skin is air.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
    """
    tissue, row_mm = section.tissue, section.grid.spacing_mm[0]
    excess = (tissue_table().attenuation - compensated) * (frequency_mhz * row_mm / 10)
    loss = excess.astype(np.float32)[tissue]
    reflected = tables.reflection[tissue[:-1], tissue[1:]] ** 2
    # Through an interface and back is 1 - r^2 of the amplitude: half of that, in dB, each way.
    loss[1:] -= (10 * np.log10(1 - np.minimum(reflected, 0.999))).astype(np.float32)
    contact = contact_of(section.gap_mm, gel_mm, section.grid)
    loss[0] -= 20 * np.log10(np.maximum(contact, LEAST_CONTACT))
    return loss


def way_db(loss: NDArray[np.float32], angle: float, grid: SliceGrid) -> NDArray[np.float32]:
    """Loss from the face to each sample, in dB, along straight lines at an angle.

    Parameters
    ----------
    loss : ndarray of float32, shape (rows, columns)
        Of `losses_db`.
    angle : float
        In rad; positive ways go to the right with depth.
    grid : SliceGrid
    """
    row_mm, column_mm = grid.spacing_mm
    shift = np.rint(np.arange(grid.rows) * row_mm * np.tan(angle) / column_mm).astype(np.int64)
    rows, columns = np.arange(grid.rows)[:, None], np.arange(grid.columns)[None, :]
    last = grid.columns - 1
    # Lines that leave the section go on along its edge.
    reach = int(np.abs(shift).max())
    entry = np.arange(-reach, grid.columns + reach)[None, :]
    along = loss[rows, np.clip(entry + shift[:, None], 0, last)]
    summed = np.cumsum(along, axis=0, dtype=np.float32) / np.float32(np.cos(angle))
    return np.asarray(summed[rows, columns - shift[:, None] + reach], dtype=np.float32)
