"""Setting everything but the scan to black, so that burned-in names cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.furniture import find_scan_area
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.image import Image

WHOLE_SHARE = 0.98
"""Share of the picture from which a kept area says nothing about where text may stand."""


def area_to_keep(image: Image) -> tuple[tuple[Crop, ...], str]:
    """The rectangles that hold the scan, and where they come from.

    ``"ultrasound regions"`` of the file, else the area ``"found"`` in the picture. No rectangles
    where neither tells the scan from the rest of the picture.
    """
    stated = tuple(r.bounds for r in image.regions if r.kind != "graphics")
    if stated and _share(stated, image.size) < WHOLE_SHARE:
        return stated, "ultrasound regions"
    seen = find_scan_area(_without_regions(image))
    if seen is not None and _share((seen,), image.size) < WHOLE_SHARE:
        return (seen,), "found"
    return (), "not redacted"


def redact(
    pixels: NDArray[np.generic], keep: Sequence[Crop], *, black: int = 0
) -> NDArray[np.generic]:
    """A copy of `pixels` that is black outside the rectangles `keep`.

    Parameters
    ----------
    pixels : ndarray of shape (frames, rows, columns[, 3])
    keep : sequence of Crop
    black : int
        Value of black: 0, but the largest one in MONOCHROME1.
    """
    out = np.full_like(pixels, black)
    for crop in keep:
        area = (slice(None), slice(crop.top, crop.bottom), slice(crop.left, crop.right))
        out[area] = pixels[area]
    return out


def outside(keep: Sequence[Crop], size: tuple[int, int]) -> tuple[Crop, ...]:
    """Rectangles, none overlapping, that cover what no crop of `keep` covers in `size`."""
    rows, columns = size
    edges = sorted({0, rows, *(c.top for c in keep), *(c.bottom for c in keep)})
    found: list[Crop] = []
    for top, bottom in pairwise(edges):
        covering = sorted((c.left, c.right) for c in keep if c.top <= top and c.bottom >= bottom)
        start = 0
        for left, right in [*covering, (columns, columns)]:
            if left > start:
                found.append(Crop(top, start, bottom - top, left - start))
            start = max(start, right)
    return tuple(found)


def _share(keep: Sequence[Crop], size: tuple[int, int]) -> float:
    covered = np.zeros(size, dtype=bool)
    for crop in keep:
        covered[crop.top : crop.bottom, crop.left : crop.right] = True
    return float(covered.mean())


def _without_regions(image: Image) -> Image:
    return replace(image, regions=())
