"""Where the probe touches, and how sharp the picture is: two figures that need no network."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.live.settings import GuidanceSettings, live_settings

SMOOTH_PX = 1.5
FINE = (5, 5)
"""Pixels of that blur's kernel: wider ones cost more and tell motion from none no better."""
COARSE = (256, 192)
"""Largest (rows, columns) that contact is looked for on: it does not need the full picture."""
LEAST = 0.75
"""Share of these rows and columns that halving the picture must leave."""
BRIGHTEST = 97
"""Percentile of a column's pixels that stands for its brightest echo."""
WHITE = 99.5
"""Percentile of the picture's pixels that stands for its white: it follows the gain."""


def lift_off(
    grey: NDArray[np.uint8],
    *,
    spacing_mm: tuple[float, float] | None = None,
    settings: GuidanceSettings | None = None,
) -> tuple[float, float]:
    """Share of the left and of the right half of the face without contact.

    Parameters
    ----------
    grey : ndarray of uint8, shape (rows, columns)
        The scan without furniture, the face at the top.
    spacing_mm : (row, column), optional
    settings : GuidanceSettings, optional
        Those that ship if left out.

    Returns
    -------
    (left, right) : tuple of float
        0..1. A column has no contact where nothing below the near field echoes; the near field
        itself is bright either way, with the lines of the transducer and of sound that goes to and
        fro in the gel.
    """
    rule = settings if settings is not None else live_settings().guidance
    depth_mm = None if spacing_mm is None else grey.shape[0] * spacing_mm[0]
    grey = _halved(np.ascontiguousarray(grey))
    rows, columns = min(grey.shape[0], COARSE[0]), min(grey.shape[1], COARSE[1])
    smooth = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA)
    smooth = np.asarray(cv2.GaussianBlur(smooth, (0, 0), 0.5 * SMOOTH_PX), dtype=np.uint8)
    shares = rule.below_share
    if depth_mm is not None:
        shares = rule.below_mm[0] / depth_mm, rule.below_mm[1] / depth_mm
    first, last = (round(share * rows) for share in shares)
    last = min(max(last, first + 1), rows)
    white = _level(smooth, WHITE)
    brightest = _percentile(smooth[min(first, last - 1) : last], BRIGHTEST)
    silent = brightest < rule.silent_share * white
    half = columns // 2
    return float(silent[:half].mean()), float(silent[columns - half :].mean())


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Energy of fine detail over that of all detail, 0..1: blur by motion takes the fine away.

    Comparable between frames of one scanner and setting; it does not change with the gain as long
    as nothing saturates.
    """
    # In whole grey levels: their rounding is small against speckle, and it has to keep up.
    picture = np.ascontiguousarray(grey)
    coarse = cv2.GaussianBlur(picture, FINE, SMOOTH_PX)
    mean, spread = (float(one[0, 0]) for one in cv2.meanStdDev(picture))
    if spread <= 0:
        return 0.0
    # The variance of their difference, from its mean square and its mean.
    square = float(cv2.norm(picture, coarse, cv2.NORM_L2SQR)) / picture.size
    return max(0.0, square - (mean - float(cv2.mean(coarse)[0])) ** 2) / spread**2


def _level(picture: NDArray[np.uint8], percent: float) -> float:
    """As `numpy.percentile` of a whole picture, from a count of its levels: a fifth of the time."""
    counts = cv2.calcHist([picture], [0], None, [256], [0, 256]).ravel()
    place = (picture.size - 1) * (percent / 100)
    pair = np.array([int(place), min(int(place) + 1, picture.size - 1)])
    below, above = np.searchsorted(np.cumsum(counts, dtype=np.int64), pair, side="right").tolist()
    return float(below + (above - below) * (place - int(place)))


def _percentile(levels: NDArray[np.uint8], percent: float) -> NDArray[np.float64]:
    """Along the first axis, as `numpy.percentile`, which takes four times as long for so few."""
    place = (len(levels) - 1) * (percent / 100)
    low = int(place)
    high = min(low + 1, len(levels) - 1)
    below, above = np.partition(levels, (low, high), axis=0)[[low, high]].astype(np.float64)
    return np.asarray(below + (above - below) * (place - low))


def _halved(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture on half as many rows and columns, again and again, where enough are left.

    Means of 2 x 2 pixels cost next to nothing; means of odd areas are what is slow.
    """
    rows, columns = grey.shape
    while rows // 2 >= LEAST * COARSE[0] and columns // 2 >= LEAST * COARSE[1]:
        grey = np.asarray(
            cv2.resize(
                grey[: rows // 2 * 2, : columns // 2 * 2],
                (columns // 2, rows // 2),
                interpolation=cv2.INTER_AREA,
            ),
            dtype=np.uint8,
        )
        rows, columns = grey.shape
    return grey
