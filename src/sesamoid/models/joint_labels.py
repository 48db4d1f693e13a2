"""From a network's scores on its canvas, or on fewer places, to the labels of a frame."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects

from sesamoid.imaging.letterbox import Letterbox
from sesamoid.imaging.outlines import Outlines

Scores = NDArray[np.float32]
Labels = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""(left, top, right, bottom); the last two lie beyond it."""

_HOW = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def outlines_of(
    scores: Scores, winners: Labels, fit: Letterbox, grey: NDArray[np.uint8] | None = None
) -> Outlines:
    """The labels of a frame, from scores on the canvas.

    Parameters
    ----------
    scores : ndarray of float32, shape (classes, rows / n, columns / n)
        One for every n x n pixels of the canvas: a joint network's n is 2.
    winners : ndarray of uint8, shape (rows / n, columns / n)
        The best class of each place.
    fit : Letterbox
    grey : ndarray of uint8, optional
        The scan on the canvas, without what surrounds it.
    """
    boxes = boxes_of(winners)
    mine = {value: scores[value].copy() for value in boxes}  # the whole stack is 5 times as large
    box, placed = fit.box, fit.placed
    return Outlines(
        interpolated(mine, boxes, fit, (placed.height, placed.width)),
        box,
        fit.frame_size,
        lambda: interpolated(mine, boxes, fit, (box.height, box.width)),
        grey,
    )


def boxes_of(winners: Labels) -> dict[int, Box]:
    """Where each class that wins somewhere does so, by class in ascending order."""
    places = find_objects(winners.astype(np.int32) + 1)
    return {
        value: (place[1].start, place[0].start, place[1].stop, place[0].stop)
        for value, place in enumerate(places)
        if place is not None
    }


def interpolated(
    scores: Mapping[int, Scores], boxes: Mapping[int, Box], fit: Letterbox, size: tuple[int, int]
) -> Labels:
    """The best class of each of `size` (rows, columns) pixels of the scan.

    Scores are interpolated, not labels, so that outlines have no stairs. A class is looked at only
    next to places where it wins: where it wins at none of the four around a pixel, another class
    is at least as good at each of them, nearly always one and the same.

    Parameters
    ----------
    scores : mapping of int to ndarray of float32, shape (rows / n, columns / n)
        By class; one for every n x n pixels of the canvas.
    boxes : mapping of int to Box
        Where they win, see `boxes_of`; the same classes.
    fit : Letterbox
    size : (rows, columns)
        Any number of pixels for the whole of the scan.
    """
    rows, columns = size
    # Canvas pixel x lies at (x + 0.5) / n - 0.5 of the scores.
    n = fit.canvas_size[0] / next(iter(scores.values())).shape[0]
    across, down = fit.placed.width / columns / n, fit.placed.height / rows / n
    first_x = fit.placed.left / n + across / 2 - 0.5
    first_y = fit.placed.top / n + down / 2 - 0.5
    near = {
        value: (
            *_pixels(box[0], box[2], first_x, across, columns),
            *_pixels(box[1], box[3], first_y, down, rows),
        )
        for value, box in boxes.items()
    }
    # What fills most of the picture is looked at where there is something else, and fills the rest.
    most = max(near, key=lambda value: _area(near[value]))
    others = [place for value, place in near.items() if value != most and _area(place)]
    chosen = np.full(size, most, dtype=np.uint8)
    if not others:
        return chosen
    lefts, rights, tops, bottoms = zip(*others, strict=True)
    near[most] = (min(lefts), max(rights), min(tops), max(bottoms))
    best = np.full(size, -np.inf, dtype=np.float32)
    for value, (left, right, top, bottom) in near.items():
        if left >= right or top >= bottom:
            continue
        matrix = np.array(
            [[across, 0, first_x + left * across], [0, down, first_y + top * down]]
        )  # fmt: skip
        score = cv2.warpAffine(
            scores[value], matrix, (right - left, bottom - top), flags=_HOW,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        here = np.s_[top:bottom, left:right]
        better = np.asarray(cv2.compare(score, best[here], cv2.CMP_GT), dtype=np.uint8)
        cv2.max(score, best[here], dst=best[here])
        np.copyto(chosen[here], value, where=better.view(np.bool_))
    return chosen


def _pixels(start: int, stop: int, first: float, step: float, count: int) -> tuple[int, int]:
    """The pixels less than one place away from places start..stop - 1, of pixels at first + n step.

    Rather one pixel too many than one too few.
    """
    low, high = (start - 1 - first) / step, (stop - first) / step
    return max(0, math.floor(low)), min(count, math.ceil(high) + 1)


def _area(place: tuple[int, int, int, int]) -> int:
    left, right, top, bottom = place
    return max(0, right - left) * max(0, bottom - top)
