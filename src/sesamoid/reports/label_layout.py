"""Where labels go: inside the picture, off each other, off what they name where possible."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_RINGS = (1.0, 2.5, 5.0, 9.0, 15.0, 24.0)
"""Distances from the region that are tried, in multiples of the gap."""

_GRID_STEPS = 24


@dataclass(frozen=True)
class Box:
    """A rectangle in picture pixels."""

    top: float
    left: float
    height: float
    width: float

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def centre(self) -> tuple[float, float]:
        """(row, column)."""
        return self.top + self.height / 2, self.left + self.width / 2

    def overlap(self, other: Box) -> float:
        """Shared area."""
        rows = min(self.bottom, other.bottom) - max(self.top, other.top)
        columns = min(self.right, other.right) - max(self.left, other.left)
        return max(0.0, rows) * max(0.0, columns)

    def grown(self, by: float) -> Box:
        """This box with `by` more on every side."""
        return Box(self.top - by, self.left - by, self.height + 2 * by, self.width + 2 * by)


def place_labels(
    anchors: Sequence[Box],
    sizes: Sequence[tuple[float, float]],
    picture: tuple[int, int],
    *,
    gap: float,
) -> tuple[Box, ...]:
    """A box for each label.

    Every box lies inside the picture. Boxes don't overlap as long as the picture has room, and
    cover as little as may be of any anchor; nearer to the anchor is better, above before below
    before the sides.

    Parameters
    ----------
    anchors : sequence of Box
        Bounds of what is labelled.
    sizes : sequence of (height, width)
        Of each label, in picture pixels.
    picture : tuple of int
        (rows, columns).
    gap : float
        Distance between a label and its anchor, and between labels.
    """
    placed: dict[int, Box] = {}
    order = sorted(range(len(anchors)), key=lambda i: (anchors[i].top, anchors[i].left))
    for index in order:
        candidates = _around(anchors[index], sizes[index], picture, gap)
        taken = [box.grown(gap / 2) for box in placed.values()]
        free = [c for c in candidates if not any(c.overlap(box) for box in taken)]
        if not free:
            grid = _grid(sizes[index], picture)
            free = [c for c in grid if not any(c.overlap(box) for box in taken)]
            candidates = grid
        if free:
            placed[index] = min(free, key=lambda c: _cost(c, index, anchors))
        else:
            placed[index] = min(candidates, key=lambda c: sum(c.overlap(box) for box in taken))
    return tuple(placed[index] for index in range(len(anchors)))


def _around(
    anchor: Box, size: tuple[float, float], picture: tuple[int, int], gap: float
) -> list[Box]:
    height, width = size
    row, column = anchor.centre
    found = []
    for ring in _RINGS:
        d = gap * ring
        above, below = anchor.top - d - height, anchor.bottom + d
        before, after = anchor.left - d - width, anchor.right + d
        middle_row, middle_column = row - height / 2, column - width / 2
        for top, left in (
            (above, middle_column),
            (below, middle_column),
            (middle_row, after),
            (middle_row, before),
            (above, after),
            (above, before),
            (below, after),
            (below, before),
        ):
            found.append(_inside(Box(top, left, height, width), picture))
    return found


def _grid(size: tuple[float, float], picture: tuple[int, int]) -> list[Box]:
    rows = max(0.0, picture[0] - size[0])
    columns = max(0.0, picture[1] - size[1])
    return [
        Box(rows * r / _GRID_STEPS, columns * c / _GRID_STEPS, *size)
        for r in range(_GRID_STEPS + 1)
        for c in range(_GRID_STEPS + 1)
    ]


def _inside(box: Box, picture: tuple[int, int]) -> Box:
    top = min(max(0.0, box.top), max(0.0, picture[0] - box.height))
    left = min(max(0.0, box.left), max(0.0, picture[1] - box.width))
    return Box(top, left, box.height, box.width)


def _cost(box: Box, index: int, anchors: Sequence[Box]) -> float:
    area = max(box.height * box.width, 1.0)
    covered = sum(box.overlap(anchor) for anchor in anchors) / area
    row, column = box.centre
    anchor_row, anchor_column = anchors[index].centre
    reach = max(anchors[index].height, anchors[index].width) / 2 + max(box.height, box.width)
    distance = math.hypot(row - anchor_row, column - anchor_column)
    return 4 * covered + distance / reach
