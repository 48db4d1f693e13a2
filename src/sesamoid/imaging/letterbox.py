"""A frame into a network's fixed canvas and back: crop to the echo, scale, pad."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop

BLACK_SHARE_OF_MAXIMUM = 0.03
"""A row or column whose brightest pixels stay below this share of the image's is black border."""


def content_box(grey: NDArray[np.generic]) -> Crop:
    """The smallest rectangle outside which the frame is black.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)

    Returns
    -------
    Crop
        The whole frame where all of it is black.
    """
    peak = float(grey.max(initial=0))
    rows, columns = grey.shape
    if peak <= 0:
        return Crop(0, 0, rows, columns)
    bright = np.greater(grey, BLACK_SHARE_OF_MAXIMUM * peak)
    # A lone bright pixel is not an edge of the scan: ask for a few in a line.
    enough_in_row, enough_in_column = max(2, columns // 50), max(2, rows // 50)
    in_rows = np.flatnonzero(bright.sum(axis=1) >= enough_in_row)
    in_columns = np.flatnonzero(bright.sum(axis=0) >= enough_in_column)
    if not len(in_rows) or not len(in_columns):
        return Crop(0, 0, rows, columns)
    top, left = int(in_rows[0]), int(in_columns[0])
    return Crop(top, left, int(in_rows[-1]) + 1 - top, int(in_columns[-1]) + 1 - left)


@dataclass(frozen=True)
class Letterbox:
    """How a frame of `frame_size` went into a canvas of `canvas_size`; both are (rows, columns).

    Parameters
    ----------
    frame_size : tuple of int
        The frame, in its own pixels.
    box : Crop
        The part of the frame that was kept.
    canvas_size : tuple of int
        The network's input.
    placed : Crop
        Where that part lies in the canvas, aspect ratio kept, centred.
    """

    frame_size: tuple[int, int]
    box: Crop
    canvas_size: tuple[int, int]
    placed: Crop

    @classmethod
    def fit(
        cls,
        frame_size: tuple[int, int],
        box: Crop,
        canvas_size: tuple[int, int],
        *,
        pixel_aspect: float = 1.0,
    ) -> Letterbox:
        """The largest centred placement of `box` in the canvas.

        `pixel_aspect` is the height of a frame's pixel over its width, in mm: canvas pixels are
        square.
        """
        tall = box.height * pixel_aspect
        scale = min(canvas_size[0] / tall, canvas_size[1] / box.width)
        height = max(1, min(canvas_size[0], round(tall * scale)))
        width = max(1, min(canvas_size[1], round(box.width * scale)))
        top, left = (canvas_size[0] - height) // 2, (canvas_size[1] - width) // 2
        return cls(frame_size, box, canvas_size, Crop(top, left, height, width))

    def forward(self, frame: NDArray[np.generic], *, nearest: bool = False) -> NDArray[np.generic]:
        """`frame` of shape (rows, columns) as the canvas; `nearest` for label images."""
        part = np.ascontiguousarray(
            frame[self.box.top : self.box.bottom, self.box.left : self.box.right]
        )
        shrinking = self.placed.height < self.box.height
        method = cv2.INTER_NEAREST if nearest else cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
        scaled = cv2.resize(part, (self.placed.width, self.placed.height), interpolation=method)
        return self.placed.paste(scaled, self.canvas_size)

    def back(self, canvas: NDArray[np.float32], *, background: bool = True) -> NDArray[np.float32]:
        """Maps of shape (maps, rows, columns) on the canvas as maps on the frame.

        Outside the kept part they are 0, but for the first where it is the `background`: there 1.
        """
        inner = canvas[
            :, self.placed.top : self.placed.bottom, self.placed.left : self.placed.right
        ]
        maps = np.zeros((len(canvas), *self.frame_size), dtype=np.float32)
        if background:
            maps[0] = 1.0
        for index, plane in enumerate(inner):
            maps[index, self.box.top : self.box.bottom, self.box.left : self.box.right] = (
                cv2.resize(
                    np.ascontiguousarray(plane),
                    (self.box.width, self.box.height),
                    interpolation=cv2.INTER_LINEAR,
                )
            )
        return maps


def standardise(
    canvas: NDArray[np.generic], placed: Crop, *, grey_exponent: float = 1.0
) -> NDArray[np.float32]:
    """`canvas` as float32 with mean 0 and SD 1 over the placed part; the padding becomes 0.

    Parameters
    ----------
    canvas : ndarray of shape (rows, columns)
    placed : Crop
        The part that holds the scan.
    grey_exponent : float
        Power that grey levels are raised to first; below 1 it spreads the dark ones, in which a
        vessel differs from a shadow. Negative levels count as 0 then.
    """
    part = canvas[placed.top : placed.bottom, placed.left : placed.right].astype(np.float32)
    if grey_exponent != 1.0:
        part = np.maximum(part, 0) ** np.float32(grey_exponent)
    out = np.zeros(canvas.shape, dtype=np.float32)
    spread = float(part.std())
    out[placed.top : placed.bottom, placed.left : placed.right] = (part - part.mean()) / (
        spread if spread > 1e-6 else 1.0
    )
    return out
