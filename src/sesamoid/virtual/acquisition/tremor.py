"""Unsteadiness of a hand: noise within a band of frequencies, known at any time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.acquisition.variation import Rng

WAVES = 12


@dataclass(frozen=True)
class BandNoise:
    """A sum of sine waves of random frequency and phase.

    Parameters
    ----------
    size : ndarray of shape (channels,)
        Root mean square of each channel.
    frequency_hz, phase : ndarray of shape (channels, waves)
    """

    size: NDArray[np.float64]
    frequency_hz: NDArray[np.float64]
    phase: NDArray[np.float64]

    @classmethod
    def draw(cls, rng: Rng, size: NDArray[np.float64], band_hz: tuple[float, float]) -> BandNoise:
        """Channels of the given root mean squares, all within one band."""
        shape = (len(size), WAVES)
        return cls(size, rng.uniform(*band_hz, shape), rng.uniform(0, 2 * np.pi, shape))

    def at(self, time_s: float) -> NDArray[np.float64]:
        """Value of each channel, shape (channels,)."""
        waves = np.sin(2 * np.pi * self.frequency_hz * time_s + self.phase)
        return np.asarray(self.size * waves.sum(axis=1) * np.sqrt(2 / WAVES))
