"""Dense fibre directions from the structure tensor, over several scales.

J. Bigun and G. Granlund (1987): the direction of least change in a window is the eigenvector of
the averaged outer product of gradients; twice its angle is that of the averaged squared gradient.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.preparing import prepared
from sesamoid.measure.muscle.settings import settings


def structure_tensor_orientation(
    image: NDArray[np.generic],
    *,
    box: Crop | None = None,
    exclude: NDArray[np.bool_] | None = None,
) -> OrientationField:
    """Fibre directions of a B-mode image.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
        Grey levels, 0..255.
    box : Crop, optional
        The scan area.
    exclude : ndarray of bool, optional
        Aponeuroses.

    Returns
    -------
    OrientationField
        The weight is the tensor's coherence, (l1 - l2) / (l1 + l2).

    Notes
    -----
    Speckle is wider than high, which pulls directions towards the horizontal; the oriented filters
    of this package correct for it, the tensor doesn't.
    """
    scan = prepared(image, box=box, exclude=exclude)
    limits = settings()["orientation"]["tensor"]
    cosine = np.zeros_like(scan.contrast)
    sine, energy = np.zeros_like(cosine), np.zeros_like(cosine)
    for scale in limits["gradient_px"]:
        smooth = cv2.GaussianBlur(scan.contrast, (0, 0), scale)
        right = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3)
        up = -cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3)
        # Gradients shrink with the scale's square; bring scales to one level.
        level = np.float32(scale**2)
        # The line runs across the gradient: twice the angle turns by 180 degrees.
        cosine -= level * (right**2 - up**2) * scan.usable
        sine -= level * 2 * right * up * scan.usable
        energy += level * (right**2 + up**2) * scan.usable
    cosine, sine, energy = (
        cv2.GaussianBlur(part, (0, 0), limits["window_px"]) for part in (cosine, sine, energy)
    )
    coherence = np.hypot(cosine, sine) / np.maximum(energy, 1e-9)
    return scan.on_frame((cosine, sine), (coherence * scan.usable).astype(np.float32))
