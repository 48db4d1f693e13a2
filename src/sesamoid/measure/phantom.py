"""The even part of a picture of a homogeneous phantom."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging import Crop
from sesamoid.measure.echogenicity_muscle import echogenicity_rule


@lru_cache(maxsize=1)
def phantom_rule() -> dict[str, Any]:
    """Sizes and limits, from ``phantom.yaml``."""
    text = resources.files("sesamoid.measure").joinpath("phantom.yaml").read_text("utf-8")
    rule: dict[str, Any] = yaml.safe_load(text)
    return rule


def even_part(
    grey: NDArray[np.generic], scan: Crop, *, row_mm: float, rule: dict[str, Any] | None = None
) -> Crop:
    """The longest run of depths at which left and right look alike and nothing clips.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        Grey levels 0..255 as stored.
    scan : Crop
        Where the picture is scan.
    row_mm : float
        Distance of two rows.
    rule : dict, optional
        In the form of ``phantom.yaml``; None: that file.

    Returns
    -------
    Crop
        The middle of the scan's width, over the longest run of even blocks of rows.

    Raises
    ------
    SesamoidError
        Too few even depths in one piece.
    """
    settings = rule if rule is not None else phantom_rule()
    low, high = settings["columns"]
    left = scan.left + round(low * scan.width)
    right = scan.left + round(high * scan.width)
    height = max(1, round(settings["block_mm"] / row_mm))
    tops = range(scan.top, scan.bottom - height + 1, height)
    blocks = [np.asarray(grey[top : top + height, left:right], dtype=float) for top in tops]
    start, length = _longest_run([_is_even(block, settings) for block in blocks])
    if length < settings["least_blocks"]:
        raise SesamoidError(
            f"no even part of the phantom was found: {length * height * row_mm:.0f} mm of even "
            f"depths in one piece, and {settings['least_blocks'] * settings['block_mm']:g} mm are "
            "needed",
            fix="mark it with --region TOP:BOTTOM,LEFT:RIGHT, or scan again with even contact.",
        )
    return Crop(scan.top + start * height, left, length * height, right - left)


def _is_even(block: NDArray[np.float64], settings: dict[str, Any]) -> bool:
    if block.shape[1] < 2:
        return False
    ends = echogenicity_rule()["clipped"]
    clipped = ((block <= ends["black_grey"]) | (block >= ends["white_grey"])).mean()
    half = block.shape[1] // 2
    apart = abs(block[:, :half].mean() - block[:, half:].mean())
    return bool(clipped <= ends["most"] and apart <= settings["unlike_grey"])


def _longest_run(even: list[bool]) -> tuple[int, int]:
    """(first, length) of the longest run of True."""
    best, start = (0, 0), 0
    for index, one in enumerate([*even, False]):
        if one:
            continue
        if index - start > best[1]:
            best = start, index - start
        start = index + 1
    return best
