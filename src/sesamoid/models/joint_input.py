"""A frame as a joint network takes it: the canvas, and a few numbers that the canvas has lost."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, standardise

SCALARS = ("log_scale", "scale_known", "height_share", "width_share", "grey_mean", "grey_sd")
"""Beside the canvas: log of mm per canvas pixel over `USUAL_MM`, whether it is known (else 0),
the scan's share of the canvas, and the scan's grey before it was standardised."""
USUAL_MM = 0.12
_MIDDLE_GREY, _SPREAD_GREY = 80.0, 40.0


def joint_letterbox(
    frame_size: tuple[int, int],
    box: Crop,
    canvas_size: tuple[int, int],
    spacing_mm: tuple[float, float] | None,
) -> tuple[Letterbox, float | None]:
    """Where the scan goes in the canvas, and mm per canvas pixel where the scale is known.

    Parameters
    ----------
    frame_size, canvas_size : (rows, columns)
    box : Crop
        The scan, black edges included: where the picture ends is part of what is judged.
    spacing_mm : (row, column), optional
        Of the frame.
    """
    if spacing_mm is None:
        return Letterbox.fit(frame_size, box, canvas_size), None
    aspect = spacing_mm[0] / spacing_mm[1]
    fit = Letterbox.fit(frame_size, box, canvas_size, pixel_aspect=aspect)
    return fit, spacing_mm[1] * box.width / fit.placed.width


def joint_input(
    canvas: NDArray[np.generic],
    placed: Crop,
    mm_per_pixel: float | None,
    *,
    grey_exponent: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The network's two inputs for one canvas.

    Parameters
    ----------
    canvas : ndarray of shape (rows, columns)
        Grey, 0..255.
    placed : Crop
        The part that holds the scan.
    mm_per_pixel : float, optional
        Of the canvas.
    grey_exponent : float
        See `sesamoid.imaging.letterbox.standardise`.

    Returns
    -------
    image : ndarray of float32, shape (rows, columns)
    scalars : ndarray of float32, shape (len(SCALARS),)
    """
    part = canvas[placed.top : placed.bottom, placed.left : placed.right]
    if canvas.dtype == np.uint8:
        # In one pass over whole levels: a frame in a fifth of the time, and the more exactly.
        mean, spread = (float(one[0, 0]) for one in cv2.meanStdDev(part))
        image = _standardised_levels(canvas, placed, grey_exponent)
    else:
        mean, spread = float(part.mean()), float(part.std())
        image = standardise(canvas, placed, grey_exponent=grey_exponent)
    known = mm_per_pixel is not None
    scalars = np.array(
        [
            np.log(mm_per_pixel / USUAL_MM) if mm_per_pixel is not None else 0.0,
            float(known),
            placed.height / canvas.shape[0],
            placed.width / canvas.shape[1],
            (mean - _MIDDLE_GREY) / _SPREAD_GREY,
            (spread - _SPREAD_GREY) / _SPREAD_GREY,
        ],
        dtype=np.float32,
    )
    return image, scalars


def _standardised_levels(
    canvas: NDArray[np.generic], placed: Crop, grey_exponent: float
) -> NDArray[np.float32]:
    """As `standardise`, by a table of the 256 levels; up to the rounding of its float32 sums."""
    here = np.s_[placed.top : placed.bottom, placed.left : placed.right]
    levels = np.arange(256, dtype=np.float32) ** np.float32(grey_exponent)
    part = cv2.LUT(canvas[here], levels)
    mean, spread = (float(one[0, 0]) for one in cv2.meanStdDev(part))
    out = np.zeros(canvas.shape, dtype=np.float32)
    np.multiply(
        part - np.float32(mean), np.float32(1 / (spread if spread > 1e-6 else 1.0)), out=out[here]
    )
    return out
