"""Random patterns made once: normal deviates, bundles of fibres, slow inhomogeneity.

They come from an integer hash, not from a library's generator, so that they stay the same from one
version of NumPy to the next.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, spatial, special

NORMAL_LEVELS = 1024
BUNDLE_PIXELS = 1024
BUNDLES_ACROSS = 32
BUNDLE_STEPS = 128
LUMP_VOXELS = 64


class Textures(NamedTuple):
    """Look-up tables of the echo kernel.

    Parameters
    ----------
    normal : ndarray of float32, shape (1024,)
        Quantiles of the standard normal distribution, scaled to variance 1.
    bundle : ndarray of uint16, shape (1024, 1024)
        Cells of a periodic Voronoi mosaic, 32 x 32 on average: a cross-section of bundles.
    seeds : ndarray of float32, shape (1024, 2)
        Where each cell's seed lies, in pixels; borders run half-way between seeds.
    along : ndarray of uint8, shape (256, 128)
        A smooth periodic course along each bundle; uniform in distribution.
    wobble : ndarray of float32, shape (2, 128)
        Sideways shift of the bundles along their course, in widths of a bundle.
    lump : ndarray of uint8, shape (64, 64, 64)
        Smooth periodic inhomogeneity; uniform in distribution.
    """

    normal: NDArray[np.float32]
    bundle: NDArray[np.uint16]
    seeds: NDArray[np.float32]
    along: NDArray[np.uint8]
    wobble: NDArray[np.float32]
    lump: NDArray[np.uint8]


def hashed_uniform(count: int, salt: int) -> NDArray[np.float64]:
    """`count` numbers in [0, 1) from the SplitMix64 finaliser (Steele 2014)."""
    with np.errstate(over="ignore"):
        state = np.arange(count, dtype=np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % 2**64)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    return np.asarray((state >> np.uint64(11)).astype(np.float64) / 2.0**53)


@cache
def textures() -> Textures:
    """The tables, made on first use."""
    quantiles = special.ndtri((np.arange(NORMAL_LEVELS) + 0.5) / NORMAL_LEVELS)
    return Textures(
        (quantiles / quantiles.std()).astype(np.float32),
        *_mosaic(),
        _uniform(_smooth((256, BUNDLE_STEPS), (0, 6), 3)),
        (0.35 * _standard(_smooth((2, BUNDLE_STEPS), (0, 9), 5))).astype(np.float32),
        _uniform(
            _standard(_smooth((LUMP_VOXELS,) * 3, (1.6,) * 3, 7))
            + _standard(_smooth((LUMP_VOXELS,) * 3, (4.0,) * 3, 11))
        ),
    )


def _mosaic() -> tuple[NDArray[np.uint16], NDArray[np.float32]]:
    seeds = hashed_uniform(2 * BUNDLES_ACROSS**2, 1).reshape(-1, 2) * BUNDLE_PIXELS
    tree = spatial.cKDTree(seeds, boxsize=BUNDLE_PIXELS)
    pixels = np.indices((BUNDLE_PIXELS, BUNDLE_PIXELS)).reshape(2, -1).T + 0.5
    nearest = tree.query(pixels)[1].reshape(BUNDLE_PIXELS, BUNDLE_PIXELS)
    return nearest.astype(np.uint16), seeds.astype(np.float32)


def _smooth(shape: tuple[int, ...], sigma: tuple[float, ...], salt: int) -> NDArray[np.float64]:
    noise = special.ndtri(hashed_uniform(int(np.prod(shape)), salt) * 0.999 + 0.0005).reshape(shape)
    return np.asarray(ndimage.gaussian_filter(noise, sigma, mode="wrap"))


def _standard(field: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((field - field.mean()) / field.std())


def _uniform(field: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Ranks as bytes: any distribution can be looked up from them."""
    ranks = np.empty(field.size)
    ranks[np.argsort(field, axis=None, kind="stable")] = np.arange(field.size)
    return (ranks * 256 / field.size).astype(np.uint8).reshape(field.shape)
