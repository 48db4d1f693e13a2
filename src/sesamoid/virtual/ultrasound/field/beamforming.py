"""Delay and sum of the elements' signals, PyMUST's, with weights across the aperture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.ultrasound.field.array import FieldArray, field_settings

BEAMS_AT_ONCE = 8
"""Keeps the matrices small."""

Complex = NDArray[np.complex64]
Doubles = NDArray[np.float64]


def beamformed(
    array: FieldArray, angle: float, signals: NDArray[np.float32], x_mm: Doubles, z_mm: Doubles
) -> Complex:
    """A wave's picture with its phase, before the weights are divided out.

    Parameters
    ----------
    array : FieldArray
    angle : float
        Of the wave, in rad.
    signals : ndarray of float32, shape (samples, elements)
    x_mm : ndarray of shape (beams,)
    z_mm : ndarray of shape (depths,)

    Returns
    -------
    ndarray of complex64, shape (depths, beams)
    """
    import pymust

    quadrature = pymust.rf2iq(
        signals.astype(np.float64), array.sampling_mhz * 1e6, array.frequency_mhz * 1e6
    )
    samples = len(quadrature)
    places, delays = array.places_mm, array.delays_us(angle) * 1e-6
    half = z_mm.max() / (2 * array.f_number)
    lean = z_mm.max() * np.tan(angle)
    out = np.zeros((len(z_mm), len(x_mm)), np.complex64)
    for begin in range(0, len(x_mm), BEAMS_AT_ONCE):
        beams = np.s_[begin : begin + BEAMS_AT_ONCE]
        low = min(x_mm[beams].min() - half, x_mm[beams].min() - lean) - 2 * array.pitch_mm
        high = max(x_mm[beams].max() + half, x_mm[beams].max() - lean) + 2 * array.pitch_mm
        used = np.flatnonzero((places >= low) & (places <= high))
        first, end = int(used[0]), int(used[-1]) + 1
        x, z = np.meshgrid(x_mm[beams] - (places[first] + places[end - 1]) / 2, z_mm)
        matrix = pymust.dasmtx(
            1j * np.array([samples, end - first]),
            x * 1e-3,
            z * 1e-3,
            delays[None, first:end],
            array.part(first, end),
        )
        pixel, element = matrix.row, matrix.col // samples
        aside = places[first:end][element] - (
            x.ravel("F")[pixel] + (places[first] + places[end - 1]) / 2
        )
        matrix.data *= hann(aside, z.ravel("F")[pixel], array.f_number)
        sums = matrix @ quadrature[:, first:end].ravel(order="F")
        out[:, beams] = sums.reshape(x.shape, order="F")
    return out


def aperture_weight(array: FieldArray, x_mm: Doubles, z_mm: Doubles) -> Doubles:
    """Sum of the receiving weights of each pixel, shape (depths, beams)."""
    aside = array.places_mm[:, None] - x_mm[None, :]
    return np.array([hann(aside, np.float64(z), array.f_number).sum(axis=0) for z in z_mm])


def coverage(array: FieldArray, angle: float, x_mm: Doubles, z_mm: Doubles) -> Doubles:
    """How far each pixel lies within what a wave reaches, 0 to 1, shape (depths, beams)."""
    soft = field_settings()["patches"]["margin_mm"] / 2
    source = x_mm[None, :] - z_mm[:, None] * np.tan(angle)
    inside = array.places_mm[-1] - np.abs(source)
    return np.asarray(np.clip(0.5 + inside / soft, 0, 1))


def hann(aside: Doubles, depth: Doubles | np.float64, f_number: float) -> Doubles:
    """Weight of an element so far aside of a pixel at a depth."""
    part = 2 * f_number * aside / np.maximum(depth, 1e-6)
    return np.asarray(np.where(np.abs(part) < 1, np.cos(np.pi / 2 * np.clip(part, -1, 1)) ** 2, 0))
