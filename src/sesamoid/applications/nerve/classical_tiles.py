"""From a frame to despeckled tiles with features, and back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.enhance import despeckle
from sesamoid.errors import UnsuitableImage
from sesamoid.features import dense_features
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import content_box

WHITE = 255

SMALLEST_CANVAS_PX = 72
"""A side of the shrunken scan area below which the widest feature windows do not fit."""


@dataclass(frozen=True)
class TileSettings:
    """How a frame becomes tiles.

    Parameters
    ----------
    canvas_rows : int
        Height that the scan area is brought to; its width follows.
    step_px : int
        Side of a tile on that canvas.
    despeckling : str
        A method of `enhance.METHODS` at its defaults, or ``"none"``.
    target_mean : float
        Mean grey that each image is scaled to (by at most `largest_gain`) for the features, since
        gain differs from image to image.
    largest_gain : float
    """

    canvas_rows: int = 256
    step_px: int = 4
    despeckling: str = "lee"
    target_mean: float = 50.0
    largest_gain: float = 4.0


@dataclass(frozen=True)
class Tiles:
    """Features on a grid, and where the grid lies in the frame.

    Parameters
    ----------
    features : ndarray of float32, shape (grid rows, grid columns, features)
    names : tuple of str
    frame_size : tuple of int
        (rows, columns) of the frame.
    box : Crop
        Scan area in the frame.
    canvas_size : tuple of int
        (rows, columns) of the scaled scan area.
    step_px : int
    """

    features: NDArray[np.float32]
    names: tuple[str, ...]
    frame_size: tuple[int, int]
    box: Crop
    canvas_size: tuple[int, int]
    step_px: int

    def to_frame(self, grid: NDArray[np.float32]) -> NDArray[np.float32]:
        """Maps (grid rows, grid columns, classes) as (classes, rows, columns) of the frame.

        Outside the scan area the first class (background) is 1, the others 0.
        """
        maps = np.zeros((grid.shape[-1], *self.frame_size), dtype=np.float32)
        maps[0] = 1
        # Tile (i, j) covers canvas pixels i * step .. (i + 1) * step: sample there, pixel by pixel.
        box = self.box
        rows = (np.arange(box.height) + 0.5) * self.canvas_size[0] / box.height / self.step_px - 0.5
        columns = (np.arange(box.width) + 0.5) * self.canvas_size[1] / box.width / self.step_px
        at_columns, at_rows = np.meshgrid(columns - 0.5, rows)
        for index in range(grid.shape[-1]):
            maps[index, box.top : box.bottom, box.left : box.right] = cv2.remap(
                np.ascontiguousarray(grid[..., index]),
                at_columns.astype(np.float32),
                at_rows.astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
        return maps

    def labels(self, label_map: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Label of each tile (at its centre) from a label map of the frame."""
        box, step = self.box, self.step_px
        rows = (np.arange(self.features.shape[0]) + 0.5) * step * box.height / self.canvas_size[0]
        columns = (np.arange(self.features.shape[1]) + 0.5) * step * box.width / self.canvas_size[1]
        at_rows = np.minimum(rows.astype(int), box.height - 1) + box.top
        at_columns = np.minimum(columns.astype(int), box.width - 1) + box.left
        return np.asarray(label_map[at_rows[:, None], at_columns[None]], dtype=np.uint8)


def tiles_of(
    grey: NDArray[np.generic], settings: TileSettings, *, scan_area: Crop | None = None
) -> Tiles:
    """Crop to the echo, scale, level the gain, despeckle, and take features.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        Grey levels as stored, of any depth: the gain is levelled.
    settings : TileSettings
    scan_area : Crop, optional
        Where the echo is drawn; None: the part that is not black.

    Raises
    ------
    UnsuitableImage
        Not 2-D, black, or with too narrow a scan area.
    """
    if grey.ndim != 2:
        raise UnsuitableImage(f"the classical method takes grey frames, not shape {grey.shape}")
    box = scan_area if scan_area is not None else content_box(grey)
    part = np.ascontiguousarray(grey[box.top : box.bottom, box.left : box.right], dtype=np.float32)
    # More than 8 bits: the power of two that holds the brightest pixel counts as white.
    deeper = 2.0 ** np.ceil(np.log2(max(float(part.max(initial=0)) + 1, WHITE + 1))) / (WHITE + 1)
    part /= np.float32(deeper)
    mean = float(part.mean())
    columns = round(box.width * settings.canvas_rows / box.height)
    if mean < 1 or columns < SMALLEST_CANVAS_PX:
        raise UnsuitableImage(
            f"a scan area of {box.height} x {box.width} pixels with mean grey {mean:.1f} holds too "
            "little for the classical method"
        )
    shrinking = settings.canvas_rows < box.height
    canvas = cv2.resize(
        part,
        (columns, settings.canvas_rows),
        interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR,
    )
    gain = min(settings.largest_gain, settings.target_mean / mean)
    canvas = np.minimum(canvas * np.float32(gain), WHITE)
    if settings.despeckling != "none":
        canvas = despeckle(canvas, method=settings.despeckling)
    features, names = dense_features(canvas, step_px=settings.step_px)
    size = (int(grey.shape[0]), int(grey.shape[1]))
    return Tiles(features, names, size, box, (settings.canvas_rows, columns), settings.step_px)
