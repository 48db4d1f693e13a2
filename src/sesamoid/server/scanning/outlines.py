"""Outlines of a label map as polygons, small enough to be sent with every frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, structure, structures
from sesamoid.applications.wrist_hand.plane_masks import parts_of_classes
from sesamoid.imaging import Outlines

ROUGH = 0.85
"""How far a polygon may be off its outline, in coarse pixels: no stairs are left."""
FINER = 2
"""A contour runs through the middles of pixels: on finer ones it lies closer to their edges."""
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


def outlines(found: Outlines, names: Sequence[str], plane: Plane | None) -> tuple[Outline, ...]:
    """The outlines of a map of classes.

    Parameters
    ----------
    found : Outlines
        They are followed on its coarse pixels, which every frame has.
    names : sequence of str
        By value; the first is nothing.
    plane : Plane or None
        What has a label in it is drawn under that label; the rest is left out. None: everything
        is drawn without labels.
    """
    known = _labels_of(plane, tuple(names)) if plane is not None else None
    labels = found.coarse
    to_frame = _Onto.of(found)
    least = LEAST_SHARE * labels.size * FINER**2
    shapes = []
    for value in sorted(found.values):
        if value >= len(names) or (known is not None and value not in known):
            continue
        left, top, width, height = cv2.boundingRect(cv2.compare(labels, value, cv2.CMP_EQ))
        part = labels[top : top + height, left : left + width]
        # Not cv2.compare, which takes a picture of one pixel for a number.
        mask = np.ascontiguousarray(part == value).view(np.uint8)
        finer = cv2.resize(mask, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_NEAREST)
        lines, _ = cv2.findContours(finer, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        sized = sorted(((cv2.contourArea(line), line) for line in lines), key=lambda one: -one[0])
        kept = [
            cv2.approxPolyDP(to_frame(line, left, top), to_frame.rough_px, True)
            for area, line in sized
            if area >= least
        ]
        if not kept:
            continue
        polygons = tuple(tuple(np.rint(line).astype(int).ravel().tolist()) for line in kept)
        label = "" if known is None else known[value]
        edge = np.array([[_top(finer, sized[0][1])]], np.float32)
        column, row = np.rint(to_frame(edge, left, top)).astype(int).ravel().tolist()
        shapes.append(Outline(names[value], label, polygons, (column, row)))
    return tuple(shapes)


@dataclass(frozen=True)
class _Onto:
    """From finer pixels of a part of the coarse labels to pixels of the frame; (column, row).

    Centres of pixels are whole numbers, on either side.
    """

    across: float
    down: float
    left: int
    top: int

    @classmethod
    def of(cls, found: Outlines) -> _Onto:
        box, (rows, columns) = found.box, found.coarse.shape
        return cls(box.width / columns, box.height / rows, box.left, box.top)

    @property
    def rough_px(self) -> float:
        """`ROUGH` in pixels of the frame."""
        return ROUGH * max(self.across, self.down)

    def __call__(self, line: NDArray[Any], left: int, top: int) -> NDArray[np.float32]:
        """Points of shape (count, 1, 2), of the part that begins at a coarse column and row."""
        start = np.array([left, top], np.float32)
        scale = np.array([self.across, self.down], np.float32)
        offset = np.array([self.left, self.top], np.float32)
        return np.asarray(((line + 0.5) / FINER + start) * scale + offset - 0.5, np.float32)


def _top(mask: NDArray[np.uint8], line: NDArray[np.int32]) -> tuple[int, int]:
    """(column, row) of the upper edge in the middle of an outline."""
    x, y, across, down = cv2.boundingRect(line)
    columns = np.flatnonzero(mask[y : y + down, x : x + across].any(axis=0))
    if not len(columns):  # an outline may run beside its pixels
        return x + across // 2, y
    column = int(columns[np.abs(columns - across // 2).argmin()])
    return x + column, y + int(mask[y : y + down, x + column].argmax())


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
