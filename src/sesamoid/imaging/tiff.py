"""TIFF pictures, multi-page TIFF as frames, and the calibration that ImageJ writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageSequence

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.dicom.pixels import grey_if_equal
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.image import Image, Provenance
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.orientation import swaps_axes, upright
from sesamoid.imaging.quiet import reading

MILLIMETRES = {
    "m": 1000.0,
    "cm": 10.0,
    "mm": 1.0,
    "um": 1e-3,
    "µm": 1e-3,
    "μm": 1e-3,
    "\\u00b5m": 1e-3,
    "micron": 1e-3,
    "microns": 1e-3,
    "micrometer": 1e-3,
    "nm": 1e-6,
    "inch": 25.4,
}
"""mm in a unit, as ImageJ writes it under Properties > Unit of length."""

_DAMAGED_FIX = "copy or export it again."


def read_tiff(path: Path) -> Image:
    """A TIFF; its pages are frames.

    Spacing is taken only where ImageJ wrote a unit of length; the resolution tags alone are those
    of a printer. The orientation tag is applied, and swaps the spacing with the axes.

    Raises
    ------
    UnreadableImage
        Where it is damaged, its pages differ in size, or its layout is not one of pictures.
    """
    with (
        reading(path, "the TIFF file is damaged", fix=_DAMAGED_FIX),
        tifffile.TiffFile(path) as tiff,
    ):
        page = tiff.pages.first
        _check_pages(tiff, path)
        series = tiff.series[0]
        check_memory(int(np.prod(series.shape)) * series.dtype.itemsize, path)
        pixels, notes = _frames(tiff, path)
        orientation = int(_tag(page, "Orientation") or 1)
        spacing, spacing_notes = _spacing(tiff)
        times = _times(tiff, len(pixels))
    notes.extend(spacing_notes)
    pixels = upright(pixels, orientation)
    if orientation != 1:
        notes.append(f"turned upright by its orientation tag {orientation}")
        if spacing is not None and swaps_axes(orientation):
            spacing = spacing[::-1]
    return Image(
        pixels=pixels,
        provenance=Provenance(path=path, format="TIFF", sha256=sha256_of(path), notes=tuple(notes)),
        spacing_mm=spacing,
        frame_times_s=times,
    )


def _tag(page: Any, name: str) -> Any:
    tag = page.tags.get(name)
    return None if tag is None else getattr(tag.value, "value", tag.value)


def _check_pages(tiff: Any, path: Path) -> None:
    sizes = {
        series.shape[-3:] if "S" in series.axes else series.shape[-2:] for series in tiff.series
    }
    if len(tiff.series) > 1:
        shapes = ", ".join(" x ".join(map(str, size)) for size in sorted(sizes))
        raise UnreadableImage(
            f"its pages differ in size or kind ({shapes})",
            path=path,
            fix="save one picture, or pages of equal size.",
        )


def _frames(tiff: Any, path: Path) -> tuple[NDArray[np.generic], list[str]]:
    """(frames, rows, columns[, 3]) in the stored depth, and notes."""
    page, series = tiff.pages.first, tiff.series[0]
    notes: list[str] = []
    axes = series.axes
    if "C" in axes and series.shape[axes.index("C")] > 1:
        raise UnreadableImage(
            f"it holds {series.shape[axes.index('C')]} separate channels (axes {axes})",
            path=path,
            fix="in ImageJ choose Image > Type > RGB Color, or save one channel.",
        )
    try:
        pixels = series.asarray()
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        return _frames_by_pillow(path), notes
    if "S" in axes:
        pixels = np.moveaxis(pixels, axes.index("S"), -1)
        pixels = pixels.reshape(-1, *pixels.shape[-3:])
    else:
        pixels = pixels.reshape(-1, *pixels.shape[-2:])
    photometric = page.photometric.name
    if photometric == "MINISWHITE":
        bits = int(page.bitspersample)
        pixels = ((1 << bits) - 1 - pixels.astype(np.int64)).astype(pixels.dtype)
        notes.append("white-is-zero was turned so that more is brighter")
    elif photometric == "PALETTE" and page.colormap is not None:
        pixels = (np.moveaxis(page.colormap, 0, -1)[pixels] >> 8).astype(np.uint8)
        notes.append("the colour palette was applied")
    if pixels.dtype == np.bool_:
        pixels = pixels.astype(np.uint8) * np.uint8(255)
    if pixels.ndim == 4 and pixels.shape[-1] in (2, 4):
        pixels = pixels[..., 0] if pixels.shape[-1] == 2 else pixels[..., :3]
        notes.append("the alpha channel was dropped")
    if pixels.ndim == 4:
        if pixels.shape[-1] != 3:
            raise UnreadableImage(
                f"it has {pixels.shape[-1]} samples a pixel", path=path, fix="save it as RGB."
            )
        pixels, was_grey = grey_if_equal(pixels)
        if was_grey:
            notes.append("the three colour channels are equal: read as grey")
    return pixels, notes


def _frames_by_pillow(path: Path) -> NDArray[np.generic]:
    """Pages of a compression that needs libtiff (LZW, JPEG, CCITT)."""
    with Pillow.open(path) as picture:
        pages = []
        for page in ImageSequence.Iterator(picture):
            plain = page.mode in ("L", "RGB", "I;16", "I;16B", "F", "I")
            array = np.array(page if plain else page.convert("L" if page.mode == "1" else "RGB"))
            pages.append(array.astype(array.dtype.newbyteorder("=")))
    pixels: NDArray[np.generic] = np.stack(pages)
    return grey_if_equal(pixels)[0] if pixels.ndim == 4 else pixels


def _spacing(tiff: Any) -> tuple[tuple[float, float] | None, list[str]]:
    page = tiff.pages.first
    resolution = [_resolution(page, name) for name in ("YResolution", "XResolution")]
    imagej = tiff.imagej_metadata or {}
    unit = str(imagej.get("unit") or "").strip()
    scale = MILLIMETRES.get(unit) or MILLIMETRES.get(unit.lower())
    rows, columns = resolution
    if scale is not None and rows is not None and columns is not None:
        return (scale / rows, scale / columns), [f"spacing from ImageJ, unit {unit}"]
    if rows is not None and not imagej:
        return None, ["the print resolution in the file is not taken as a pixel spacing"]
    return None, []


def _resolution(page: Any, name: str) -> float | None:
    value = _tag(page, name)
    if not isinstance(value, tuple) or len(value) != 2 or value[1] == 0 or value[0] == 0:
        return None
    return float(value[0]) / float(value[1])


def _times(tiff: Any, frames: int) -> NDArray[np.float64] | None:
    imagej = tiff.imagej_metadata or {}
    interval = imagej.get("finterval")
    if frames < 2 or not imagej.get("frames") or not isinstance(interval, int | float):
        return None
    return np.arange(frames, dtype=np.float64) * float(interval) if interval > 0 else None
