"""How well edges survive a filter."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.feature import canny

from sesamoid.errors import SesamoidError

PRATT_SCALE = 1 / 9
"""Weight of a squared displacement in Pratt's figure of merit (Abdou and Pratt 1979,
doi 10.1109/PROC.1979.11325 [M])."""

DETECTION_SIGMA_PX = 1.5
"""Smoothing before edges are looked for [P]; the same for every filter."""

FAINTEST_SLOPE = 1e-3
"""In grey levels per pixel; less is rounding."""

BAND_PX = 3.0
"""Width of the bands on both sides of an edge whose difference is its contrast [P]."""


def edge_preservation_index(before: NDArray[np.generic], after: NDArray[np.generic]) -> float:
    """Correlation of the Laplacians of two images: 1 where all edges are kept (Sattar 1997).

    Noise counts as edges, so a filter that does nothing scores 1: read it with the suppression
    index. nan where an image has no edge at all.
    """
    first, second = (
        cv2.Laplacian(np.ascontiguousarray(image, dtype=np.float32), cv2.CV_32F)
        for image in (before, after)
    )
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / norm if norm > 0 else float("nan")


def figure_of_merit(image: NDArray[np.generic], true_edges: NDArray[np.bool_]) -> float:
    """Pratt's figure of merit of the edges of an image: 1 where they lie on the true ones.

    As many edge pixels as there are true ones are taken, the steepest first, so that no threshold
    favours a filter. A thinned gradient (Canny) after light smoothing gives the candidates.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
    true_edges : ndarray of bool, shape (rows, columns)
        One pixel wide.

    Raises
    ------
    SesamoidError
        No true edge.
    """
    wanted = int(np.count_nonzero(true_edges))
    if not wanted:
        raise SesamoidError("without a true edge there is no figure of merit")
    grey = np.asarray(image, dtype=float)
    thin = canny(grey, sigma=DETECTION_SIGMA_PX, low_threshold=0, high_threshold=0)
    slope = ndimage.gaussian_gradient_magnitude(grey, DETECTION_SIGMA_PX)
    thin &= slope > FAINTEST_SLOPE
    strengths = slope[thin]
    if len(strengths) > wanted:
        strengths = np.partition(strengths, len(strengths) - wanted)
        thin &= slope >= strengths[len(strengths) - wanted]
    distance = ndimage.distance_transform_edt(~np.asarray(true_edges, dtype=bool))[thin]
    found = len(distance)
    return float((1 / (1 + PRATT_SCALE * distance**2)).sum() / max(wanted, found))


def edge_contrast_kept(
    before: NDArray[np.generic], after: NDArray[np.generic], structure: NDArray[np.bool_]
) -> float:
    """Contrast of a structure's edge after over before: 1 is kept, less is blurred.

    Parameters
    ----------
    before, after : ndarray of shape (rows, columns)
    structure : ndarray of bool, shape (rows, columns)
        Outlined, e.g. an aponeurosis; its edge is compared in bands of `BAND_PX` on both sides.

    Raises
    ------
    SesamoidError
        The structure has no edge in the image, or no contrast before.
    """
    inside = np.asarray(structure, dtype=bool)
    if inside.all() or not inside.any():
        raise SesamoidError("the structure has no edge in the image")
    inner = inside & (ndimage.distance_transform_edt(inside) <= BAND_PX)
    outer = ~inside & (ndimage.distance_transform_edt(~inside) <= BAND_PX)
    contrasts = [
        float(np.asarray(image, dtype=float)[inner].mean() - np.asarray(image)[outer].mean())
        for image in (before, after)
    ]
    if abs(contrasts[0]) < 1:
        raise SesamoidError("the structure is no brighter or darker than what lies around it")
    return contrasts[1] / contrasts[0]
