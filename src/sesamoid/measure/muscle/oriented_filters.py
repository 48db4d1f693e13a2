"""Dense fibre directions from a bank of long oriented line filters.

Each filter is the second derivative of a Gaussian across a line, averaged by a longer Gaussian
along it: the real part of a one-octave oriented wavelet. Long filters see fascicles and average
speckle out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import fft

from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.preparing import Map, Prepared, prepared
from sesamoid.measure.muscle.settings import settings


def oriented_filter_orientation(
    image: NDArray[np.generic],
    *,
    box: Crop | None = None,
    exclude: NDArray[np.bool_] | None = None,
) -> OrientationField:
    """Fibre directions of a B-mode image; parameters as `structure_tensor_orientation`.

    Returns
    -------
    OrientationField
        The weight is how much one direction stands out, times the strength of its lines.

    Notes
    -----
    Speckle answers filters along the beam's width more than others. The answer of the quieter
    parts of the scan, a percentile, stands for that background and is divided out in part. Where
    one even pattern without speckle fills the whole picture it is its own background: then
    directions within 10 degrees of the horizontal come out up to 0.7 degrees too steep.
    """
    scan = prepared(image, box=box, exclude=exclude)
    limits: dict[str, Any] = settings()["orientation"]["filters"]
    angles, energy = line_energy(scan, limits)
    usable = _halved(scan.usable)
    speckle = _background(angles, energy, usable, limits) ** limits["whitening"]
    energy = energy / speckle[:, None, None].astype(np.float32)
    peak = energy.max(axis=0)
    share = (energy / np.maximum(peak, 1e-12)) ** np.float32(limits["sharpness"])
    cosine = np.tensordot(np.cos(2 * angles).astype(np.float32), share, 1)
    sine = np.tensordot(np.sin(2 * angles).astype(np.float32), share, 1)
    distinct = np.hypot(cosine, sine) / np.maximum(share.sum(axis=0), 1e-9)
    mean = energy.mean(axis=0)
    strength = 1 - mean / np.maximum(peak, 1e-12)
    inside = usable > 0.5
    usual = float(np.median(peak[inside])) if inside.any() else 1.0
    loud = peak / (peak + max(usual, 1e-12))
    weight = distinct * strength * loud * usable
    return scan.on_frame((cosine, sine), weight.astype(np.float32))


def line_energy(scan: Prepared, limits: dict[str, Any]) -> tuple[NDArray[np.float64], Map]:
    """Angles (n,) in radians; local energy of bright lines along each, (n, rows, columns).

    The energy is smooth over several pixels, so it is given on half as many rows and columns.
    """
    count = int(limits["directions"])
    angles = np.arange(count) * np.pi / count - np.pi / 2
    rows, columns = scan.contrast.shape
    pad = int(2 * limits["along_px"])
    wide = cv2.copyMakeBorder(scan.contrast, pad, pad, pad, pad, cv2.BORDER_REFLECT)
    shape = (fft.next_fast_len(wide.shape[0], True), fft.next_fast_len(wide.shape[1], True))
    spectrum = fft.rfft2(wide, shape)
    kernels = _kernels(shape, count, float(limits["across_px"]), float(limits["along_px"]))
    energy = np.empty((count, *_halved(scan.usable).shape), dtype=np.float32)
    for index in range(count):
        answer = fft.irfft2(spectrum * kernels[index], shape)
        bright = np.maximum(answer[pad : pad + rows, pad : pad + columns], 0) ** 2
        half = _halved(bright * scan.usable)
        energy[index] = cv2.GaussianBlur(half, (0, 0), limits["window_px"] / 2)
    return angles, energy


def _halved(part: Map) -> Map:
    size = ((part.shape[1] + 1) // 2, (part.shape[0] + 1) // 2)
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.float32)


@lru_cache(maxsize=4)
def _kernels(shape: tuple[int, int], count: int, across_px: float, along_px: float) -> Map:
    """Transfer functions (count, rows, columns // 2 + 1) of bright-line filters."""
    down = 2 * np.pi * np.fft.fftfreq(shape[0])[:, None]
    right = 2 * np.pi * np.fft.rfftfreq(shape[1])[None]
    kernels = []
    for angle in np.arange(count) * np.pi / count - np.pi / 2:
        along = right * np.cos(angle) - down * np.sin(angle)
        across = right * np.sin(angle) + down * np.cos(angle)
        square = (across * across_px) ** 2
        kernels.append(square * np.exp(-0.5 * square - 0.5 * (along * along_px) ** 2))
    return np.asarray(kernels, dtype=np.float32)


def _background(
    angles: NDArray[np.float64], energy: Map, usable: Map, limits: dict[str, Any]
) -> NDArray[np.float64]:
    """Answer of speckle to each direction, around 1.

    Speckle is wide across the beam, so its answer is a broad function of the direction and even
    about the horizontal; fascicles rise to one side. The lesser of the two sides of the quieter
    parts of the scan is taken, and a short cosine series through its logarithm.
    """
    inside = usable > 0.5
    if not inside.any():
        return np.ones(len(energy))
    rank = int(limits["background_percentile"] / 100 * np.count_nonzero(inside))
    quiet = np.partition(energy[:, inside], rank, axis=1)[:, rank]
    mirrored = np.roll(quiet[::-1], 1)  # angles run from -90 degrees in even steps
    even = np.log(
        np.maximum(np.minimum(quiet, mirrored), limits["background_floor"] * quiet.max() + 1e-12)
    )
    orders = 2 * np.arange(int(limits["background_orders"]) + 1)
    basis = np.cos(np.outer(angles, orders))
    fitted = basis @ np.linalg.lstsq(basis, even, rcond=None)[0]
    return np.asarray(np.exp(fitted - fitted.mean()))
