"""From decibels on the beam grid to grey values on the picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from sesamoid.virtual.compile import kernel


@kernel
def reduce_speckle(
    level: Any, noise_variance: float, strength: float, sharpen: float, window: Any, work: Any
) -> None:
    """Lee's filter on decibels, in place: flat speckle is averaged, what stands out stays.

    Where the local variance v is that of speckle, the mean is taken; where it is larger, the share
    1 - speckle / v of the deviation is kept (Lee 1980, on decibels, where speckle is additive).

    Parameters
    ----------
    level : ndarray of float32, shape (rows, columns)
        In dB.
    noise_variance : float
        Of speckle, in dB^2.
    strength : float
        0 keeps the picture, 1 filters fully.
    sharpen : float
        Share of the deviation that is added where it is not speckle (edge enhancement).
    window : (rows kernel, columns kernel)
        Symmetric, of sum 1.
    work : ndarray of float32, shape (4, rows, columns)
    """
    rows, columns = level.shape
    along, across = window
    half_r = along.shape[0] // 2
    half_c = across.shape[0] // 2
    mean, square, mean_r, square_r = work[0], work[1], work[2], work[3]
    for i in range(rows):
        mean_r[i, :] = 0
        square_r[i, :] = 0
        for m in range(-half_r, half_r + 1):
            weight = along[half_r + m]
            source = level[min(max(i + m, 0), rows - 1)]
            for j in range(columns):
                x = source[j]
                mean_r[i, j] += weight * x
                square_r[i, j] += weight * x * x
    for i in range(rows):
        mean[i, :] = 0
        square[i, :] = 0
        for m in range(-half_c, half_c + 1):
            weight = across[half_c + m]
            first, last = max(0, -m), min(columns, columns - m)
            for j in range(first, last):
                mean[i, j] += weight * mean_r[i, j + m]
                square[i, j] += weight * square_r[i, j + m]
            for j in range(first):
                mean[i, j] += weight * mean_r[i, 0]
                square[i, j] += weight * square_r[i, 0]
            for j in range(last, columns):
                mean[i, j] += weight * mean_r[i, columns - 1]
                square[i, j] += weight * square_r[i, columns - 1]
    noise = np.float32(noise_variance)
    blend = np.float32(strength)
    extra = np.float32(sharpen)
    one = np.float32(1)
    dark = one - np.float32(0.5) * blend
    darkest = np.float32(-1.5 * np.sqrt(noise_variance) - 60 * (1 - strength) ** 2)
    for i in range(rows):
        for j in range(columns):
            variance = max(square[i, j] - mean[i, j] * mean[i, j], np.float32(1e-3))
            signal = max(one - noise / variance, np.float32(0))
            keep = one - blend + blend * signal + extra * signal
            # Speckle in dB has a long dark tail; cut it, or black dots pass for detail.
            deviation = max(level[i, j] - mean[i, j], darkest)
            level[i, j] = mean[i, j] + keep * deviation * (one if deviation > 0 else dark)


@kernel
def to_picture(
    level: Any,
    scale: tuple[float, float],
    rows_at: tuple[Any, Any],
    columns_at: tuple[Any, Any],
    grey: Any,
    work: Any,
    out: Any,
) -> None:
    """Interpolate (axially linear, laterally cubic) and map to grey.

    Parameters
    ----------
    level : ndarray of float32, shape (rows, columns)
        In dB.
    scale : (black_db, levels_per_db)
        Index into `grey` is (level - black) * levels_per_db.
    rows_at : (index, fraction)
        Where each picture row lies between beam samples.
    columns_at : (index of shape (columns, 4), weight of the same shape)
    grey : ndarray of uint8
        The grey map.
    work : ndarray of float32, shape (columns of `level`,)
    out : ndarray of uint8
    """
    index, fraction = rows_at
    taps, weights = columns_at
    black, per_db = np.float32(scale[0]), np.float32(scale[1])
    top = np.float32(grey.shape[0] - 1)
    beams = level.shape[1]
    for r in range(out.shape[0]):
        i, f = index[r], fraction[r]
        first, second = level[i], level[i + 1]
        for j in range(beams):
            work[j] = (first[j] + f * (second[j] - first[j]) - black) * per_db
        for c in range(out.shape[1]):
            x = (
                weights[c, 0] * work[taps[c, 0]]
                + weights[c, 1] * work[taps[c, 1]]
                + weights[c, 2] * work[taps[c, 2]]
                + weights[c, 3] * work[taps[c, 3]]
            )
            out[r, c] = grey[int(min(max(x, np.float32(0)), top))]
