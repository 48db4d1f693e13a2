"""Drawing of what surrounds the scan region: panel, depth scale, grey bar, marker, text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.ultrasound.plan import grey_levels
from sesamoid.virtual.ultrasound.presets import Layout

Frame = NDArray[np.uint8]
FONT = cv2.FONT_HERSHEY_SIMPLEX
PATIENT = "VIRTUAL PATIENT"


@dataclass(frozen=True)
class ScanBox:
    """The scan region within a frame, in pixels; the first row and column lie inside it."""

    top: int
    left: int
    height: int
    width: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, to index a frame with."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


@lru_cache(maxsize=32)
def furniture(
    layout: Layout,
    title: str,
    grey_map: tuple[tuple[float, float], ...],
    box: ScanBox,
    depth_mm: float,
    focus_mm: float,
    lines: tuple[str, ...],
) -> Frame:
    """The frame without its picture, read-only: drawn once for all frames that look alike.

    Parameters
    ----------
    layout : Layout
    title : str
    grey_map : as of `Preset`
    box : ScanBox
    depth_mm, focus_mm : float
    lines : tuple of str
        The settings, as written.
    """
    frame = np.empty((*layout.size, 3), np.uint8)
    frame[:] = layout.background
    bar = _bar(layout)
    frame[bar] = layout.bar_colour
    _scale(frame, layout, box, depth_mm, focus_mm)
    _grey_bar(frame, layout, box, grey_levels(grey_map))
    _marker(frame, layout, box, title)
    _texts(frame, layout, box, title, lines)
    frame[box.slices] = 0
    frame.flags.writeable = False
    return frame


def _bar(layout: Layout) -> tuple[slice, slice]:
    everything, size = slice(None), layout.bar_size
    return {
        "top": (slice(0, size), everything),
        "bottom": (slice(layout.size[0] - size, None), everything),
        "left": (everything, slice(0, size)),
        "right": (everything, slice(layout.size[1] - size, None)),
    }[layout.bar_side]


def _scale(frame: Frame, layout: Layout, box: ScanBox, depth_mm: float, focus_mm: float) -> None:
    """Ticks at every 1, 5 and 10 mm, and an arrow at the focus."""
    if layout.scale_side == "none":
        return
    right = layout.scale_side == "right"
    edge = box.left + box.width + 5 if right else box.left - 6
    out = 1 if right else -1
    for mm in range(int(depth_mm) + 1):
        row = box.top + round(mm * box.height / depth_mm)
        length = 12 if mm % 10 == 0 else 8 if mm % 5 == 0 else 4
        cv2.line(frame, (edge, row), (edge + out * length, row), layout.text_colour, 1)
        if mm % 10 == 0 and mm:
            at = (edge + 16, row + 4) if right else (edge - 26, row + 4)
            _write(frame, str(mm // 10), at, layout.text_colour, 0.4)
    row = box.top + round(focus_mm * box.height / depth_mm)
    tip = edge + out * 2
    arrow = np.array([[tip, row], [tip + out * 9, row - 5], [tip + out * 9, row + 5]])
    cv2.fillPoly(frame, [arrow.astype(np.int32)], layout.accent)


def _grey_bar(frame: Frame, layout: Layout, box: ScanBox, grey: NDArray[np.uint8]) -> None:
    if layout.grey_bar == "none":
        return
    height, width = min(180, box.height // 3), 12
    left = box.left + box.width + 38 if layout.grey_bar == "right" else box.left - 34 - width
    left = int(np.clip(left, 2, layout.size[1] - width - 2))
    steps = grey[np.linspace(grey.size - 1, 0, height).astype(int)]
    frame[box.top : box.top + height, left : left + width] = steps[:, None, None]


def _marker(frame: Frame, layout: Layout, box: ScanBox, title: str) -> None:
    left = layout.marker_side == "left"
    x, y = (box.left + 8 if left else box.left + box.width - 8), box.top - 12
    colour = layout.accent
    if layout.marker == "dot":
        cv2.circle(frame, (x, y), 6, colour, -1, cv2.LINE_AA)
    elif layout.marker == "square":
        cv2.rectangle(frame, (x - 6, y - 6), (x + 6, y + 6), colour, 2)
    elif layout.marker == "triangle":
        points = np.array([[x - 7, y - 6], [x + 7, y - 6], [x, y + 7]])
        cv2.fillPoly(frame, [points.astype(np.int32)], colour)
    else:
        _write(frame, title[0].upper(), (x - 7, y + 7), colour, 0.7)


def _texts(frame: Frame, layout: Layout, box: ScanBox, title: str, lines: tuple[str, ...]) -> None:
    rows, columns = layout.size
    bar = layout.bar_size
    head = {
        "top": (14, bar - bar // 3),
        "bottom": (14, rows - bar + 22),
        "left": (10, 30),
        "right": (columns - bar + 10, 30),
    }[layout.bar_side]
    sideways = layout.bar_side in ("left", "right")
    if "title" in layout.text:
        _write(frame, title, head, layout.text_colour, min(0.6, 0.0065 * bar) if sideways else 0.6)
    if "patient" in layout.text:
        at = (head[0], head[1] + 28) if sideways else (columns // 3, head[1])
        _write(
            frame, PATIENT, at, layout.text_colour, min(0.45, 0.0052 * bar) if sideways else 0.45
        )
    if "mi" in layout.text:
        at = (head[0], head[1] + 56) if sideways else (columns - 150, head[1])
        _write(
            frame, "MI 0.7 TIS 0.2", at, layout.accent, min(0.45, 0.006 * bar) if sideways else 0.45
        )
    if "parameters" in layout.text:
        _parameter_list(frame, layout, box, lines)


def _parameter_list(frame: Frame, layout: Layout, box: ScanBox, lines: tuple[str, ...]) -> None:
    rows, columns = layout.size
    if layout.parameters_side == "bottom":
        per_row = 3
        top = min(box.top + box.height + 24, rows - 30)
        for number, line in enumerate(lines):
            at = (16 + (number % per_row) * (columns // per_row), top + 20 * (number // per_row))
            _write(frame, line, at, layout.text_colour, 0.42)
        return
    left = layout.parameters_side == "left"
    own_bar = layout.bar_side == layout.parameters_side
    if own_bar:
        x, room = (10 if left else columns - layout.bar_size + 10), layout.bar_size
    else:
        beyond_scale = box.left + box.width + 54
        x, room = (10, box.left) if left else (beyond_scale, columns - beyond_scale)
    for number, line in enumerate(lines):
        _write(
            frame, line, (x, rows // 2 + 24 * number), layout.text_colour, min(0.45, 0.0042 * room)
        )


def _write(
    frame: Frame, text: str, at: tuple[int, int], colour: tuple[int, int, int], size: float
) -> None:
    arguments: Any = (text, at, FONT, size, colour, 1, cv2.LINE_AA)
    cv2.putText(frame, *arguments)
