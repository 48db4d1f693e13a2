"""The linear array that PyMUST is given, and the waves that it sends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.virtual.ultrasound.pointspread import SPEED_MM_PER_US
from sesamoid.virtual.ultrasound.presets import Preset, Probe
from sesamoid.virtual.ultrasound.settings import ScanSettings

SPEED_M_PER_S = SPEED_MM_PER_US * 1e3
SAMPLES_PER_PERIOD = 4
"""PyMUST's least."""
SEGMENTS = 1
"""Parts of an element, each narrower than the shortest wavelength: PyMUST's own choice here."""


@cache
def field_settings() -> dict[str, Any]:
    """What is not the machine's own, from ``field.yaml``; read, not changed."""
    folder = resources.files("sesamoid.virtual.ultrasound.field")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath("field.yaml").read_text("utf-8"))
    return content


@dataclass(frozen=True)
class FieldArray:
    """A linear array; elements lie symmetrically about x = 0.

    Parameters
    ----------
    elements : int
    pitch_mm, frequency_mhz : float
    bandwidth_percent : float
        Pulse-echo, -6 dB.
    attenuation : float
        Of the medium as a whole in dB/cm/MHz, one way.
    f_number : float
        Of the receiving aperture, with Hann weights.
    looks : tuple of tuple of float
        Angles in rad of the plane waves, by look; positive goes to the right with depth.
    """

    elements: int
    pitch_mm: float
    frequency_mhz: float
    bandwidth_percent: float
    attenuation: float
    f_number: float
    looks: tuple[tuple[float, ...], ...]

    @classmethod
    def of(cls, machine: Preset, settings: ScanSettings, probe: Probe) -> FieldArray:
        """That resolves, compounds and compensates about as the virtual machine does."""
        table = field_settings()
        wavelength = SPEED_MM_PER_US / settings.frequency_mhz
        pitch = table["array"]["pitch_wavelengths"] * wavelength
        waves = table["transmit"]["waves_per_look"]
        # The waves of a look stand for equal parts of what an aperture of the F-number spans.
        spread = 2 * np.arctan(0.5 / machine.f_number) / waves
        step = np.deg2rad(table["transmit"]["look_step_deg"])
        count = min(settings.looks, table["transmit"]["most_looks"])
        looks = tuple(
            tuple(
                float((look - (count - 1) / 2) * step + (wave - (waves - 1) / 2) * spread)
                for wave in range(waves)
            )
            for look in range(count)
        )
        return cls(
            elements=round(probe.width_mm / pitch),
            pitch_mm=pitch,
            frequency_mhz=settings.frequency_mhz,
            bandwidth_percent=100 * table["array"]["half_power_cycles"] / machine.cycles,
            attenuation=machine.compensation,
            f_number=table["receive"]["f_share"] * machine.f_number,
            looks=looks,
        )

    @property
    def wavelength_mm(self) -> float:
        """At the middle frequency."""
        return SPEED_MM_PER_US / self.frequency_mhz

    @property
    def sampling_mhz(self) -> float:
        """Of the elements' signals."""
        return SAMPLES_PER_PERIOD * self.frequency_mhz

    @property
    def angles(self) -> tuple[float, ...]:
        """Of all waves, in rad."""
        return tuple(angle for look in self.looks for angle in look)

    @property
    def places_mm(self) -> NDArray[np.float64]:
        """Middles of the elements along the face."""
        return np.asarray((np.arange(self.elements) - (self.elements - 1) / 2) * self.pitch_mm)

    def delays_us(self, angle: float) -> NDArray[np.float64]:
        """When each element sends a plane wave; the first at 0."""
        delay = self.places_mm * np.sin(angle) / SPEED_MM_PER_US
        return np.asarray(delay - delay.min())

    def part(self, first: int, last: int) -> Any:
        """PyMUST's parameters of the elements `first` to `last`, without `last`."""
        from pymust import utils

        pitch = self.pitch_mm * 1e-3
        kerf = field_settings()["array"]["kerf_share"] * pitch
        one = utils.Param()
        one.fc, one.fs, one.c = self.frequency_mhz * 1e6, self.sampling_mhz * 1e6, SPEED_M_PER_S
        one.pitch, one.kerf, one.width = pitch, kerf, pitch - kerf
        one.Nelements, one.radius = last - first, np.inf
        one.bandwidth, one.TXnow = self.bandwidth_percent, 1
        one.attenuation, one.fnumber = self.attenuation, self.f_number
        one.RXdelay = np.zeros((1, last - first))
        return one
