"""A sheet of standard planes: each picture plain, and beside it with outlines and labels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.reports.canvas import RGB, Layer, Pixels8, text_mask
from sesamoid.reports.label_layout import Box, place_labels
from sesamoid.reports.outlines import outlines

_BACKGROUND: RGB = (16, 18, 22)
_TEXT: RGB = (232, 234, 237)
_QUIET: RGB = (150, 156, 165)
_NOTICE: RGB = (240, 228, 66)
_GAP = 14
_LABEL_PX, _TITLE_PX, _HEADING_PX = 13, 16, 24
_SUBPIXEL_BITS = 4
_LEADER_FROM_PX = 10
_BAR_MM = 10


@dataclass(frozen=True)
class SheetPart:
    """Something that is outlined.

    Parameters
    ----------
    label : str
    colour : (red, green, blue)
    mask : ndarray of bool, shape of the picture
    """

    label: str
    colour: RGB
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class SheetTile:
    """One plane; all tiles of a sheet have pixels of the same size in mm.

    Parameters
    ----------
    title, subtitle : str
    pixels : ndarray of uint8, shape (rows, columns)
    parts : tuple of SheetPart
    """

    title: str
    subtitle: str
    pixels: NDArray[np.uint8]
    parts: tuple[SheetPart, ...]


def draw_sheet(
    tiles: Sequence[SheetTile],
    *,
    heading: str,
    notice: str,
    pixels_per_mm: float,
    columns: int = 3,
) -> Pixels8:
    """Draw the sheet.

    Parameters
    ----------
    tiles : sequence of SheetTile
    heading : str
    notice : str
        What nobody may overlook, such as that the pictures are virtual.
    pixels_per_mm : float
        Of all pictures, for the scale bars.
    columns : int
        Tiles side by side, each a pair of pictures.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue.
    """
    drawn = [_pair(tile, pixels_per_mm) for tile in tiles]
    widths = [max(pair.shape[1] for pair in drawn[n::columns]) for n in range(len(drawn[:columns]))]
    lines = [drawn[first : first + columns] for first in range(0, len(drawn), columns)]
    strips = [_strip(line, widths) for line in lines]
    top = _heading(heading, notice, strips[0].shape[1])
    return np.concatenate([top, *strips])


def _strip(pairs: list[Pixels8], widths: list[int]) -> Pixels8:
    height = max(pair.shape[0] for pair in pairs)
    strip = _blank(height + _GAP, sum(widths) + (len(widths) + 1) * _GAP)
    for number, pair in enumerate(pairs):
        left = _GAP + sum(widths[:number]) + number * _GAP
        strip[: pair.shape[0], left : left + pair.shape[1]] = pair
    return strip


def _heading(heading: str, notice: str, width: int) -> Pixels8:
    strip = _blank(2 * _HEADING_PX + 3 * _GAP, width)
    _write(strip, heading, _GAP, _GAP, _HEADING_PX, _TEXT)
    _write(strip, notice, _GAP + round(1.35 * _HEADING_PX), _GAP, _TITLE_PX, _NOTICE)
    return strip


def _pair(tile: SheetTile, pixels_per_mm: float) -> Pixels8:
    rows, columns = tile.pixels.shape
    head = _TITLE_PX + _LABEL_PX + _GAP
    picture = np.repeat(tile.pixels[..., None], 3, axis=2)
    whole = _blank(head + rows + _GAP, 2 * columns + _GAP // 2)
    _write(whole, tile.title, 0, 0, _TITLE_PX, _TEXT)
    _write(whole, tile.subtitle, _TITLE_PX + 4, 0, _LABEL_PX, _QUIET)
    whole[head : head + rows, :columns] = picture
    whole[head : head + rows, columns + _GAP // 2 :] = _labelled(picture, tile.parts)
    _scale_bar(whole, head + rows, columns, pixels_per_mm)
    return whole


def _labelled(picture: Pixels8, parts: Sequence[SheetPart]) -> Pixels8:
    layer = Layer(picture.shape[:2])
    for part in parts:
        layer.ink(_lines(part.mask, layer), part.colour)
    letters = [text_mask(part.label, _LABEL_PX) for part in parts]
    sizes = [(float(mask.shape[0] + 2), float(mask.shape[1] + 4)) for mask in letters]
    anchors = [_bounds(part.mask) for part in parts]
    boxes = place_labels(anchors, sizes, picture.shape[:2], gap=4)
    for part, mask, box in zip(parts, letters, boxes, strict=True):
        layer.ink(_leader(part.mask, box, layer), part.colour, opacity=0.8)
        ground, ink = layer.blank(), layer.blank()
        top, left = round(box.top), round(box.left)
        _paste(ground, np.full((mask.shape[0] + 2, mask.shape[1] + 4), 255, np.uint8), top, left)
        _paste(ink, mask, top + 1, left + 2)
        layer.ink(ground, part.colour, opacity=0.85)
        layer.ink(ink, _BACKGROUND if _is_light(part.colour) else (255, 255, 255))
    return layer.over(picture)


def _is_light(colour: RGB) -> bool:
    """Whether dark letters are easier to read on a colour than white ones."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue > 120


