"""The truth of a picture as outlines, shown once a question is answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import LabelGroup, LabelPart, structure
from sesamoid.reports.label_layout import Box, place_labels
from sesamoid.reports.outlines import outlines
from sesamoid.server.teaching.gallery import TeachingPicture

LEAST_PX = 40
"""Area of the smallest patch that is drawn."""
LETTER_PX = (18.0, 9.5)
"""Height of a label and width of one of its letters, in picture pixels."""
GAP_PX = 8.0
SMOOTHING_PX = 1.8
"""Steps between beams are 4 pixels wide; a pulley of 0.23 mm is 4.6 pixels thick and keeps that."""


@dataclass(frozen=True)
class OutlinedPart:
    """A labelled part of a picture with its outline.

    Parameters
    ----------
    group : LabelGroup
    part : LabelPart
    colour : str
    polygons : tuple of ndarray of shape (n, 2)
        (row, column); (0, 0) is the centre of the first pixel.
    label_at : (row, column)
        Middle of the label.
    """

    group: LabelGroup
    part: LabelPart
    colour: str
    polygons: tuple[NDArray[np.float64], ...]
    label_at: tuple[float, float]


def outlined(
    picture: TeachingPicture, *, only: Collection[str] | None = None
) -> tuple[OutlinedPart, ...]:
    """Everything that the plane labels and the picture shows.

    Parameters
    ----------
    picture : TeachingPicture
    only : collection of str, optional
        Structure keys; all where left out.
    """
    found: list[tuple[LabelGroup, LabelPart, tuple[NDArray[np.float64], ...]]] = []
    for group in picture.plane.labels.values():
        for part in group.parts:
            if only is not None and not set(part.structures) & set(only):
                continue
            lines = outlines(smoothed(picture.mask(part.structures)))
            kept = tuple(line.points for line in lines if line.area_px >= LEAST_PX)
            if kept:
                found.append((group, part, kept))
    boxes = [_box(polygons[0]) for _, _, polygons in found]
    height, width = LETTER_PX
    sizes = [(height, width * len(group.label)) for group, _, _ in found]
    shape = (picture.labels.shape[0], picture.labels.shape[1])
    places = place_labels(boxes, sizes, shape, gap=GAP_PX)
    return tuple(
        OutlinedPart(group, part, structure(part.structures[0]).colour, polygons, place.centre)
        for (group, part, polygons), place in zip(found, places, strict=True)
    )


def smoothed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask without the steps between beams; what is thinner than they are wide stays."""
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), SMOOTHING_PX)
    smooth: NDArray[np.bool_] = soft > 0.5
    return smooth if smooth.any() else mask


def _box(points: NDArray[np.float64]) -> Box:
    (top, left), (bottom, right) = points.min(axis=0), points.max(axis=0)
    return Box(float(top), float(left), float(bottom - top), float(right - left))
