"""What can be asked about a picture: the labelled parts that it shows."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import LabelGroup, LabelPart, Plane
from sesamoid.server.teaching.gallery import TeachingPicture


@dataclass(frozen=True)
class ShownPart:
    """A labelled part that a picture shows.

    Parameters
    ----------
    group : LabelGroup
    part : LabelPart
    area_mm2 : float
        Of what is shown.
    point : (row, column)
        Well inside of it.
    centre : (row, column)
        Of all of it.
    """

    group: LabelGroup
    part: LabelPart
    area_mm2: float
    point: tuple[float, float]
    centre: tuple[float, float]

    @property
    def key(self) -> str:
        """Key of the part: ``"MN"``, ``"D&Ss:index"``."""
        return self.part.key


def shown_parts(picture: TeachingPicture, *, smallest_mm2: float) -> tuple[ShownPart, ...]:
    """The parts of which at least that much is shown, in the order of the plane's labels."""
    pixel = picture.spacing_mm[0] * picture.spacing_mm[1]
    found = []
    for group in picture.plane.labels.values():
        for part in group.parts:
            mask = picture.mask(part.structures)
            area = float(np.count_nonzero(mask)) * pixel
            if area < smallest_mm2:
                continue
            rows, columns = np.nonzero(mask)
            centre = float(rows.mean()), float(columns.mean())
            found.append(ShownPart(group, part, area, inner_point(mask), centre))
    return tuple(found)


def inner_point(mask: NDArray[np.bool_]) -> tuple[float, float]:
    """The place in a mask that is farthest from its edge, as (row, column)."""
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    row, column = np.unravel_index(int(depth.argmax()), depth.shape)
    return float(row - 1), float(column - 1)


def distance_mm(
    picture: TeachingPicture, part: LabelPart, row: float, column: float
) -> float | None:
    """From a place to the nearest pixel of a part; 0 inside, None where nothing of it is shown."""
    rows, columns = np.nonzero(picture.mask(part.structures))
    if not rows.size:
        return None
    down, right = picture.spacing_mm
    away = np.hypot((rows - row) * down, (columns - column) * right)
    # Half a pixel: a place on the edge is inside.
    return max(0.0, float(away.min()) - max(down, right) / 2)


def part_of(plane: Plane, key: str) -> tuple[LabelGroup, LabelPart]:
    """A part of a plane by its key; KeyError where there is none."""
    for group in plane.labels.values():
        for part in group.parts:
            if part.key == key:
                return group, part
    raise KeyError(key)


def capitalised(text: str) -> str:
    """A title as the start of a line; the rest keeps its case (MCP, A1)."""
    return text[:1].upper() + text[1:]
