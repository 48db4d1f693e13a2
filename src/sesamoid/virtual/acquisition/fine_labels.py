"""Labels finer than the beams: outlines without stairs."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.uint8]
_FULL = 255


def fine_labels(labels: Labels, shape: tuple[int, int]) -> Labels:
    """A map on the grid of beams as it lies on a picture, every pixel what most of it is.

    Each label's mask is interpolated linearly, and the strongest one wins; the same positions as
    `Scanner.labels`, which takes the nearest sample.

    Parameters
    ----------
    labels : ndarray of uint8, shape (samples, beams)
    shape : (rows, columns)
        Of the picture.
    """
    rows, columns = shape
    down, right = ((n - 1) / pixels for n, pixels in zip(labels.shape, shape, strict=True))
    best, out = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for value in np.unique(labels):
        mask = np.where(labels == value, np.uint8(_FULL), np.uint8(0))
        left, top, width, height = cv2.boundingRect(mask)
        # The part of the picture that this mask can reach.
        first_row, last_row = max(0, int((top - 1) / down) - 1), int((top + height) / down) + 2
        first, last = max(0, int((left - 1) / right) - 1), int((left + width) / right) + 2
        part = np.s_[first_row : min(last_row, rows), first : min(last, columns)]
        place = np.array(
            [
                [right, 0, (first + 0.5) * right],
                [0, down, (first_row + 0.5) * down],
            ]
        )
        size = best[part].shape
        share = cv2.warpAffine(
            mask,
            place,
            (size[1], size[0]),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        wins = share > best[part]
        out[part][wins] = value
        best[part][wins] = share[wins]
    return out
