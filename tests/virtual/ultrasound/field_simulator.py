"""Focused lines of a linear array in PyMUST: one aperture, the same for sending and receiving."""

from __future__ import annotations

import numpy as np
from scipy.signal import hilbert

FREQUENCY_HZ, SPEED, F_NUMBER, FOCUS = 12e6, 1540.0, 3.0, 10e-3
PITCH, BANDWIDTH_PERCENT = 0.15e-3, 60.0
SAMPLING_HZ = 8 * FREQUENCY_HZ
ELEMENTS = round(FOCUS / F_NUMBER / PITCH)
_AT = (np.arange(ELEMENTS) - (ELEMENTS - 1) / 2) * PITCH
_WAY = np.hypot(_AT, FOCUS)


def line(pymust, x: np.ndarray, z: np.ndarray, strength: np.ndarray, depths: np.ndarray):
    """Envelope at `depths` below the aperture's middle; SI units."""
    array = pymust.utils.Param()
    array.fc, array.fs, array.c, array.radius = FREQUENCY_HZ, SAMPLING_HZ, SPEED, np.inf
    array.pitch, array.kerf, array.width = PITCH, 0.1 * PITCH, 0.9 * PITCH
    array.Nelements, array.bandwidth, array.TXnow = ELEMENTS, BANDWIDTH_PERCENT, 1
    delays = ((_WAY.max() - _WAY) / SPEED)[None]
    signals, _ = pymust.simus(x, z, strength, delays, array)
    analytic = hilbert(signals, axis=0)
    summed = np.zeros(len(depths), complex)
    for element in range(ELEMENTS):
        way = _WAY.max() + depths - FOCUS + np.hypot(_AT[element], depths)
        at = way / SPEED * SAMPLING_HZ
        index = np.clip(at.astype(int), 0, len(analytic) - 2)
        share = at - index
        summed += (1 - share) * analytic[index, element] + share * analytic[index + 1, element]
    return np.abs(summed)


def half_width(at: np.ndarray, profile: np.ndarray) -> float:
    """Width at half of the peak: -6 dB of an amplitude."""
    level, peak = profile / profile.max(), int(profile.argmax())
    right = np.interp(-0.5, -level[peak:], at[peak:])
    left = np.interp(0.5, level[: peak + 1], at[: peak + 1])
    return float(right - left)
