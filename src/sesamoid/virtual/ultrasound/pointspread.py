"""How a point is blurred: pulse, beam width, slice thickness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SPEED_MM_PER_US = 1.54
"""Speed of sound that scanners assume, 1540 m/s."""

FWHM_TO_SIGMA = float(1 / (2 * np.sqrt(2 * np.log(2))))

BEAM_WIDTH_FACTOR = 0.89
"""Two-way -6 dB width of a focused rectangular aperture over wavelength x F-number.

The one-way -3 dB point of sinc is at 0.443 (full width 0.886); both ways that is -6 dB.
"""


@dataclass(frozen=True)
class PointSpread:
    """Widths at half amplitude (-6 dB) of the echo of a point.

    Parameters
    ----------
    axial_mm : float
    lateral_mm : float
        At the focus.
    focus_mm : float
    depth_of_field_mm : float
        Distance from the focus at which the beam is wider by the square root of 2.
    elevation_mm : float
        Slice thickness at the focus of the lens.
    lens_focus_mm, lens_depth_of_field_mm : float
        The same for the lens, which the operator cannot move.
    """

    axial_mm: float
    lateral_mm: float
    focus_mm: float
    depth_of_field_mm: float
    elevation_mm: float
    lens_focus_mm: float
    lens_depth_of_field_mm: float

    @classmethod
    def of(
        cls,
        frequency_mhz: float,
        *,
        cycles: float,
        f_number: float,
        focus_mm: float,
        elevation_mm: float,
        lens_focus_mm: float,
    ) -> PointSpread:
        """From the wavelength: pulse of so many cycles, aperture of a constant F-number.

        Depth of field is 3.5 wavelength F^2 to each side of the focus (Gaussian beam of the same
        -6 dB width: Rayleigh range pi w0^2 / wavelength with w0 = 1.06 wavelength F).
        """
        wavelength = SPEED_MM_PER_US / frequency_mhz
        return cls(
            axial_mm=cycles * wavelength / 2,
            lateral_mm=BEAM_WIDTH_FACTOR * wavelength * f_number,
            focus_mm=focus_mm,
            depth_of_field_mm=3.5 * wavelength * f_number**2,
            elevation_mm=elevation_mm,
            lens_focus_mm=lens_focus_mm,
            lens_depth_of_field_mm=lens_focus_mm * 0.6,
        )

    def lateral_at(self, depth_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Width in mm at each depth."""
        away = (depth_mm - self.focus_mm) / self.depth_of_field_mm
        return np.asarray(self.lateral_mm * np.sqrt(1 + away**2))

    def elevation_at(self, depth_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Slice thickness in mm at each depth."""
        away = (depth_mm - self.lens_focus_mm) / self.lens_depth_of_field_mm
        return np.asarray(self.elevation_mm * np.sqrt(1 + away**2))


def gaussian_rows(
    sigma: NDArray[np.float64], *, widest: int = 24
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Kernels of sum 1, one a row, for a convolution whose width changes with depth.

    Parameters
    ----------
    sigma : ndarray of shape (rows,)
        In samples. Below 0.3 it stays 0.3, which leaves a sample where it is.
    widest : int
        Largest half-length.

    Returns
    -------
    kernels : ndarray of float32, shape (rows, 2 * half + 1)
    reach : ndarray of int64, shape (rows,)
        Half-length that each row needs: 3 sigma.
    """
    wide = np.maximum(sigma, 0.3)
    reach = np.clip(np.ceil(3 * wide), 1, widest).astype(np.int64)
    half = int(reach.max())
    offset = np.arange(-half, half + 1)[None, :]
    kernels = np.exp(-0.5 * (offset / wide[:, None]) ** 2)
    kernels[np.abs(offset) > reach[:, None]] = 0
    return (kernels / kernels.sum(axis=1, keepdims=True)).astype(np.float32), reach


def gaussian_peak(sigma: float) -> NDArray[np.float32]:
    """One kernel of peak 1, half-length 3 sigma, `sigma` in samples."""
    wide = max(sigma, 0.3)
    half = max(1, int(np.ceil(3 * wide)))
    offset = np.arange(-half, half + 1)
    return np.exp(-0.5 * (offset / wide) ** 2).astype(np.float32)
