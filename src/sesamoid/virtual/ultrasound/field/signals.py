"""What the elements of an array hear after a plane wave: PyMUST, piece by piece of the medium.

PyMUST's time grows with scatterers x elements x frequencies. Two things keep it short, and change
nothing but what lies below its own threshold:

- A piece of the medium is heard by the elements that look at it, not by those whose aperture never
  holds it; and it is reached by the part of the wave that passes it.
- Its echoes come within a few microseconds. Frequencies only have to be so close that the signal
  repeats after that time; it is put where it belongs. (`simus` takes them as close as the whole
  record from time 0 needs, hence calls itself what is called here, with a finer step.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.ultrasound.field.array import (
    SAMPLES_PER_PERIOD,
    SEGMENTS,
    FieldArray,
    field_settings,
)
from sesamoid.virtual.ultrasound.pointspread import SPEED_MM_PER_US

THRESHOLD_DB = -60.0
"""Of the pulse's spectrum: what is weaker is left out."""
SLACK_US = 0.6
"""For what is late: waves from the edges of the sending elements."""
LAST_US = 2.0
"""How long is listened after the deepest echo."""
PULSES = 3.0
"""Half-length of the pulse that is kept, in cycles over the relative bandwidth."""

Floats = NDArray[np.float32]


def element_signals(
    array: FieldArray, angle: float, x_mm: Floats, z_mm: Floats, strength: Floats, depth_mm: float
) -> Floats:
    """The elements' signals after one plane wave.

    Parameters
    ----------
    array : FieldArray
    angle : float
        Of the wave, in rad.
    x_mm, z_mm, strength : ndarray of shape (n,)
        Scatterers.
    depth_mm : float
        Deepest place that will be looked at.

    Returns
    -------
    ndarray of float32, shape (samples, elements)
        From when the first element sends.
    """
    fs = array.sampling_mhz
    places, delays = array.places_mm, array.delays_us(angle)
    start = float((places * np.sin(angle)).min()) / SPEED_MM_PER_US
    arrival = (x_mm * np.sin(angle) + z_mm * np.cos(angle)) / SPEED_MM_PER_US - start
    back = np.hypot(depth_mm, depth_mm / (2 * array.f_number))
    last = delays.max() + (depth_mm + back) / SPEED_MM_PER_US
    out = np.zeros((int(np.ceil((last + LAST_US) * fs)), array.elements), np.float32)
    pulse = PULSES / array.frequency_mhz / (array.bandwidth_percent / 100)
    for which in _pieces(x_mm, z_mm):
        x, z = x_mm[which], z_mm[which]
        found = _elements(array, angle, x, z)
        if found is None:
            continue
        first, end, apodization = found
        sending = apodization > 0
        shift = int(np.floor(delays[first:end][sending].min() * fs))
        late = delays[first:end] - shift / fs
        farthest = max(x.max() - places[first], places[end - 1] - x.min())
        low = (arrival[which] + z / SPEED_MM_PER_US).min() - pulse
        high = arrival[which].max() + np.hypot(farthest, z.max()) / SPEED_MM_PER_US + pulse
        periods = int(np.ceil((high + SLACK_US - low) * array.frequency_mhz))
        heard = _heard(
            array.part(first, end),
            x - (places[first] + places[end - 1]) / 2,
            z,
            strength[which],
            np.where(sending, late, 0),
            apodization,
            periods,
        )
        begin = int(np.floor(low * fs))
        at = np.arange(max(begin, 0), min(begin + len(heard), len(out)))
        out[at, first:end] += heard[(at - shift) % len(heard)]
    return out


def _pieces(x_mm: Floats, z_mm: Floats) -> Iterator[NDArray[np.int64]]:
    """Indices of the points of each piece."""
    table = field_settings()["patches"]
    if not len(x_mm):
        return
    band = np.floor(z_mm / table["depth_mm"]).astype(np.int64)
    for number in np.unique(band):
        inside = np.flatnonzero(band == number)
        inside = inside[np.argsort(x_mm[inside], kind="stable")]
        count = -(-len(inside) // table["scatterers"])
        yield from np.array_split(inside, count)


def _elements(
    array: FieldArray, angle: float, x: Floats, z: Floats
) -> tuple[int, int, NDArray[np.float64]] | None:
    """(first, end, weights in sending) of the elements that matter; None where no wave comes."""
    margin = field_settings()["patches"]["margin_mm"]
    places, half = array.places_mm, float(z.max()) / (2 * array.f_number)
    source = x - z * np.tan(angle)
    beyond = np.maximum(source.min() - places, places - source.max())
    weight = np.cos(np.pi / 2 * np.clip(beyond / margin, 0, 1)) ** 2
    if not (weight > 1e-3).any():
        return None
    heard = (places >= x.min() - half - array.pitch_mm) & (places <= x.max() + half)
    used = np.flatnonzero(heard | (weight > 1e-3))
    first, end = int(used[0]), int(used[-1]) + 1
    return first, end, np.where(weight > 1e-3, weight, 0)[first:end]


def _heard(
    part: Any,
    x_mm: Floats,
    z_mm: Floats,
    strength: Floats,
    delays_us: NDArray[np.float64],
    apodization: NDArray[np.float64],
    periods: int,
) -> Floats:
    """Signals that repeat after so many periods of the middle frequency, (samples, elements)."""
    import pymust

    part.TXapodization = apodization[None]
    options = pymust.utils.Options()
    options.dBThresh, options.ElementSplitting = THRESHOLD_DB, SEGMENTS
    options.CallFun, options.RC = "simus", strength
    options.FrequencyStep = part.fc / periods * (1 + 1e-12)
    delays = delays_us[None] * 1e-6
    _, spectrum, used = pymust.pfield(x_mm * 1e-3, None, z_mm * 1e-3, delays, part, options)
    whole = np.zeros((2 * periods + 1, spectrum.shape[1]), np.complex64)
    whole[used] = np.conj(spectrum)
    samples = SAMPLES_PER_PERIOD * periods
    # The spectrum comes times the step of frequency: a sum over it is the signal.
    return np.asarray(np.fft.irfft(whole, samples, axis=0) * samples, dtype=np.float32)
