"""A display colour as DICOM has it."""

from __future__ import annotations

import numpy as np
from skimage.color import rgb2lab


def cielab(rgb: tuple[int, int, int]) -> tuple[float, float, float]:
    """sRGB in 0..255 as CIELab (L in 0..100, a and b in -128..127), by scikit-image, D65."""
    lab = rgb2lab(np.array([[rgb]], np.float64) / 255)[0, 0]
    return (
        float(np.clip(lab[0], 0, 100)),
        float(np.clip(lab[1], -128, 127)),
        float(np.clip(lab[2], -128, 127)),
    )
