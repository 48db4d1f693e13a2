"""Energy of detail by scale and direction: the Haar wavelet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.features.quantise import region_of


def haar_bands(
    image: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """One orthonormal Haar step: approximation, horizontal, vertical and diagonal detail.

    ``horizontal`` answers horizontal edges (change from row to row). An odd last row or column is
    dropped.
    """
    even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
    a, b = even[0::2, 0::2], even[0::2, 1::2]
    c, d = even[1::2, 0::2], even[1::2, 1::2]
    return (a + b + c + d) / 2, (a + b - c - d) / 2, (a - b + c - d) / 2, (a - b - c + d) / 2


def wavelet_energy(
    grey: NDArray[np.generic], mask: NDArray[np.generic] | None = None, *, levels: int = 3
) -> dict[str, float]:
    """Mean square detail per pixel, by level and direction (Mallat 1989).

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
    mask : ndarray of shape (rows, columns), optional
        Its bounding box is analysed, with the outside set to the mean inside.
    levels : int
        Level 1 is detail of 2 pixels, level n of 2^n pixels.

    Returns
    -------
    dict of str to float
        ``{direction}_{level}`` in square grey levels.
    """
    part, inside = region_of(grey, mask)
    image = np.asarray(part, dtype=float)
    if levels < 1 or min(image.shape) < 2**levels:
        raise SesamoidError(f"a region of {image.shape} pixels has no {levels} wavelet levels")
    image = np.where(inside, image, image[inside].mean())
    pixels = np.count_nonzero(inside)
    out = {}
    for level in range(1, levels + 1):
        image, *details = haar_bands(image)
        for name, detail in zip(("horizontal", "vertical", "diagonal"), details, strict=True):
            out[f"{name}_{level}"] = float((detail**2).sum() / pixels)
    return out
