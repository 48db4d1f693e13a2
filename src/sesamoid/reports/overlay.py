"""Findings drawn on the frame that they came from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from sesamoid.errors import OutputError
from sesamoid.findings import Landmark, Line, Region, Result
from sesamoid.imaging import atomic_path
from sesamoid.reports.canvas import (
    RGB,
    Layer,
    Pixels8,
    display_frame,
    display_scale,
    resized,
    text_mask,
)
from sesamoid.reports.footer import add_footer, spacing_for_scale
from sesamoid.reports.label_layout import Box, place_labels
from sesamoid.reports.labels import region_labels
from sesamoid.reports.outlines import outlines

_SUBPIXEL_BITS = 4
_DARK: RGB = (16, 18, 22)
_WHITE: RGB = (255, 255, 255)
_LABEL_BACKGROUND_OPACITY = 0.78


def draw_overlay(result: Result, frame: int = 0, *, opacity: float = 0.18) -> Pixels8:
    """The frame with outlines, labels, calipers, and below it the scale bar and the notice.

    Parameters
    ----------
    result : Result
    frame : int
        From 0.
    opacity : float
        Of the fill inside an outline, 0 (outline alone) to 1.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)
        RGB. A frame whose longer side is under `SMALLEST_SIDE_PX` is enlarged by a whole number;
        the strip below is outside the picture content.

    Raises
    ------
    OutputError
        Where there is no such frame or the opacity is not in 0..1.
    """
    _check_frame(result, frame)
    scale = display_scale(result.image.size)
    picture = resized(display_frame(result.image, frame), scale)
    picture = overlay_layer(result, frame, scale=scale, opacity=opacity).over(picture)
    return add_footer(picture, spacing_mm=spacing_for_scale(result, frame), scale=scale)


def overlay_layer(
    result: Result, frame: int = 0, *, scale: float = 1.0, opacity: float = 0.18
) -> Layer:
    """What `draw_overlay` puts on the frame, as a transparent layer of the frame's size x scale.

    Raises
    ------
    OutputError
        Where the opacity is not in 0..1.
    """
    if not 0 <= opacity <= 1:
        raise OutputError(f"opacity {opacity} is not in 0..1")
    rows, columns = result.image.size
    size = (max(1, round(rows * scale)), max(1, round(columns * scale)))
    layer = Layer(size)
    thickness = line_thickness(size)
    regions = [r for r in result.regions if r.frame == frame and outlines(r.mask)]
    for region in regions:
        _draw_region(layer, region, scale, thickness, opacity)
    for line in result.lines:
        if line.frame == frame:
            _draw_caliper(layer, line, scale, thickness)
    for mark in result.landmarks:
        if mark.frame == frame:
            _draw_landmark(layer, mark, scale, thickness)
    _draw_labels(layer, regions, region_labels(result), scale, thickness)
    return layer


def line_thickness(size: tuple[int, int]) -> int:
    """Outline thickness in picture pixels: 2 at 800 pixels, in proportion, at least 1."""
    return max(1, round(max(size) / 400))


def write_png(path: Path | str, picture: Pixels8) -> Path:
    """Write an RGB or RGBA picture as PNG, whole or not at all.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    target = Path(path)
    with atomic_path(target) as temporary:
        temporary.write_bytes(png_bytes(picture))
    return target


def png_bytes(picture: Pixels8) -> bytes:
    """An RGB or RGBA picture of shape (rows, columns, 3 or 4) as PNG."""
    order = cv2.COLOR_RGB2BGR if picture.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    done, buffer = cv2.imencode(".png", cv2.cvtColor(picture, order))
    if not done:
        raise OutputError(f"a picture of shape {picture.shape} cannot be encoded as PNG")
    return bytes(buffer)


def _check_frame(result: Result, frame: int) -> None:
    if not 0 <= frame < result.image.frames:
        raise OutputError(
            f"there is no frame {frame}: the image has {result.image.frames}, counted from 0",
            path=result.image.provenance.path,
        )


def _fixed(points: np.ndarray, scale: float) -> np.ndarray:
    """(row, column) in image pixels to fixed-point (x, y) in picture pixels, as OpenCV draws."""
    picture = (np.atleast_2d(np.asarray(points, float)) + 0.5) * scale - 0.5
    return np.rint(picture[:, ::-1] * (1 << _SUBPIXEL_BITS)).astype(np.int32)


