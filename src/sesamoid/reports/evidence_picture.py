"""The model's evidence as a heat map over the image, with its colour bar."""

from __future__ import annotations

import cv2
import numpy as np

from sesamoid.errors import OutputError
from sesamoid.findings import Result
from sesamoid.reports.canvas import Pixels8, display_frame, display_scale, resized, text_mask

BACKGROUND_CLASSES = ("background",)
"""Classes whose evidence is not drawn unless asked for by name."""

_FULL_AT = 0.35  # evidence from which the heat map hides most of the image
_OPACITY = 0.68
_BACKGROUND = (16, 18, 22)
_TEXT = (232, 234, 237)


def evidence_classes(result: Result) -> tuple[str, ...]:
    """Classes that have an evidence map, background left out; empty where there is no map."""
    if result.evidence_map is None:
        return ()
    return tuple(name for name in result.evidence_classes if name not in BACKGROUND_CLASSES)


def draw_evidence(
    result: Result,
    class_name: str | None = None,
    *,
    frame: int = 0,
    largest_px: int | None = None,
) -> Pixels8:
    """One class's evidence over the frame, with a colour bar from 0 to 1 at its right.

    The colour map is viridis, perceptually uniform and safe for colour-blind eyes (Smith & van
    der Walt, matplotlib 2.0). Weak evidence is transparent, so that the image shows.

    Parameters
    ----------
    result : Result
        With `evidence_map`.
    class_name : str, optional
        One of ``result.evidence_classes``; the first but background where not given.
    frame : int
        The frame that was analysed.
    largest_px : int, optional
        Longest side of the picture; larger frames are reduced.

    Returns
    -------
    ndarray of uint8, shape (rows, columns, 3)

    Raises
    ------
    OutputError
        Where the result has no evidence map or no such class.
    """
    path = result.image.provenance.path
    if result.evidence_map is None:
        raise OutputError("the result has no evidence map", path=path)
    names = evidence_classes(result)
    name = class_name or (names[0] if names else "")
    if name not in result.evidence_classes:
        raise OutputError(
            f"there is no evidence for {name!r}; there is for {', '.join(names) or 'none'}",
            path=path,
        )
    evidence = np.clip(result.evidence_map[result.evidence_classes.index(name)], 0, 1)
    scale = display_scale(result.image.size, largest_px=largest_px)
    picture = resized(display_frame(result.image, frame), scale)
    heat = cv2.resize(
        evidence.astype(np.float32), picture.shape[1::-1], interpolation=cv2.INTER_LINEAR
    )
    alpha = (np.clip(heat / _FULL_AT, 0, 1) * _OPACITY)[..., None]
    blended = picture * (1 - alpha) + _viridis(heat) * alpha
    body = np.clip(np.rint(blended), 0, 255).astype(np.uint8)
    return np.hstack([body, _colour_bar(body.shape[0], body.shape[1], name)])


def _viridis(values: np.ndarray) -> Pixels8:
    codes = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    coloured = cv2.applyColorMap(codes, cv2.COLORMAP_VIRIDIS)
    return np.asarray(cv2.cvtColor(coloured, cv2.COLOR_BGR2RGB), np.uint8)


def _colour_bar(rows: int, columns: int, name: str) -> Pixels8:
    size_px = max(12, round(max(rows, columns) / 60))
    pad = size_px
    title = text_mask(f"Evidence for {name.replace('_', ' ')} (0 to 1)", size_px)
    ticks = [text_mask(f"{value:g}", size_px) for value in (1, 0.5, 0)]
    bar_width = round(size_px * 1.1)
    upright = np.rot90(title)
    while upright.shape[0] > rows - 2 * pad and size_px > 8:
        size_px -= 1
        upright = np.rot90(text_mask(f"Evidence for {name.replace('_', ' ')} (0 to 1)", size_px))
    tick_width = max(t.shape[1] for t in ticks)
    strip = np.empty(
        (rows, pad + bar_width + pad // 2 + tick_width + pad + upright.shape[1] + pad, 3)
    )
    strip[...] = _BACKGROUND
    top, bottom = pad, max(pad + 2, rows - pad)
    ramp = np.linspace(1, 0, bottom - top, dtype=np.float32)[:, None]
    strip[top:bottom, pad : pad + bar_width] = np.repeat(_viridis(ramp), bar_width, axis=1)
    x = pad + bar_width + pad // 2
    for text, share in zip(ticks, (0.0, 0.5, 1.0), strict=True):
        y = round(top + share * (bottom - top) - text.shape[0] / 2)
        _write(strip, text, y, x)
    _write(strip, upright, (rows - upright.shape[0]) // 2, x + tick_width + pad)
    return np.rint(strip).astype(np.uint8)


def _write(strip: np.ndarray, coverage: Pixels8, top: int, left: int) -> None:
    top = min(max(0, top), max(0, strip.shape[0] - coverage.shape[0]))
    part = strip[top : top + coverage.shape[0], left : left + coverage.shape[1]]
    alpha = coverage[: part.shape[0], : part.shape[1], None] / 255.0
    part[...] = part * (1 - alpha) + np.asarray(_TEXT) * alpha
