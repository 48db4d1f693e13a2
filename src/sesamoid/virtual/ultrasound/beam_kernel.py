"""The beam, the noise, the pulse and the envelope."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.virtual.compile import kernel
from sesamoid.virtual.ultrasound.echo_parts import A, C, mix

_M10 = np.uint64(1023)


@kernel
def blur_beams(field: Any, kernels: Any, reach: Any, padded: Any) -> None:
    """Convolve each row with its own kernel, in place; edges are mirrored.

    Parameters
    ----------
    field : ndarray of float32, shape (looks, rows, columns)
    kernels, reach : from `gaussian_rows`
    padded : ndarray of float32, shape (columns + 2 * half,)
        Work space.
    """
    looks, rows, columns = field.shape
    half = kernels.shape[1] // 2
    for k in range(looks):
        for i in range(rows):
            n = reach[i]
            row = field[k, i]
            for j in range(columns):
                padded[half + j] = row[j]
            for m in range(1, n + 1):
                padded[half - m] = row[min(m - 1, columns - 1)]
                padded[half + columns - 1 + m] = row[max(columns - m, 0)]
            centre = kernels[i, half]
            for j in range(columns):
                row[j] = centre * padded[half + j]
            for m in range(1, n + 1):
                weight = kernels[i, half + m]
                low = half - m
                high = half + m
                for j in range(columns):
                    row[j] += weight * (padded[low + j] + padded[high + j])


@kernel
def add_noise(real: Any, imag: Any, level: float, salt: Any, normal: Any) -> None:
    """Add white complex Gaussian noise of standard deviation `level` per part, in place."""
    looks, rows, columns = real.shape
    strength = np.float32(level)
    for k in range(looks):
        for i in range(rows):
            h = salt ^ (np.uint64(k * 65536 + i) * C)
            for j in range(columns):
                h += A
                x = mix(h)
                real[k, i, j] += strength * normal[int((x >> np.uint64(40)) & _M10)]
                imag[k, i, j] += strength * normal[int((x >> np.uint64(52)) & _M10)]


@kernel
def envelope(real: Any, imag: Any, pulse: Any, work: Any, out: Any) -> None:
    """Convolve with the pulse along the beam, detect, and average the looks into `out`.

    Parameters
    ----------
    real, imag : ndarray of float32, shape (looks, rows, columns)
    pulse : ndarray of float32, shape (2 * half + 1,)
        Symmetric.
    work : ndarray of float32, shape (2, columns)
    out : ndarray of float32, shape (rows, columns)
    """
    looks, rows, columns = real.shape
    half = pulse.shape[0] // 2
    share = np.float32(1.0 / looks)
    out[:] = 0
    for k in range(looks):
        for i in range(rows):
            re, im = work[0], work[1]
            re[:] = 0
            im[:] = 0
            for m in range(max(-half, -i), min(half, rows - 1 - i) + 1):
                weight = pulse[half + m]
                source_re = real[k, i + m]
                source_im = imag[k, i + m]
                for j in range(columns):
                    re[j] += weight * source_re[j]
                    im[j] += weight * source_im[j]
            row = out[i]
            for j in range(columns):
                row[j] += share * np.sqrt(re[j] * re[j] + im[j] * im[j])
