"""Outlines of a label map as polygons, small enough to be sent with every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure, structures
from sesamoid.applications.wrist_hand.plane_masks import parts_of_classes, values_in

ROUGH_PX = 1.0
"""How far a polygon may be off its outline; less than a screen shows at this size."""
LEAST_SHARE = 2.5e-4
"""Of the picture's area: smaller patches are not drawn."""


@dataclass(frozen=True)
class Outline:
    """One class on one frame.

    Parameters
    ----------
    name : str
        Of the class; key of its colour.
    label : str
        Short, as drawn; empty where the plane has no label for it.
    polygons : tuple of tuple of int
        Each column, row, column, row, … in pixels of the picture; the largest first.
    at : (column, row)
        The upper edge in the middle of the largest one: the label goes above it.
    """

    name: str
    label: str
    polygons: tuple[tuple[int, ...], ...]
    at: tuple[int, int]


def outlines(
    labels: NDArray[np.uint8], names: Sequence[str], plane: Plane | None
) -> tuple[Outline, ...]:
    """The outlines of a map of classes.

    Parameters
    ----------
    labels : ndarray of uint8, shape (rows, columns)
    names : sequence of str
        By value; the first is nothing.
    plane : Plane or None
        What has a label in it is drawn under that label; the rest is left out. None: everything
        is drawn without labels.
    """
    known = _labels_of(plane, tuple(names)) if plane is not None else None
    least = LEAST_SHARE * labels.size
    found = []
    for value in sorted(values_in(labels)):
        if value >= len(names) or (known is not None and value not in known):
            continue
        left, top, width, height = cv2.boundingRect(cv2.compare(labels, value, cv2.CMP_EQ))
        part = labels[top : top + height, left : left + width]
        # Not cv2.compare, which takes a picture of one pixel for a number.
        mask = np.ascontiguousarray(part == value).view(np.uint8)
        lines, _ = cv2.findContours(
            mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=(left, top)
        )
        sized = sorted(((cv2.contourArea(line), line) for line in lines), key=lambda one: -one[0])
        kept = [cv2.approxPolyDP(line, ROUGH_PX, True) for area, line in sized if area >= least]
        if not kept:
            continue
        polygons = tuple(tuple(line.ravel().tolist()) for line in kept)
        label = "" if known is None else known[value]
        found.append(Outline(names[value], label, polygons, _top(mask, kept[0], left, top)))
    return tuple(found)


def _top(mask: NDArray[np.uint8], line: NDArray[np.int32], left: int, top: int) -> tuple[int, int]:
    """(column, row) of the upper edge in the middle of an outline."""
    x, y, across, down = cv2.boundingRect(line)
    part = mask[y - top : y - top + down, x - left : x - left + across]
    columns = np.flatnonzero(part.any(axis=0))
    if not len(columns):  # an outline may run beside its pixels
        return x + across // 2, y
    column = int(columns[np.abs(columns - across // 2).argmin()])
    return x + column, y + int(part[:, column].argmax())


def colour_of(name: str) -> str:
    """``#rrggbb`` of a class, that of the structure it is named after; the same everywhere."""
    from sesamoid.virtual.acquisition.label_classes import class_of

    if name in structures():
        return structure(name).colour
    for key, one in structures().items():
        if class_of(key) == name:
            return one.colour
    return "#ffffff"


@lru_cache(maxsize=128)
def _labels_of(plane: Plane, names: tuple[str, ...]) -> dict[int, str]:
    """The label of each class that the plane draws, by value."""
    classes = ("background", *names[1:])
    return {
        value: keys[0].split(":")[0]
        for value, keys in parts_of_classes(plane, classes).items()
        if value
    }