def _draw_region(
    layer: Layer, region: Region, scale: float, thickness: int, opacity: float
) -> None:
    curves = [_fixed(outline.points, scale)[:, None] for outline in outlines(region.mask)]
    if not curves:
        return
    fill, casing, stroke = layer.blank(), layer.blank(), layer.blank()
    cv2.fillPoly(fill, curves, 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.polylines(casing, curves, True, 255, thickness + 2, cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.polylines(stroke, curves, True, 255, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    layer.ink(fill, region.structure.rgb, opacity=opacity)
    layer.ink(casing, _DARK, opacity=0.55)
    layer.ink(stroke, region.structure.rgb)


def _draw_caliper(layer: Layer, line: Line, scale: float, thickness: int) -> None:
    points = line.points
    tick = 4 * thickness / scale
    strokes = [points]
    ends = () if line.via else ((points[0], points[1]), (points[-1], points[-2]))
    for end, inner in ends:  # a traced line is no caliper: it gets no ticks, and is thin
        along = inner - end
        length = float(np.hypot(*along))
        across = np.array([-along[1], along[0]]) / length if length else np.array([0.0, 1.0])
        strokes.append(np.array([end - across * tick, end + across * tick]))
    for colour, extra, opacity in ((_DARK, 2, 0.7), (_WHITE, 0, 1.0)):
        coverage = layer.blank()
        for stroke in strokes:
            width = (1 if line.via else max(1, thickness - 1)) + extra
            curve = _fixed(stroke, scale)[:, None]
            cv2.polylines(coverage, [curve], False, 255, width, cv2.LINE_AA, _SUBPIXEL_BITS)
        layer.ink(coverage, colour, opacity=opacity)


def _draw_landmark(layer: Layer, mark: Landmark, scale: float, thickness: int) -> None:
    centre = _fixed(np.array([mark.point]), scale)[0]
    for colour, radius in ((_DARK, 3 * thickness + 1), (_WHITE, 3 * thickness)):
        coverage = layer.blank()
        fixed = radius << _SUBPIXEL_BITS
        cv2.circle(
            coverage, centre.tolist(), fixed, 255, max(1, thickness), cv2.LINE_AA, _SUBPIXEL_BITS
        )
        layer.ink(coverage, colour)


def _draw_labels(
    layer: Layer, regions: list[Region], labels: dict[str, str], scale: float, thickness: int
) -> None:
    size_px = max(13, round(max(layer.size) / 52))
    texts = [text_mask(labels[region.identifier], size_px) for region in regions]
    pad = max(3, size_px // 4)
    sizes = [(t.shape[0] + 2 * pad, t.shape[1] + 3 * pad + pad // 2 + 2) for t in texts]
    anchors = [_bounds(region, scale) for region in regions]
    gap = 3.0 * thickness + 2
    boxes = place_labels(anchors, sizes, layer.size, gap=gap)
    for region, text, box, anchor in zip(regions, texts, boxes, anchors, strict=True):
        if not box.grown(2.5 * gap).overlap(anchor):
            _draw_leader(layer, box, anchor, region.structure.rgb, thickness)
        _draw_label(layer, text, box, region.structure.rgb, pad)


def _bounds(region: Region, scale: float) -> Box:
    """Bounds of the largest part, in picture pixels."""
    points = (outlines(region.mask)[0].points + 0.5) * scale
    (top, left), (bottom, right) = points.min(axis=0), points.max(axis=0)
    return Box(float(top), float(left), float(bottom - top), float(right - left))


def _draw_leader(layer: Layer, box: Box, anchor: Box, rgb: RGB, thickness: int) -> None:
    coverage = layer.blank()
    start, end = box.centre, anchor.centre
    points = [(round(column), round(row)) for row, column in (start, end)]
    cv2.line(coverage, points[0], points[1], 255, max(1, thickness - 1), cv2.LINE_AA)
    layer.ink(coverage, rgb)


def _draw_label(layer: Layer, text: Pixels8, box: Box, rgb: RGB, pad: int) -> None:
    rows, columns = layer.size
    top, left = round(box.top), round(box.left)
    bottom, right = min(rows, round(box.bottom)), min(columns, round(box.right))
    plate, bar, letters = layer.blank(), layer.blank(), layer.blank()
    plate[top:bottom, left:right] = 255
    bar[top:bottom, left : min(right, left + max(3, pad))] = 255
    y, x = top + pad, left + max(3, pad) + pad
    part = letters[y : y + text.shape[0], x : x + text.shape[1]]
    part[...] = text[: part.shape[0], : part.shape[1]]
    layer.ink(plate, _DARK, opacity=_LABEL_BACKGROUND_OPACITY)
    layer.ink(bar, rgb)
    layer.ink(letters, _WHITE)
