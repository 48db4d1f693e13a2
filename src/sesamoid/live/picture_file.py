"""Kept pictures: PNG files that carry what is known of them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL.PngImagePlugin import PngInfo

from sesamoid.errors import DataError, OutputError
from sesamoid.imaging.atomic import atomic_path
from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.redaction import redact

PICTURES = "frames"
TEXT = "sesamoid"
"""Key of the PNG's text in which the record's line is repeated."""


def write_picture(
    folder: Path,
    line: Mapping[str, Any],
    pixels: NDArray[np.uint8],
    labels: NDArray[np.uint8] | None = None,
) -> dict[str, Any]:
    """Write a picture and its labels into a session's folder, each whole or not at all.

    The picture comes last: where it is there, all of it is.

    Parameters
    ----------
    folder : Path
    line : mapping
        With ``"name"``, of the files.
    pixels : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
    labels : ndarray of uint8, shape (rows, columns), optional

    Returns
    -------
    dict
        The line with ``"picture"``, ``"labels"`` and ``"sha256"`` of the picture's pixels.
    """
    name = str(line["name"])
    whole = dict(line)
    whole["picture"] = f"{PICTURES}/{name}.png"
    whole["labels"] = None if labels is None else f"{PICTURES}/{name}_labels.png"
    whole["sha256"] = pixel_digest(pixels)
    if labels is not None:
        _write(folder / str(whole["labels"]), labels, None)
    _write(folder / str(whole["picture"]), pixels, whole)
    return whole


def read_picture(path: Path) -> NDArray[np.uint8]:
    """The pixels of a kept picture or its labels; DataError where it is damaged or gone."""
    try:
        with Pillow.open(path) as picture:
            return np.array(picture, dtype=np.uint8)
    except (OSError, ValueError, SyntaxError) as error:
        raise DataError(
            f"the kept picture cannot be read ({error})", path=path, fix="restore it from a copy."
        ) from error


def read_scan(path: Path) -> NDArray[np.uint8]:
    """The pixels of a kept picture as they may leave the house: black beside the scan.

    A device, a video or a still shows the whole screen, and a name may stand on it. Where the scan
    lies is in the picture's own line; one that does not say is left as it is.
    """
    pixels = read_picture(path)
    try:
        box = line_of(path).get("scan")
    except DataError:
        box = None
    if box is None or tuple(box[2:]) == pixels.shape[:2]:
        return pixels
    return np.asarray(redact(pixels[None], (Crop(*box),))[0], dtype=np.uint8)


def line_of(picture: Path) -> dict[str, Any]:
    """The line that a kept picture carries in itself.

    Raises
    ------
    DataError
        It carries none.
    """
    try:
        with Pillow.open(picture) as opened:
            line = json.loads(opened.text[TEXT])  # type: ignore[attr-defined]
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise DataError("the kept picture does not say what it is", path=picture) from error
    return dict(line)


def orphans(folder: Path, known: set[str]) -> Iterator[dict[str, Any]]:
    """Lines of whole pictures that no line names: the program was killed between the two."""
    for path in sorted((folder / PICTURES).glob("*.png")):
        if path.name.startswith(".") or f"{PICTURES}/{path.name}" in known:
            continue
        try:
            with Pillow.open(path) as picture:
                text = picture.text.get(TEXT)  # type: ignore[attr-defined]
            line = json.loads(text) if text else None
        except (OSError, ValueError, SyntaxError):
            continue
        if not isinstance(line, dict) or line.get("picture") != f"{PICTURES}/{path.name}":
            continue
        if line.get("sha256") == pixel_digest(read_picture(path)):
            yield line


def clear_unfinished(folder: Path) -> None:
    """Remove what a killed program was still writing."""
    for path in (folder / PICTURES).glob(".writing-*"):
        path.unlink(missing_ok=True)


def pixel_digest(pixels: NDArray[np.uint8]) -> str:
    """SHA-256 of shape and pixels."""
    shape = "x".join(map(str, pixels.shape)).encode()
    return hashlib.sha256(shape + np.ascontiguousarray(pixels).tobytes()).hexdigest()


def _write(path: Path, pixels: NDArray[np.uint8], line: Mapping[str, Any] | None) -> None:
    info = PngInfo()
    if line is not None:
        info.add_itxt(TEXT, json.dumps(line, ensure_ascii=False, allow_nan=False))
    packed = io.BytesIO()
    Pillow.fromarray(np.ascontiguousarray(pixels)).save(
        packed, "PNG", pnginfo=info, compress_level=4
    )
    with atomic_path(path) as temporary:
        try:
            temporary.write_bytes(packed.getvalue())
        except OSError as error:
            raise OutputError(
                f"the picture cannot be kept ({error.strerror or error}); "
                "what was kept before is safe",
                path=path,
                fix="make room on the disk and start again with the same folder to go on.",
            ) from error
