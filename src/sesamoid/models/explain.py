"""Which parts of the image a finding rests on: occlusion, the same for every model.

A patch is replaced by its blurred self; where the class loses probability inside its own mask,
the network had looked there (Zeiler and Fergus 2014, doi 10.1007/978-3-319-10590-1_53).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.models.runtime import BATCH, SegmentationRuntime

GRID = 12
"""Patches along the longer side; each overlaps its neighbours by half."""


def occlusion_evidence(
    runtime: SegmentationRuntime,
    frame: NDArray[np.generic],
    *,
    scan_area: Crop | None = None,
) -> NDArray[np.float32]:
    """Evidence maps of every class but background.

    Parameters
    ----------
    runtime : SegmentationRuntime
    frame : ndarray of shape (rows, columns)
    scan_area : Crop, optional

    Returns
    -------
    ndarray of shape (classes - 1, rows, columns)
        0: no effect; 1: the strongest effect on that class in this image. All 0 for a class
        that is not there.
    """
    fit = runtime.fit(frame, scan_area)
    canvas = runtime.standardised(fit.forward(frame), fit.placed)
    base = runtime.run_canvases(canvas[None])[0]
    winner = base.argmax(axis=0)
    masks = [winner == index for index in range(1, len(base))]
    blurred = cv2.GaussianBlur(canvas, (0, 0), max(fit.canvas_size) / 16)
    patches = _patches(fit.placed)
    drops = np.zeros((len(masks), *canvas.shape), dtype=np.float32)
    counts = np.zeros(canvas.shape, dtype=np.float32)
    for start in range(0, len(patches), BATCH):
        part = patches[start : start + BATCH]
        batch = np.repeat(canvas[None], len(part), axis=0)
        for one, patch in zip(batch, part, strict=True):
            rows, columns = slice(patch.top, patch.bottom), slice(patch.left, patch.right)
            one[rows, columns] = blurred[rows, columns]
        for patch, result in zip(part, runtime.run_canvases(batch), strict=True):
            rows, columns = slice(patch.top, patch.bottom), slice(patch.left, patch.right)
            counts[rows, columns] += 1
            for index, mask in enumerate(masks):
                if mask.any():
                    loss = float((base[index + 1] - result[index + 1])[mask].mean())
                    drops[index, rows, columns] += max(0.0, loss)
    drops /= np.maximum(counts, 1)
    smooth = np.stack([cv2.GaussianBlur(d, (0, 0), max(fit.canvas_size) / GRID / 3) for d in drops])
    peaks = smooth.max(axis=(1, 2), keepdims=True)
    normal = np.divide(smooth, peaks, out=np.zeros_like(smooth), where=peaks > 1e-6)
    background = np.zeros((1, *canvas.shape), dtype=np.float32)
    return fit.back(np.concatenate([background, normal]))[1:]


def _patches(placed: Crop) -> list[Crop]:
    side = max(8, round(max(placed.height, placed.width) / GRID * 2))
    step = max(4, side // 2)
    return [
        Crop(top, left, min(side, placed.bottom - top), min(side, placed.right - left))
        for top in range(placed.top, placed.bottom, step)
        for left in range(placed.left, placed.right, step)
    ]
