"""The kept pictures of an exam, for a page that shows them again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.imaging import Outlines
from sesamoid.live.checklist import kept_from_line
from sesamoid.live.picture_file import PICTURES, line_of, read_picture
from sesamoid.server.access import NotFound
from sesamoid.server.scanning.encoding import jpeg_of
from sesamoid.server.scanning.outlines import outlines
from sesamoid.server.scanning.view import grade_view, outline_view

THUMBNAIL = (72, 96)
"""(rows, columns) at most."""


def picture_path(folder: Path, number: int) -> Path:
    """The file of a kept picture by its number in the exam.

    Raises
    ------
    NotFound
    """
    found = sorted((folder / PICTURES).glob(f"{number:04d}_*.png"))
    pictures = [path for path in found if not path.stem.endswith("_labels")]
    if not pictures:
        raise NotFound("there is no such picture", fix="look at the checklist.")
    return pictures[0]


@lru_cache(maxsize=256)
def thumbnail(path: Path) -> bytes:
    """A small JPEG; a kept picture never changes."""
    picture = read_picture(path)
    rows, columns = picture.shape[:2]
    share = max(THUMBNAIL[0] / rows, THUMBNAIL[1] / columns)
    size = (max(1, round(columns * share)), max(1, round(rows * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    top, left = (max(0, (small.shape[axis] - THUMBNAIL[axis]) // 2) for axis in (0, 1))
    part = small[top : top + THUMBNAIL[0], left : left + THUMBNAIL[1]]
    return jpeg_of(np.asarray(part, dtype=np.uint8), quality=80)


def about_picture(path: Path, protocol: Protocol) -> dict[str, Any]:
    """What a page draws over it, in the form of a live frame's header."""
    kept = kept_from_line(line_of(path), path.parent.parent)
    labels = kept.label_map()
    shapes = (
        ()
        if labels is None
        else outlines(Outlines.of(labels), kept.label_names, protocol.plane(kept.plane))
    )
    shape = read_picture(path).shape
    spacing = kept.spacing_mm
    return {
        "number": kept.number,
        "rows": int(shape[0]),
        "columns": int(shape[1]),
        "mm": None if spacing is None else list(spacing),
        "grade": None if kept.grade is None else grade_view(kept.grade),
        "outlines": [outline_view(one) for one in shapes],
    }
