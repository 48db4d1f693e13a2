"""What is drawn over a live frame, fast enough for every frame: colours, outlines, names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure
from sesamoid.live import Assessment
from sesamoid.virtual.acquisition.label_classes import class_of

from .plane_masks import parts_of_classes

Colour = tuple[int, int, int]

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
    if found.outlines is None or plane is None:
        return shown
    outlines = found.outlines
    labels, box = outlines.coarse, outlines.box
    paint = _paint(plane, ("background", *found.label_names[1:]))
    values = sorted(outlines.values & paint.names.keys())
    if not values:
        return shown
    # Paint is mixed on the network's own pixels and spread over the frame's: its edges are soft.
    share, tint = cv2.LUT(labels, paint.share), cv2.applyColorMap(labels, paint.tint)
    if labels.shape != (box.height, box.width):
        share, tint = (cv2.resize(one, (box.width, box.height)) for one in (share, tint))
    part = np.s_[box.top : box.bottom, box.left : box.right]
    grey = cv2.multiply(frame[part], share, scale=1 / 255)
    cv2.add(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), tint, dst=shown[part])
    if names:
        down, across = box.height / labels.shape[0], box.width / labels.shape[1]
        for value in values:
            left, top, width, _ = cv2.boundingRect(cv2.compare(labels, value, cv2.CMP_EQ))
            corner = (box.left + round((left + width / 2) * across), box.top + round(top * down))
            _name(shown, corner, *paint.names[value])
    return shown


@dataclass(frozen=True)
class _Paint:
    """What a plane draws.

    Parameters
    ----------
    share : ndarray of uint8, shape (256,)
        Of the picture that is left, of 255, by label value.
    tint : ndarray of uint8, shape (256, 1, 3)
        What is added to it.
    names : dict of int to (text, colour)
        By label value, of those that are drawn.
    """

    share: NDArray[np.uint8]
    tint: NDArray[np.uint8]
    names: dict[int, tuple[str, Colour]]


@lru_cache(maxsize=64)
def _paint(plane: Plane, classes: tuple[str, ...]) -> _Paint:
    share = np.full(256, 255, np.uint8)
    tint = np.zeros((256, 1, 3), np.uint8)
    names: dict[int, tuple[str, Colour]] = {}
    parts = parts_of_classes(plane, classes)
    for group in plane.labels.values():
        for key in group.structures:
            value = classes.index(class_of(key)) if class_of(key) in classes else 0
            if not value:
                continue
            colour = structure(key).rgb
            share[value] = round(255 * (1 - STRENGTH))
            tint[value, 0] = np.round(STRENGTH * np.array(colour))
            names[value] = parts.get(value, ("",))[0].split(":")[0], colour
    return _Paint(share, tint, names)


def _name(shown: NDArray[np.uint8], corner: tuple[int, int], text: str, colour: Colour) -> None:
    if not text:
        return
    place = (corner[0] - 4 * len(text), max(10, corner[1] - 3))
    for thickness, shade in ((3, (0, 0, 0)), (1, colour)):
        cv2.putText(
            shown, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.4, shade, thickness, cv2.LINE_AA
        )
