"""Oriented detail: Gabor filters."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.features.quantise import region_of

WAVELENGTHS_PX = (4.0, 8.0, 16.0)
"""[P] From speckle to fascicle size in a frame of some 500 rows."""

ORIENTATIONS_DEG = (0.0, 45.0, 90.0, 135.0)

NO_DETAIL_GREY = 1e-2
"""Below this total magnitude (in grey levels) a texture has no direction, only rounding."""

SIGMA_PER_WAVELENGTH = 0.56
"""One octave of bandwidth (Jain and Farrokhnia 1991)."""


def gabor_kernels(wavelength_px: float, angle_deg: float) -> tuple[NDArray[np.float32], ...]:
    """Even and odd kernel without offset; `angle_deg` is that of the wave against the rows."""
    sigma = SIGMA_PER_WAVELENGTH * wavelength_px
    reach = math.ceil(3 * sigma)
    down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    angle = math.radians(angle_deg)
    along = right * math.cos(angle) + down * math.sin(angle)
    bell = np.exp(-(right**2 + down**2) / (2 * sigma**2))
    bell /= bell.sum()
    phase = 2 * math.pi * along / wavelength_px
    even = bell * np.cos(phase)
    even -= bell * even.sum()
    return even.astype(np.float32), (bell * np.sin(phase)).astype(np.float32)


def gabor_magnitude(
    grey: NDArray[np.generic], *, wavelength_px: float, angle_deg: float
) -> NDArray[np.float32]:
    """Local strength of one wave, in grey levels; shape (rows, columns), edges mirrored."""
    image = np.ascontiguousarray(grey, dtype=np.float32)
    even, odd = (
        cv2.filter2D(image, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT)
        for kernel in gabor_kernels(wavelength_px, angle_deg)
    )
    return np.asarray(np.hypot(even, odd))


def gabor(grey: NDArray[np.generic], mask: NDArray[np.generic] | None = None) -> dict[str, float]:
    """Mean magnitude by wavelength and orientation, and the anisotropy of each wavelength.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
        Filters may look over its edge.

    Returns
    -------
    dict of str to float
        ``magnitude_{wavelength}px_{angle}deg`` in grey levels; ``anisotropy_{wavelength}px`` =
        (largest - smallest) / sum over the orientations, 0 for an even texture.
    """
    part, inside = _with_surroundings(grey, mask)
    out = {}
    for wavelength in WAVELENGTHS_PX:
        strengths = []
        for angle in ORIENTATIONS_DEG:
            field = gabor_magnitude(part, wavelength_px=wavelength, angle_deg=angle)
            strengths.append(float(field[inside].mean()))
            out[f"magnitude_{wavelength:g}px_{angle:g}deg"] = strengths[-1]
        total = sum(strengths)
        spread = max(strengths) - min(strengths)
        out[f"anisotropy_{wavelength:g}px"] = spread / total if total > NO_DETAIL_GREY else 0.0
    return out


def _with_surroundings(
    grey: NDArray[np.generic], mask: NDArray[np.generic] | None
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """The part of the image that the filters see from inside the mask."""
    region_of(grey, mask)
    inside = np.ones(grey.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    reach = math.ceil(3 * SIGMA_PER_WAVELENGTH * max(WAVELENGTHS_PX))
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    box = tuple(slice(max(0, at[0] - reach), at[-1] + reach + 1) for at in (rows, columns))
    return grey[box], inside[box]
