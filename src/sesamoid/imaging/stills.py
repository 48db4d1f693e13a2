"""PNG, JPEG and BMP pictures as images of one frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from sesamoid.errors import UnreadableImage
from sesamoid.imaging.detect import Format
from sesamoid.imaging.dicom.pixels import grey_if_equal
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.image import Image, Provenance
from sesamoid.imaging.limits import check_memory
from sesamoid.imaging.orientation import upright
from sesamoid.imaging.quiet import reading

_ORIENTATION_TAG = 274
_DAMAGED_FIX = "copy or export it again."


def read_still(path: Path, kind: Format) -> Image:
    """A PNG, JPEG or BMP as one frame; grey where its channels are equal.

    The stored bit depth is kept. A palette is applied, alpha is dropped, the EXIF orientation is
    applied. Its resolution in dots per inch is that of a printer, so no spacing is taken from it.

    Raises
    ------
    UnreadableImage
        Where it is damaged or too large.
    """
    with (
        reading(path, f"the {kind.value} file is damaged", fix=_DAMAGED_FIX),
        Pillow.open(path) as picture,
    ):
        columns, rows = picture.size
        check_memory(rows * columns * 8, path)
        picture.load()
        orientation = int(picture.getexif().get(_ORIENTATION_TAG, 1) or 1)
        pixels, notes = _pixels(picture, path)
        if "dpi" in picture.info or "aspect" in picture.info:
            notes.append("the print resolution in the file is not taken as a pixel spacing")
    if pixels.ndim == 3:
        pixels, was_grey = grey_if_equal(pixels)
        if was_grey:
            notes.append("the three colour channels are equal: read as grey")
    pixels = upright(pixels[None], orientation)
    if orientation not in (0, 1):
        notes.append(f"turned upright by its EXIF orientation {orientation}")
    return Image(
        pixels=pixels,
        provenance=Provenance(
            path=path, format=kind.value, sha256=sha256_of(path), notes=tuple(notes)
        ),
    )


def _pixels(picture: Pillow.Image, path: Path) -> tuple[NDArray[np.generic], list[str]]:
    """(rows, columns[, 3]) in the stored depth, and notes."""
    notes: list[str] = []
    deep = _deep_colour(path)
    if deep is not None:
        return _without_alpha(deep, notes), notes
    mode = picture.mode
    if mode == "P":
        notes.append("the colour palette was applied")
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif mode == "1":
        picture = picture.convert("L")
    elif mode in ("CMYK", "YCbCr", "LAB", "HSV", "RGBX", "RGBa"):
        picture = picture.convert("RGB")
        notes.append(f"{mode} was turned into RGB")
    elif mode not in ("L", "LA", "RGB", "RGBA", "I;16", "I;16B", "I;16L", "I", "F"):
        raise UnreadableImage(
            f"its colour mode {mode!r} is not supported",
            path=path,
            fix="save it as grey or RGB.",
        )
    pixels = np.array(picture)
    if pixels.dtype == np.int32 and pixels.min(initial=0) >= 0 and pixels.max(initial=0) <= 65535:
        pixels = pixels.astype(np.uint16)
    if pixels.dtype.byteorder == ">":
        pixels = pixels.astype(pixels.dtype.newbyteorder("="))
    return _without_alpha(pixels, notes), notes


def _without_alpha(pixels: NDArray[np.generic], notes: list[str]) -> NDArray[np.generic]:
    if pixels.ndim == 2 or pixels.shape[-1] == 3:
        return pixels
    alpha = pixels[..., -1]
    seen = "" if alpha.size and alpha.min() == alpha.max() else "; some pixels were see-through"
    notes.append(f"the alpha channel was dropped{seen}")
    return pixels[..., 0] if pixels.shape[-1] == 2 else pixels[..., :3]


def _deep_colour(path: Path) -> NDArray[np.generic] | None:
    """A 16-bit colour or grey-alpha PNG, which Pillow would cut down to 8 bits; else None."""
    with path.open("rb") as stream:
        head = stream.read(26)
    if not head.startswith(b"\x89PNG") or len(head) < 26 or head[24] != 16 or head[25] == 0:
        return None
    data = np.fromfile(path, dtype=np.uint8)
    decoded = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    if decoded is None or decoded.dtype != np.uint16:
        raise UnreadableImage("the PNG file is damaged", path=path, fix=_DAMAGED_FIX)
    if decoded.ndim == 3:
        order = [2, 1, 0, 3][: decoded.shape[-1]]
        decoded = decoded[..., order]
    return np.ascontiguousarray(decoded)
