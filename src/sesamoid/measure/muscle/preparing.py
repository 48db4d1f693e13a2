"""A scan made ready for finding directions: one working size, local contrast, nothing left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.settings import settings

Map = NDArray[np.float32]


@dataclass(frozen=True)
class Prepared:
    """A scan area at working size.

    Parameters
    ----------
    contrast : ndarray of float32, shape (rows, columns)
        Grey level minus local mean over local spread; 0 where left out.
    usable : ndarray of float32
        1 where there is echo that was not left out, else 0.
    box : Crop
        Where it lies in the frame.
    frame_size : tuple of int
    """

    contrast: Map
    usable: Map
    box: Crop
    frame_size: tuple[int, int]

    def on_frame(self, doubled: tuple[Map, Map], weight: Map) -> OrientationField:
        """Vectors at twice the angle (cosine, sine) and a weight, as a field on the frame.

        Maps may be coarser than the working size, and are then interpolated.
        """
        size = (self.box.width, self.box.height)
        cosine, sine = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR) for part in doubled)
        angle = (np.arctan2(sine, cosine) / 2 + np.pi / 2) % np.pi - np.pi / 2
        spread = cv2.resize(weight, size, interpolation=cv2.INTER_LINEAR)
        return OrientationField(
            angle=np.asarray(self.box.paste(angle, self.frame_size), dtype=np.float32),
            weight=np.asarray(self.box.paste(spread, self.frame_size), dtype=np.float32),
        )


def prepared(
    image: NDArray[np.generic],
    *,
    box: Crop | None = None,
    exclude: NDArray[np.bool_] | None = None,
) -> Prepared:
    """Shrink, level and mask a scan.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
        Grey levels, 0..255.
    box : Crop, optional
        The scan area; the whole frame where None.
    exclude : ndarray of bool, optional
        Aponeuroses, which are brighter than fascicles and run elsewhere.
    """
    if image.ndim != 2 or min(image.shape) < 16:
        raise SesamoidError(f"no directions can be found in an image of shape {image.shape}")
    frame_size = (int(image.shape[0]), int(image.shape[1]))
    area = box if box is not None else Crop(0, 0, *frame_size)
    limits: dict[str, Any] = settings()["orientation"]
    scale = min(1.0, limits["working_rows"] / area.height)
    size = (max(8, round(area.width * scale)), max(8, round(area.height * scale)))
    grey = _shrunk(image, area, size)
    left_out = np.zeros(grey.shape, dtype=np.float32)
    if exclude is not None:
        band = _shrunk(exclude.astype(np.uint8), area, size) > 0.25
        reach = 2 * round(limits["exclude_margin_px"]) + 1
        left_out = cv2.dilate(band.astype(np.float32), np.ones((reach, reach), np.uint8))
    keep = 1 - left_out
    near, wide = limits["contrast_px"], 2 * limits["contrast_px"]
    mean = _mean(grey, keep, near)
    spread = np.sqrt(np.maximum(_mean((grey - mean) ** 2, keep, wide), 0))
    contrast = (grey - mean) / (spread + np.float32(limits["contrast_floor"])) * keep
    silent = cv2.GaussianBlur(grey, (0, 0), near) < limits["silent_grey"]
    usable = keep * (1 - silent.astype(np.float32))
    return Prepared(contrast.astype(np.float32), usable.astype(np.float32), area, frame_size)


def _shrunk(image: NDArray[np.generic], box: Crop, size: tuple[int, int]) -> Map:
    part = image[box.top : box.bottom, box.left : box.right].astype(np.float32)
    shrunk: Map = cv2.resize(np.ascontiguousarray(part), size, interpolation=cv2.INTER_AREA)
    return shrunk


def _mean(values: Map, keep: Map, width: float) -> Map:
    """Local mean over what is kept."""
    total = cv2.GaussianBlur(values * keep, (0, 0), width)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(keep, (0, 0), width), 1e-3), np.float32)
