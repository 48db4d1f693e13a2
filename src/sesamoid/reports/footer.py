"""The strip below a picture: scale bar and notice, outside the picture content."""

from __future__ import annotations

import numpy as np

from sesamoid.findings import Result
from sesamoid.reports.canvas import Pixels8, text_mask

NOTICE = "Sesamoid: not a medical device"

_BACKGROUND = (16, 18, 22)
_TEXT = (232, 234, 237)
_BAR_LENGTHS_MM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
_LARGEST_SHARE = 0.28  # of the picture's width that the bar may take


def spacing_for_scale(result: Result, frame: int) -> float | None:
    """Column spacing in mm for a scale bar; None where what is shown has no one calibration.

    That of what was measured: at the centre of the first region, else of the scan area, else of
    the picture.
    """
    rows, columns = result.image.size
    point = (rows / 2, columns / 2)
    region = next((r for r in result.regions if r.frame == frame and r.pixels), None)
    if region is not None:
        where = np.nonzero(region.mask)
        point = (float(where[0].mean()), float(where[1].mean()))
    elif result.scan_area is not None:
        area = result.scan_area
        point = (area.top + area.height / 2, area.left + area.width / 2)
    calibration = result.image.calibration((point,), frame=frame)
    return calibration.spacing_mm[1] if calibration.spacing_mm else None


def add_footer(picture: Pixels8, *, spacing_mm: float | None, scale: float = 1.0) -> Pixels8:
    """`picture` with the strip below it.

    Parameters
    ----------
    picture : ndarray, shape (rows, columns, 3)
    spacing_mm : float, optional
        Column spacing of the image's pixels; None: "not calibrated" in place of the bar.
    scale : float
        Picture pixels an image pixel.
    """
    columns = picture.shape[1]
    size_px = max(11, round(max(picture.shape[:2]) / 62))
    pad = round(size_px * 0.7)
    left = _scale_bar(columns, spacing_mm, scale, size_px, pad)
    right = text_mask(NOTICE, size_px)
    fits = left.shape[1] + right.shape[1] + 4 * pad <= columns
    line = max(left.shape[0], right.shape[0])
    height = pad + line + pad + (0 if fits else line + pad)
    coverage = np.zeros((height, columns), np.uint8)
    _lay(coverage, left, pad + (line - left.shape[0]) // 2, pad)
    if fits:
        _lay(coverage, right, pad + (line - right.shape[0]) // 2, columns - pad - right.shape[1])
    else:
        _lay(coverage, right, 2 * pad + line, pad)
    alpha = coverage[..., None] / 255.0
    strip = np.asarray(_BACKGROUND) * (1 - alpha) + np.asarray(_TEXT) * alpha
    return np.vstack([picture, np.rint(strip).astype(np.uint8)])


def _scale_bar(
    columns: int, spacing_mm: float | None, scale: float, size_px: int, pad: int
) -> Pixels8:
    if spacing_mm is None:
        return text_mask("not calibrated: no scale", size_px)
    per_mm = scale / spacing_mm
    fitting = [mm for mm in _BAR_LENGTHS_MM if mm * per_mm <= columns * _LARGEST_SHARE]
    if not fitting or fitting[-1] * per_mm < 8:
        return text_mask(f"{spacing_mm:.3g} mm per pixel", size_px)
    length_mm = fitting[-1]
    text = text_mask(f"{length_mm:g} mm", size_px)
    bar = round(length_mm * per_mm)
    thick = max(2, size_px // 7)
    height, middle = text.shape[0], text.shape[0] // 2
    out = np.zeros((height, bar + pad + text.shape[1]), np.uint8)
    out[middle - thick // 2 : middle - thick // 2 + thick, :bar] = 255
    tick = height // 3
    out[middle - tick : middle + tick + 1, :thick] = 255
    out[middle - tick : middle + tick + 1, bar - thick : bar] = 255
    out[:, bar + pad :] = text
    return out


def _lay(onto: Pixels8, part: Pixels8, top: int, left: int) -> None:
    target = onto[top : top + part.shape[0], max(0, left) : max(0, left) + part.shape[1]]
    target[...] = part[: target.shape[0], : target.shape[1]]
