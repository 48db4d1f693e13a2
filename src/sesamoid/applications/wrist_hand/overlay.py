"""What is drawn over a live frame, fast enough for every frame: colours, outlines, names."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure
from sesamoid.live import Assessment
from sesamoid.virtual.acquisition.label_classes import class_of

from .plane_masks import parts_of_classes, values_in

STRENGTH = 0.35
"""Of the colour over the picture."""


def draw_live(
    frame: NDArray[np.uint8], found: Assessment, plane: Plane | None, *, names: bool = True
) -> NDArray[np.uint8]:
    """The frame in colour with what was outlined.

    Parameters
    ----------
    frame : ndarray of uint8, shape (rows, columns)
    found : Assessment
        With labels, else the frame comes back in grey.
    plane : Plane or None
        Its labels are named and the rest stays plain; None: nothing is drawn.
    names : bool
        Write the labels beside the outlines.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue.
    """
    shown = np.asarray(cv2.cvtColor(frame, cv2.COLOR_GRAY2RGB), np.uint8)
    if found.labels is None or plane is None:
        return shown
    left, top, width, height = cv2.boundingRect(found.labels)
    part = np.s_[top : top + height, left : left + width]
    labels = np.ascontiguousarray(found.labels[part])
    classes = ("background", *found.label_names[1:])
    colours, drawn = _colours(plane, classes)
    values = [value for value in values_in(labels) if drawn[value]]
    if not values:
        return shown
    mask = cv2.LUT(labels, drawn.astype(np.uint8))
    tint = cv2.LUT(cv2.merge([labels] * 3), colours[None])
    under = np.ascontiguousarray(shown[part])
    cv2.copyTo(cv2.addWeighted(under, 1 - STRENGTH, tint, STRENGTH, 0), mask, under)
    shown[part] = under
    if names:
        for value in values:
            place = cv2.boundingRect(cv2.compare(labels, value, cv2.CMP_EQ))
            corner = (left + place[0] + place[2] // 2, top + place[1])
            _name(shown, corner, _label(plane, classes, value), colours[value])
    return shown


@lru_cache(maxsize=64)
def _colours(plane: Plane, classes: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Colour by label value, and whether the plane draws it."""
    colours = np.zeros((256, 3), np.uint8)
    drawn = np.zeros(256, np.bool_)
    for group in plane.labels.values():
        for key in group.structures:
            if class_of(key) in classes:
                value = classes.index(class_of(key))
                colours[value], drawn[value] = structure(key).rgb, value > 0
    return colours, drawn


def _label(plane: Plane, classes: tuple[str, ...], value: int) -> str:
    keys = parts_of_classes(plane, classes).get(value, ("",))
    return keys[0].split(":")[0]


def _name(
    shown: NDArray[np.uint8], corner: tuple[int, int], text: str, colour: NDArray[np.uint8]
) -> None:
    if not text:
        return
    place = (corner[0] - 4 * len(text), max(10, corner[1] - 3))
    ink = tuple(int(c) for c in colour)
    for thickness, shade in ((3, (0, 0, 0)), (1, ink)):
        cv2.putText(
            shown, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, shade, thickness, cv2.LINE_AA
        )
