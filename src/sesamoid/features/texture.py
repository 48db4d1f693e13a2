"""All families at once, as one row of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.features.cooccurrence import cooccurrence
from sesamoid.features.first_order import first_order, intensity_histogram
from sesamoid.features.gabor import gabor
from sesamoid.features.local_binary import local_binary
from sesamoid.features.run_length import run_length
from sesamoid.features.wavelet import wavelet_energy

Family = Callable[[NDArray[np.generic], NDArray[np.generic] | None], dict[str, float]]

FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "first_order": first_order,
        "histogram": intensity_histogram,
        "glcm": cooccurrence,
        "glrlm": run_length,
        "lbp": local_binary,
        "gabor": gabor,
        "wavelet": wavelet_energy,
    }
)
"""Every family by the prefix of its features, at its defaults (8-bit grey levels)."""

SIZE_DEPENDENT = frozenset(
    {
        "first_order.energy",
        "histogram.maximum_gradient",
        "histogram.minimum_gradient",
        "glrlm.grey_level_non_uniformity",
        "glrlm.run_length_non_uniformity",
    }
)
"""Features that grow with the number of pixels: a classifier would read the region's size."""


def texture_features(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic] | None = None,
    *,
    families: Iterable[str] = tuple(FAMILIES),
) -> dict[str, float]:
    """Texture of a region by several families.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        8-bit grey levels, as stored: texture in pixels belongs to one spacing and one preset.
    mask : ndarray of shape (rows, columns), optional
        None: the whole image.
    families : iterable of str
        Keys of `FAMILIES`.

    Returns
    -------
    dict of str to float
        ``{family}.{feature}``.

    Raises
    ------
    SesamoidError
        Unknown family, empty mask, or a region that is too small for one of them.
    """
    out = {}
    for family in families:
        if family not in FAMILIES:
            raise SesamoidError(
                f"no texture family {family!r}", fix=f"use some of {', '.join(FAMILIES)}."
            )
        for name, value in FAMILIES[family](grey, mask).items():
            out[f"{family}.{name}"] = value
    return out
