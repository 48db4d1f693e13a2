"""Where the probe touches, and how sharp the picture is: two figures that need no network."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.live.settings import GuidanceSettings, live_settings

SMOOTH_PX = 1.5
COARSE = (256, 192)
"""Largest (rows, columns) that contact is looked for on: it does not need the full picture."""
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
    rows, columns = min(grey.shape[0], COARSE[0]), min(grey.shape[1], COARSE[1])
    smooth = cv2.resize(np.ascontiguousarray(grey), (columns, rows), interpolation=cv2.INTER_AREA)
    smooth = cv2.GaussianBlur(smooth, (0, 0), 0.5 * SMOOTH_PX)
    shares = rule.below_share
    if depth_mm is not None:
        shares = rule.below_mm[0] / depth_mm, rule.below_mm[1] / depth_mm
    first, last = (round(share * rows) for share in shares)
    last = min(max(last, first + 1), rows)
    white = float(np.percentile(smooth, WHITE))
    brightest = np.percentile(smooth[min(first, last - 1) : last], BRIGHTEST, axis=0)
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
    fine = cv2.subtract(picture, cv2.GaussianBlur(picture, (0, 0), SMOOTH_PX), dtype=cv2.CV_16S)
    whole, detail = (float(cv2.meanStdDev(one)[1][0, 0]) for one in (picture, fine))
    return (detail / whole) ** 2 if whole > 0 else 0.0
