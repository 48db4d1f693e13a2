"""The rectangle of dense speckle in a map of texture, grown over the faint deep field."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop

TEXTURE_LEVELS = 3
"""Range of grey levels in 3 x 3 pixels above which a pixel is textured, for 8 bits.

Console backgrounds are flat to a level or two even after JPEG; speckle varies by more.
"""

FAINT_LEVELS = 1
"""The same for the faint far field that continues a scan already found."""

WINDOW_SHARE = 0.03
"""Window for texture density, as a share of the shorter side. Wider than a ruler's ticks."""

DENSE_SHARE = 0.5
"""Share of textured pixels in the window above which it is scan. Lines stay far below."""

FAINT_SHARE = 0.15
"""Share of faintly textured pixels with which a further row or column still belongs to the scan."""

FLICKER_SHARE = 0.004
"""Share of pixels that differ from their neighbours at all, in a row of the dark deep field."""

HARD_LEVELS = 120
"""Range of grey levels in 3 x 3 pixels of a hard edge: white letters on black, seldom an echo."""

LETTER_LEVELS = 80
"""Range of grey levels in 3 x 3 pixels that letters reach, and the deep field does not."""

LETTER_SHARE = 0.25
"""Share of the flickering pixels of a row that are that strong in letters on a flat background."""

GAP_SHARE = 0.04
"""Rows without flicker, as a share of all rows, after which the deep field has ended."""

SMALLEST_SHARE = 0.02
"""Share of the picture below which nothing is taken for a scan."""

MERGE_SHARE = 0.1
"""Share of the largest patch from which another patch is part of the scan too."""


