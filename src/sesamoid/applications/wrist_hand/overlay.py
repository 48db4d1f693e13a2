"""What is drawn over a live frame, fast enough for every frame: colours, outlines, names."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure
from sesamoid.live import Assessment
from sesamoid.virtual.acquisition.label_classes import class_of

from .plane_masks import parts_of_classes

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
    shown = np.repeat(frame[..., None], 3, axis=2)
    if found.labels is None or plane is None:
        return shown
    classes = ("background", *found.label_names[1:])
    colours, drawn = _colours(plane, classes)
    present = [v for v in np.flatnonzero(np.bincount(found.labels.ravel(), minlength=256)) if v]
    values = [int(v) for v in present if drawn[v]]
    if not values:
        return shown
    mask = drawn[found.labels].astype(np.uint8)
    tint = colours[found.labels]
    mixed = cv2.addWeighted(shown, 1 - STRENGTH, tint, STRENGTH, 0)
    cv2.copyTo(mixed, mask, shown)
    if names:
        for value in values:
            _name(shown, found.labels == value, _label(plane, classes, value), colours[value])
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
    shown: NDArray[np.uint8], mask: NDArray[np.bool_], text: str, colour: NDArray[np.uint8]
) -> None:
    if not text:
        return
    left, top, width, _ = cv2.boundingRect(mask.astype(np.uint8))
    place = (int(left + width // 2) - 4 * len(text), max(10, int(top) - 3))
    ink = tuple(int(c) for c in colour)
    for thickness, shade in ((3, (0, 0, 0)), (1, ink)):
        cv2.putText(
            shown, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, shade, thickness, cv2.LINE_AA
        )
