"""Figures of a segmentation on labelled images: per class, with intervals, per image too.

Conventions (facts 7.2): per-image Dice with empty/empty = 1 and empty/non-empty = 0, macro mean
over images; HD95 over the images where both are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.bootstrap import bootstrap_ci
from sesamoid.measure import (
    Detections,
    dice,
    hausdorff_95,
    instances,
    iou,
    match,
    normalised_surface_dice,
)

SURFACE_TOLERANCE_SHARE = 0.01
"""NSD tolerance as a share of the image's diagonal where no spacing is known [P]."""


@dataclass(frozen=True)
class ImageFigures:
    """One class on one image.

    Parameters
    ----------
    image, structure : str
    dice, iou, nsd : float
        0..1; 1 where both label and prediction are empty.
    hd95_px : float, optional
        Pixels; None where either is empty.
    found, missed, spurious : int
        Instances matched by overlap, missed, and predicted without a counterpart.
    """

    image: str
    structure: str
    dice: float
    iou: float
    nsd: float
    hd95_px: float | None
    found: int
    missed: int
    spurious: int


def compare_labels(
    name: str,
    predicted: NDArray[np.integer],
    truth: NDArray[np.integer],
    structures: Sequence[str],
) -> list[ImageFigures]:
    """Figures of each structure on one image.

    Parameters
    ----------
    name : str
        Of the image.
    predicted, truth : ndarray of int, shape (rows, columns)
        Values are 0 for background, then `structures` from 1.
    structures : sequence of str
    """
    tolerance = SURFACE_TOLERANCE_SHARE * float(np.hypot(*truth.shape))
    out = []
    for value, structure in enumerate(structures, start=1):
        a, b = predicted == value, truth == value
        detections = match(instances(a), instances(b))
        both = bool(a.any() and b.any())
        out.append(
            ImageFigures(
                image=name,
                structure=structure,
                dice=dice(a, b),
                iou=iou(a, b),
                nsd=normalised_surface_dice(a, b, tolerance=tolerance),
                hd95_px=hausdorff_95(a, b) if both else None,
                found=detections.found,
                missed=detections.missed,
                spurious=detections.spurious,
            )
        )
    return out


def summarise(
    rows: Sequence[ImageFigures],
    *,
    groups: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Figures per class over images.

    Parameters
    ----------
    rows : sequence of ImageFigures
    groups : ndarray of int, optional
        Group of each image in order of first appearance; the interval then resamples groups.
    seed : int

    Returns
    -------
    dict
        ``n_images`` and ``classes.<name>``, each with ``dice``, ``iou``, ``nsd``, ``hd95_px``
        as ``{mean, median, ci95}`` and ``detection`` with sensitivity and precision.
    """
    images = list(dict.fromkeys(row.image for row in rows))
    classes: dict[str, Any] = {}
    for structure in dict.fromkeys(row.structure for row in rows):
        own = [row for row in rows if row.structure == structure]
        entry: dict[str, Any] = {
            key: _spread([getattr(row, key) for row in own], groups, seed)
            for key in ("dice", "iou", "nsd")
        }
        measured = [row.hd95_px for row in own if row.hd95_px is not None]
        entry["hd95_px"] = {**_spread(measured, None, seed), "n": len(measured)}
        total = sum((Detections(r.found, r.missed, r.spurious) for r in own), Detections(0, 0, 0))
        instances_there = total.found + total.missed
        entry["detection"] = {
            "sensitivity": total.sensitivity if instances_there else None,
            "precision": total.precision if total.found + total.spurious else None,
            "instances": instances_there,
            "rule": "a structure is found where a predicted one overlaps it with IoU >= 0.5",
        }
        classes[structure] = entry
    return {"n_images": len(images), "classes": classes}


def _spread(values: Sequence[float], groups: NDArray[np.int64] | None, seed: int) -> dict[str, Any]:
    if not values:
        return {"mean": None, "median": None, "ci95": None}
    array = np.asarray(values, dtype=float)
    units = len(array) if groups is None else len(np.unique(groups))
    interval = bootstrap_ci(array, groups, seed=seed) if units > 1 else None
    return {
        "mean": float(array.mean()),
        "median": float(np.median(array)),
        "ci95": [interval.low, interval.high] if interval else None,
    }