def scan_box(texture: NDArray[np.uint8], moving: NDArray[np.bool_] | None = None) -> Crop | None:
    """The rectangle around the scan from a map of local grey-level range.

    Parameters
    ----------
    texture : ndarray of uint8, shape (rows, columns)
        Range of grey levels in 3 x 3 pixels.
    moving : ndarray of bool, shape (rows, columns), optional
        Where a cine changes; None for a still.
    """
    rows, columns = texture.shape
    window = max(3, int(WINDOW_SHARE * min(rows, columns)) | 1)
    textured = (texture > TEXTURE_LEVELS).astype(np.uint8)
    # Letters are packed as densely as speckle, but nearly all of their pixels are hard edges.
    speckled = textured * (texture < HARD_LEVELS)
    dense = _dense(speckled, window)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=8)
    if count < 2:
        return None
    kept = _kept_patches(labels, stats, moving)
    if not kept or stats[kept, cv2.CC_STAT_AREA].sum() < SMALLEST_SHARE * texture.size:
        return None
    patch = _without_attachments(np.isin(labels, kept).astype(np.uint8), window)
    # The density falls off before the true edge in a corner: take the textured pixels there.
    near = cv2.dilate(patch, np.ones((window // 2 | 1, window // 2 | 1), np.uint8))
    box = _bounds(near & textured)
    return _with_faint_field(box, texture)


def _without_attachments(patch: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """`patch` without what is narrower than the window: figures of a ruler next to the scan."""
    kernel = np.ones((window, window), np.uint8)
    opened = cv2.morphologyEx(patch, cv2.MORPH_OPEN, kernel)
    if not opened.any():
        return patch
    kept: NDArray[np.uint8] = cv2.dilate(opened, kernel) & patch
    return kept


def _kept_patches(
    labels: NDArray[np.int32], stats: NDArray[np.int32], moving: NDArray[np.bool_] | None
) -> list[int]:
    """Labels of the patches that make up the scan: the largest, and others of its kind."""
    areas = stats[1:, cv2.CC_STAT_AREA].astype(float)
    weights = areas
    if moving is not None:
        weights = np.bincount(labels[moving], minlength=len(stats))[1:].astype(float)
        if weights.max(initial=0) < SMALLEST_SHARE * labels.size:
            weights = areas  # nothing moves, e.g. a phantom held still: as for a still
    main = int(np.argmax(weights))
    kept = [main + 1]
    for index in range(len(areas)):
        if index == main:
            continue
        large = weights[index] >= MERGE_SHARE * weights[main]
        if large or _lies_below(stats[index + 1], stats[main + 1], labels.shape[0]):
            kept.append(index + 1)
    return kept


def _lies_below(patch: NDArray[np.int32], main: NDArray[np.int32], rows: int) -> bool:
    """True for a patch in the columns of the main one, too tall for a line of text."""
    left, top, width, height = (int(patch[i]) for i in range(4))
    main_left, main_top, main_width = int(main[0]), int(main[1]), int(main[2])
    overlap: int = min(left + width, main_left + main_width) - max(left, main_left)
    return bool(overlap >= 0.8 * width and top > main_top and height >= 0.06 * rows)


def _with_faint_field(box: Crop, texture: NDArray[np.uint8]) -> Crop:
    """`box` grown over the rows and columns next to it that still show faint texture."""
    in_rows = _is_faint(texture[:, box.left : box.right], axis=1)
    in_columns = _is_faint(texture[box.top : box.bottom], axis=0)
    top, bottom = _grown(in_rows, box.top, box.bottom)
    left, right = _grown(in_columns, box.left, box.right)
    below = texture[bottom:, left:right]
    if _is_lossless(texture, Crop(top, left, bottom - top, right - left)):
        bottom += _dark_rows(below, longest_gap=max(1, round(GAP_SHARE * len(texture))))
    return Crop(top, left, bottom - top, right - left)


def _is_faint(texture: NDArray[np.uint8], *, axis: int) -> NDArray[np.bool_]:
    """Rows or columns with enough faint texture, of which not too much is letters."""
    share = (texture > FAINT_LEVELS).mean(axis=axis)
    strong = (texture >= LETTER_LEVELS).mean(axis=axis)
    faint: NDArray[np.bool_] = (share > FAINT_SHARE) & (strong < LETTER_SHARE * share)
    return faint


def _is_lossless(texture: NDArray[np.uint8], box: Crop) -> bool:
    """True where the background is flat to the last level, so that any flicker is scan."""
    flicker = texture > 0
    outside = int(flicker.sum()) - int(
        flicker[box.top : box.bottom, box.left : box.right].sum(dtype=np.int64)
    )
    return outside < FAINT_SHARE * max(1, texture.size - box.height * box.width)


def _dark_rows(below: NDArray[np.uint8], *, longest_gap: int) -> int:
    """Number of rows under the scan that still flicker: the deep field with little echo left."""
    flicker = (below > 0).mean(axis=1)
    flickers = flicker >= FLICKER_SHARE
    lettered = flickers & ((below >= LETTER_LEVELS).mean(axis=1) >= LETTER_SHARE * flicker)
    last = 0
    for row in range(len(below)):
        if lettered[row] or row - last >= longest_gap:
            break
        if flickers[row]:
            last = row + 1
    return last


def _grown(holds: NDArray[np.bool_], start: int, stop: int) -> tuple[int, int]:
    while start > 0 and holds[start - 1]:
        start -= 1
    while stop < len(holds) and holds[stop]:
        stop += 1
    return start, stop


def _dense(textured: NDArray[np.uint8], window: int) -> NDArray[np.uint8]:
    """1 where at least `DENSE_SHARE` of the window around is textured; outside counts as not."""
    share: NDArray[np.uint8] = cv2.boxFilter(
        textured * np.uint8(200), -1, (window, window), borderType=cv2.BORDER_REPLICATE
    )
    return (share >= DENSE_SHARE * 200).astype(np.uint8)


def _bounds(mask: NDArray[np.uint8]) -> Crop:
    left, top, width, height = cv2.boundingRect(mask)
    return Crop(int(top), int(left), int(height), int(width))
