"""Speckle reduction: one interface to every method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle

from sesamoid.enhance import filters
from sesamoid.errors import SesamoidError

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Method:
    """A despeckling method.

    Parameters
    ----------
    apply : callable
        Image and settings to image.
    settings : mapping of str to float
        All settings with their defaults, for 8-bit grey levels; lengths in pixels.
    what : str
        In a few words, for people.
    """

    apply: Callable[..., Float]
    settings: Mapping[str, float]
    what: str


def _median(image: Float, *, window: int) -> Float:
    return np.asarray(ndimage.median_filter(image, size=window, mode="reflect"))


def _bilateral(image: Float, *, window: int, sigma_grey: float, sigma_px: float) -> Float:
    return np.asarray(
        cv2.bilateralFilter(image, window, sigma_grey, sigma_px, borderType=cv2.BORDER_REFLECT)
    )


def _non_local_means(image: Float, *, patch: int, search: int, strength: float) -> Float:
    return np.asarray(
        denoise_nl_means(
            image, patch_size=patch, patch_distance=search, h=strength, fast_mode=True
        ),
        dtype=np.float32,
    )


def _total_variation(image: Float, *, weight: float, iterations: int) -> Float:
    return np.asarray(
        denoise_tv_chambolle(image, weight=weight, max_num_iter=iterations), dtype=np.float32
    )


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "median": Method(_median, {"window": 5}, "median of a square window"),
        "lee": Method(
            filters.lee, {"window": 7, "speckle": 0.25}, "local linear minimum mean square error"
        ),
        "kuan": Method(
            filters.kuan, {"window": 7, "speckle": 0.25}, "Lee without linearising the noise"
        ),
        "frost": Method(
            filters.frost, {"window": 7, "damping": 2.0}, "exponential weights by local contrast"
        ),
        "srad": Method(
            filters.srad,
            {"iterations": 40, "step": 0.1, "decay": 0.16, "speckle": 0.3},
            "speckle-reducing anisotropic diffusion",
        ),
        "anisotropic_diffusion": Method(
            filters.anisotropic_diffusion,
            {"iterations": 15, "step": 0.2, "contrast": 20.0},
            "Perona-Malik diffusion",
        ),
        "bilateral": Method(
            _bilateral,
            {"window": 7, "sigma_grey": 30.0, "sigma_px": 2.0},
            "weights by distance and by grey difference",
        ),
        "non_local_means": Method(
            _non_local_means,
            {"patch": 5, "search": 6, "strength": 12.0},
            "mean of similar patches (Buades 2005)",
        ),
        "speckle_non_local_means": Method(
            filters.speckle_non_local_means,
            {"patch": 5, "search": 6, "strength": 4.0},
            "mean of patches similar for speckle",
        ),
        "wavelet": Method(
            filters.wavelet, {"levels": 4, "strength": 1.5}, "thresholded starlet bands"
        ),
        "total_variation": Method(
            _total_variation,
            {"weight": 12.0, "iterations": 100},
            "least total variation (Chambolle 2004)",
        ),
        "guided": Method(filters.guided, {"window": 7, "edge": 20.0}, "guided filter by itself"),
    }
)
"""Every method by name. Defaults [P] suit 8-bit B-mode at about 500 rows; see `compare_methods`."""

_WHOLE = {"window", "iterations", "levels", "patch", "search"}
_ODD = {"window", "patch"}


def despeckle(image: NDArray[np.generic], *, method: str = "srad", **settings: float) -> Float:
    """Reduce speckle; grey levels keep their scale and are never stretched.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
        Grey levels of any type, 0 or more.
    method : str
        A key of `METHODS`.
    **settings : float
        Any of ``METHODS[method].settings``; the rest keep their defaults.

    Returns
    -------
    ndarray of float32, shape (rows, columns)
        In the grey levels of `image`.

    Raises
    ------
    SesamoidError
        Unknown method or setting, a setting out of range, or not a 2-D image.

    Examples
    --------
    >>> import numpy as np
    >>> despeckle(np.full((16, 16), 9.0), method="median", window=3)[4, 4]
    np.float32(9.0)
    """
    if image.ndim != 2:
        raise SesamoidError(f"despeckling takes a grey image, not shape {image.shape}")
    if method not in METHODS:
        raise SesamoidError(
            f"no despeckling method {method!r}", fix=f"use one of {', '.join(METHODS)}."
        )
    chosen = METHODS[method]
    unknown = sorted(set(settings) - set(chosen.settings))
    if unknown:
        raise SesamoidError(
            f"method {method!r} has no setting {unknown[0]!r}",
            fix=f"it has {', '.join(chosen.settings)}.",
        )
    values: dict[str, float] = {**chosen.settings, **settings}
    for name, value in values.items():
        if value <= 0 or (name in _WHOLE and value != int(value)):
            raise SesamoidError(f"{name}={value} of method {method!r} is out of range")
        if name in _ODD and value % 2 == 0:
            raise SesamoidError(f"{name}={value} of method {method!r} must be odd")
        if name in _WHOLE:
            values[name] = int(value)
    return chosen.apply(np.ascontiguousarray(image, dtype=np.float32), **values)