def _lines(mask: NDArray[np.bool_], layer: Layer) -> Pixels8:
    coverage = layer.blank()
    for outline in outlines(mask):
        points = np.rint(outline.points[:, ::-1] * 2**_SUBPIXEL_BITS).astype(np.int32)
        cv2.polylines(coverage, [points], True, 255, 1, cv2.LINE_AA, _SUBPIXEL_BITS)
    return coverage


def _leader(mask: NDArray[np.bool_], box: Box, layer: Layer) -> Pixels8:
    """A line from a label to the nearest point of what it names, where that is some way off."""
    coverage = layer.blank()
    rows, columns = np.nonzero(mask)
    row = np.clip(rows, box.top, box.bottom)
    column = np.clip(columns, box.left, box.right)
    far = np.hypot(rows - row, columns - column)
    nearest = int(far.argmin())
    if far[nearest] >= _LEADER_FROM_PX:
        start = round(float(column[nearest])), round(float(row[nearest]))
        end = int(columns[nearest]), int(rows[nearest])
        cv2.line(coverage, start, end, 255, 1, cv2.LINE_AA)
    return coverage


def _bounds(mask: NDArray[np.bool_]) -> Box:
    """Box of the mask's largest connected part, which is what a label points to."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()) if count > 1 else 0
    left, top, width, height = (int(value) for value in stats[largest][:4])
    return Box(top, left, height, width)


def _scale_bar(whole: Pixels8, row: int, columns: int, pixels_per_mm: float) -> None:
    length = round(_BAR_MM * pixels_per_mm)
    left, middle = columns - length, row + _GAP // 2
    whole[middle : middle + 2, left:columns] = _TEXT
    for column in (left, columns - 2):
        whole[middle - 3 : middle + 5, column : column + 2] = _TEXT
    _write(whole, f"{_BAR_MM} mm", row, left - 46, _LABEL_PX, _TEXT)


def _write(picture: Pixels8, text: str, top: int, left: int, size: int, colour: RGB) -> None:
    """Write a line, cut at the right edge."""
    mask = text_mask(text, size)
    coverage = np.zeros(picture.shape[:2], np.uint8)
    _paste(coverage, mask, top, left)
    share = coverage[..., None].astype(np.float32) / 255
    picture[:] = np.rint(picture * (1 - share) + np.array(colour, np.float32) * share)


def _paste(coverage: Pixels8, mask: Pixels8, top: int, left: int) -> None:
    rows = min(mask.shape[0], coverage.shape[0] - top)
    columns = min(mask.shape[1], coverage.shape[1] - left)
    coverage[top : top + rows, left : left + columns] = mask[:rows, :columns]


def _blank(rows: int, columns: int) -> Pixels8:
    return np.full((math.ceil(rows), math.ceil(columns), 3), _BACKGROUND, np.uint8)
