"""The labels of one frame: on a network's own pixels at once, on the frame's when asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging.geometry import Crop

Labels = NDArray[np.uint8]


def values_in(labels: Labels) -> frozenset[int]:
    """The values that a label map holds, 0 left out."""
    counts = cv2.calcHist([labels], [0], None, [256], [0, 256]).ravel()
    return frozenset(np.flatnonzero(counts).tolist()) - {0}


def _mirrored(pixels: Labels) -> Labels:
    return np.ascontiguousarray(pixels[:, ::-1])


class Outlines:
    """What was outlined in one frame.

    Few frames of a live examination are ever kept; what every frame needs (which structures, how
    much of them, where they end) is known well enough on the pixels that the network works on.

    Parameters
    ----------
    coarse : ndarray of uint8, shape (rows, columns)
        Labels of `box`, on as many pixels as the network had for it.
    box : Crop
        The part of the frame that was looked at.
    frame_size : (rows, columns)
    fine : callable, optional
        Makes the labels of `box` on the frame's pixels, shape (box.height, box.width); it is let
        go of once it has. Left out: `coarse` is on these pixels.
    grey : ndarray of uint8, optional
        The frame's grey levels on the pixels of `coarse`, where the network made them.
    """

    def __init__(
        self,
        coarse: Labels,
        box: Crop,
        frame_size: tuple[int, int],
        fine: Callable[[], Labels] | None = None,
        grey: NDArray[np.uint8] | None = None,
    ):
        if fine is None and coarse.shape != (box.height, box.width):
            raise SesamoidError(
                f"labels of shape {coarse.shape} for {box.height} x {box.width} pixels"
            )
        self.coarse, self.box, self.frame_size, self.grey = coarse, box, frame_size, grey
        self._fine = fine if fine is not None else lambda: coarse

    @classmethod
    def of(cls, labels: Labels) -> Outlines:
        """From labels on all pixels of a frame."""
        rows, columns = labels.shape
        return cls(labels, Crop(0, 0, rows, columns), (rows, columns))

    @cached_property
    def values(self) -> frozenset[int]:
        """The values that the coarse labels hold, 0 left out."""
        return values_in(self.coarse)

    @cached_property
    def on_frame(self) -> Labels:
        """Labels on the frame's pixels, shape `frame_size`; 0 outside of the box."""
        box = self.box
        labels = self._fine()
        self._fine = lambda: labels
        if labels.shape == self.frame_size:
            return labels
        whole = np.zeros(self.frame_size, dtype=np.uint8)
        whole[box.top : box.bottom, box.left : box.right] = labels
        return whole

    def mirrored(self) -> Outlines:
        """The same of the frame that is this one's left-right mirror image."""
        grey = None if self.grey is None else _mirrored(self.grey)
        box = self.box.mirrored(self.frame_size[1])
        return Outlines(
            _mirrored(self.coarse), box, self.frame_size, lambda: _mirrored(self._fine()), grey
        )

    def within(self, area: Crop) -> Labels:
        """The coarse labels of a part of the frame, to the nearest of their pixels.

        Shape (rows, columns) is not that of `area`: the ratio is the size of their pixels.
        """
        if area == self.box:
            return self.coarse
        box, (rows, columns) = self.box, self.coarse.shape
        down, across = rows / box.height, columns / box.width
        top, bottom = (round((y - box.top) * down) for y in (area.top, area.bottom))
        left, right = (round((x - box.left) * across) for x in (area.left, area.right))
        if not (0 <= top < bottom <= rows and 0 <= left < right <= columns):
            raise SesamoidError(
                f"the part of the frame at row {area.top}, column {area.left} was not looked at"
            )
        return np.ascontiguousarray(self.coarse[top:bottom, left:right])
