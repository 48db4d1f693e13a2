"""Speckle filters that no library of this project has: Lee, Kuan, Frost, SRAD, and their kin.

All take and return float32 images of shape (rows, columns) in the grey levels they were given.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError

Float = NDArray[np.float32]

TINY = 1e-6


def local_mean_and_variance(image: Float, window: int) -> tuple[Float, Float]:
    """Mean and variance in a square window of odd side; edges are mirrored."""
    box = (window, window)
    mean = cv2.blur(image, box, borderType=cv2.BORDER_REFLECT)
    square = cv2.blur(image * image, box, borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean), np.maximum(square - mean * mean, 0)


def lee(image: Float, *, window: int, speckle: float) -> Float:
    """Lee 1980 (doi 10.1109/TPAMI.1980.4766994): mean + k (pixel - mean), multiplicative noise.

    k = 1 - Cu^2 / Ci^2, with Ci the local and Cu the speckle's coefficient of variation.
    """
    mean, variance = local_mean_and_variance(image, window)
    local = variance / np.maximum(mean * mean, TINY)
    gain = np.clip(1 - speckle**2 / np.maximum(local, TINY), 0, 1)
    return np.asarray(mean + gain * (image - mean), dtype=np.float32)


def kuan(image: Float, *, window: int, speckle: float) -> Float:
    """Kuan 1985 (doi 10.1109/TPAMI.1985.4767641): as Lee with k / (1 + Cu^2)."""
    mean, variance = local_mean_and_variance(image, window)
    local = variance / np.maximum(mean * mean, TINY)
    gain = (1 - speckle**2 / np.maximum(local, TINY)) / (1 + speckle**2)
    return np.asarray(mean + np.clip(gain, 0, 1) * (image - mean), dtype=np.float32)


def frost(image: Float, *, window: int, damping: float) -> Float:
    """Frost 1982 (doi 10.1109/TPAMI.1982.4767223): weights exp(-K Ci^2 r), renormalised.

    K is `damping`, Ci the local coefficient of variation, r the distance in pixels.
    """
    mean, variance = local_mean_and_variance(image, window)
    decay = damping * variance / np.maximum(mean * mean, TINY)
    reach = window // 2
    padded = np.pad(image, reach, mode="symmetric")
    rows, columns = image.shape
    total = np.zeros_like(image)
    weights = np.zeros_like(image)
    for down in range(window):
        for right in range(window):
            distance = np.float32(np.hypot(down - reach, right - reach))
            weight = np.exp(-decay * distance)
            total += weight * padded[down : down + rows, right : right + columns]
            weights += weight
    return np.asarray(total / weights, dtype=np.float32)


def _differences(image: Float) -> tuple[Float, Float, Float, Float]:
    """To the north, south, west and east neighbour; none across the edge."""
    padded = np.pad(image, 1, mode="edge")
    return (
        padded[:-2, 1:-1] - image,
        padded[2:, 1:-1] - image,
        padded[1:-1, :-2] - image,
        padded[1:-1, 2:] - image,
    )


def srad(image: Float, *, iterations: int, step: float, decay: float, speckle: float) -> Float:
    """Speckle-reducing anisotropic diffusion (Yu and Acton 2002, doi 10.1109/TIP.2002.804276).

    `speckle` is the speckle's coefficient of variation q0 at the start; it falls as
    q0 exp(-decay x step x iteration). `step` is the time step, stable up to 0.25. Grey levels are
    shifted by 1 so that black pixels do not divide by zero, and shifted back.
    """
    current = image + 1
    for iteration in range(iterations):
        north, south, west, east = _differences(current)
        gradient = (north**2 + south**2 + west**2 + east**2) / current**2
        laplacian = (north + south + west + east) / current
        q2 = (0.5 * gradient - laplacian**2 / 16) / np.maximum((1 + laplacian / 4) ** 2, TINY)
        q0 = (speckle * np.exp(-decay * step * iteration)) ** 2
        conduction = np.clip(1 / (1 + (q2 - q0) / (q0 * (1 + q0))), 0, 1)
        below = np.pad(conduction, ((0, 1), (0, 0)), mode="edge")[1:]
        right = np.pad(conduction, ((0, 0), (0, 1)), mode="edge")[:, 1:]
        flow = conduction * (north + west) + below * south + right * east
        current = current + np.float32(step) * flow.astype(np.float32)
    return np.asarray(current - 1, dtype=np.float32)


def anisotropic_diffusion(image: Float, *, iterations: int, step: float, contrast: float) -> Float:
    """Perona and Malik 1990 (doi 10.1109/34.56205), conduction exp(-(difference / contrast)^2)."""
    current = image.copy()
    for _ in range(iterations):
        flow = np.zeros_like(current)
        for difference in _differences(current):
            flow += difference * np.exp(-((difference / contrast) ** 2))
        current += np.float32(step) * flow
    return current


def guided(image: Float, *, window: int, edge: float) -> Float:
    """Guided filter with the image as its own guide (He 2013, doi 10.1109/TPAMI.2012.213).

    `edge` is the SD in grey levels above which a window counts as an edge (root of epsilon).
    """
    mean, variance = local_mean_and_variance(image, window)
    slope = variance / (variance + edge**2)
    box = (window, window)
    slopes = cv2.blur(slope, box, borderType=cv2.BORDER_REFLECT)
    offsets = cv2.blur(mean - slope * mean, box, borderType=cv2.BORDER_REFLECT)
    return np.asarray(slopes * image + offsets, dtype=np.float32)


STARLET_NOISE = (0.890, 0.201, 0.086, 0.042, 0.021)
"""SD of each starlet band of white noise of SD 1 (Starck and Murtagh 2006, table 2.1 [M]; checked
by simulation in the tests)."""

_SPLINE = np.array([1, 4, 6, 4, 1], dtype=np.float32) / 16


def starlet(image: Float, levels: int) -> tuple[list[Float], Float]:
    """Isotropic undecimated wavelet bands, finest first, and the smooth rest; they sum to `image`.

    A trous with the B3 spline (Starck and Murtagh 2006). The same whatever way the image is turned
    or mirrored.
    """
    bands = []
    base = image
    for level in range(levels):
        gap = 2**level
        kernel = np.zeros(4 * gap + 1, dtype=np.float32)
        kernel[::gap] = _SPLINE
        smooth = cv2.sepFilter2D(base, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)
        bands.append(np.asarray(base - smooth))
        base = np.asarray(smooth)
    return bands, base


def wavelet(image: Float, *, levels: int, strength: float) -> Float:
    """Soft thresholding of the starlet bands with the BayesShrink threshold.

    Chang 2000 (doi 10.1109/83.862633); the noise is the median absolute value of the finest band
    over 0.6745 (Donoho and Johnstone 1994). `strength` multiplies the threshold.
    """
    if levels > len(STARLET_NOISE):
        raise SesamoidError(f"{levels} wavelet levels; at most {len(STARLET_NOISE)} are possible")
    bands, rest = starlet(image, levels)
    noise = float(np.median(np.abs(bands[0]))) / 0.6745 / STARLET_NOISE[0]
    for band, share in zip(bands, STARLET_NOISE, strict=False):
        level_noise = noise * share
        signal = np.sqrt(max(float(band.var()) - level_noise**2, TINY))
        threshold = strength * level_noise**2 / signal
        rest = rest + np.sign(band) * np.maximum(np.abs(band) - threshold, 0)
    return np.asarray(rest, dtype=np.float32)


def speckle_non_local_means(image: Float, *, patch: int, search: int, strength: float) -> Float:
    """Non-local means for speckle (Coupe 2009, doi 10.1109/TIP.2009.2024064 [M]).

    Patches are compared by Pearson's distance, for noise whose variance grows with the level:
    (u - v)^2 over the mean of u and v. (Over v alone, as published, brighter patches count as more
    alike, and the picture brightens.) `patch` is the side of a patch, `search` how far off similar
    ones are looked for, `strength` the distance at which a weight falls to 1/e.
    """
    rows, columns = image.shape
    reach = search + patch // 2
    padded = np.pad(image, reach, mode="symmetric")
    wide = padded[search : search + rows + 2 * (patch // 2)]
    wide = wide[:, search : search + columns + 2 * (patch // 2)]
    total, weights = np.zeros_like(image), np.zeros_like(image)
    inner = slice(patch // 2, patch // 2 + rows), slice(patch // 2, patch // 2 + columns)
    for down in range(2 * search + 1):
        for right in range(2 * search + 1):
            other = padded[down : down + wide.shape[0], right : right + wide.shape[1]]
            apart = (wide - other) ** 2 / ((wide + other) / 2 + 1)
            distance = cv2.blur(apart, (patch, patch))[inner]
            weight = cv2.exp(distance * np.float32(-1 / strength))
            total += weight * other[inner]
            weights += weight
    return np.asarray(total / weights, dtype=np.float32)
