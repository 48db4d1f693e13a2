"""From class probabilities to a label image: thresholds, less doubtful islands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.models.bundle import Manifest


def label_map(probabilities: NDArray[np.float32], manifest: Manifest) -> NDArray[np.uint8]:
    """The class of each pixel.

    A pixel is the class whose probability exceeds its threshold by the largest factor, background
    where none does. An island goes back to background where it is smaller than the manifest's
    ``minimal_area_share`` of the frame, or where its probability never reaches ``minimal_peak``.

    Parameters
    ----------
    probabilities : ndarray of shape (classes, rows, columns)
    manifest : Manifest

    Returns
    -------
    ndarray of uint8, shape (rows, columns)
    """
    thresholds = [manifest.threshold.get(name, 0.5) for name in manifest.classes[1:]]
    scores = probabilities[1:] / np.array(thresholds, dtype=np.float32)[:, None, None]
    best = scores.argmax(axis=0)
    labels: NDArray[np.uint8] = np.where(scores.max(axis=0) > 1, best + 1, 0).astype(np.uint8)
    total = labels.size
    for value, name in enumerate(manifest.classes):
        if value == 0:
            continue
        smallest = manifest.minimal_area_share.get(name, 0.0) * total
        lowest = manifest.minimal_peak.get(name, 0.0)
        if not smallest and not lowest:
            continue
        count, islands, stats, _ = cv2.connectedComponentsWithStats(
            (labels == value).astype(np.uint8), connectivity=8
        )
        for island in range(1, count):
            inside = islands == island
            small = stats[island, cv2.CC_STAT_AREA] < smallest
            if small or float(probabilities[value][inside].max()) < lowest:
                labels[inside] = 0
    return labels
