"""Augmentation for ultrasound: what another scanner, another hand or another person would change.

Intensity comes first, on values in 0..1; then standardising, as at run time; then geometry, so
that what lies outside the scan stays at 0, as the padding does at run time.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from monai.transforms import (
    Compose,
    RandAdjustContrastd,
    RandFlipd,
    RandGaussianNoised,
    RandGaussianSmoothd,
    RandomizableTransform,
)

Sample = Mapping[Hashable, Any]


@dataclass(frozen=True)
class AugmentationSettings:
    """How strongly training images are varied; 0 switches a part off.

    Parameters
    ----------
    flip : float
        Probability of a left-right mirror. Depth is never mirrored.
    rotation_deg, scale, shift : float
        Largest rotation, largest relative change of size (rows and columns independently), and
        largest shift as a share of the canvas.
    elastic_px : float
        Largest displacement of the elastic grid's nodes.
    gamma : float
        Largest factor of the grey curve's exponent, up or down (1: off).
    noise, blur, speckle, gain : float
        Probability of additive noise, blur, multiplicative speckle, and an uneven gain
        (time-gain curve, loss of contact at an edge).
    """

    flip: float = 0.5
    rotation_deg: float = 15.0
    scale: float = 0.3
    shift: float = 0.1
    elastic_px: float = 4.0
    gamma: float = 2.0
    noise: float = 0.2
    blur: float = 0.25
    speckle: float = 0.25
    gain: float = 0.4


class _RandGreyd(RandomizableTransform, ABC):  # type: ignore[misc]
    """A random change of the grey values of one image, shape (1, rows, columns), 0..1."""

    def __init__(self, key: str, *, prob: float) -> None:
        RandomizableTransform.__init__(self, prob)
        self.key = key

    def __call__(self, data: Sample) -> dict[Hashable, Any]:
        """Return `data` with the image changed, or as it was."""
        out = dict(data)
        self.randomize(None)
        if self._do_transform:
            changed = self.changed(np.asarray(out[self.key]))
            out[self.key] = np.clip(changed, 0, 1).astype(np.float32)
        return out

    @abstractmethod
    def changed(self, image: np.ndarray) -> np.ndarray:
        """The image with other grey values, not yet clipped."""


class RandSpeckled(_RandGreyd):
    """Multiply by correlated noise, of the grain that speckle has after scan conversion."""

    def changed(self, image: np.ndarray) -> np.ndarray:
        """See the base class."""
        grain = self.R.uniform(0.6, 2.0)
        noise = self.R.standard_normal(image.shape[1:]).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.5 * grain, sigmaY=grain)
        noise /= noise.std() + 1e-6
        return np.asarray(image * (1 + self.R.uniform(0.05, 0.3) * noise))


class RandGaind(_RandGreyd):
    """Multiply by a smooth curve over depth and one over the aperture."""

    def changed(self, image: np.ndarray) -> np.ndarray:
        """See the base class."""
        rows, columns = image.shape[1:]
        overall = self.R.uniform(0.6, 1.5)
        depth = np.exp(self._curve(rows, 0.35))[:, None] * overall
        aperture = np.exp(self._curve(columns, 0.2))[None, :]
        if self.R.uniform() < 0.2:  # one edge of the probe off the skin
            width = int(columns * self.R.uniform(0.03, 0.15))
            ramp = np.ones(columns)
            ramp[:width] = np.linspace(0.1, 1, width)
            aperture = aperture * (ramp if self.R.uniform() < 0.5 else ramp[::-1])[None, :]
        return np.asarray(image * depth * aperture)

    def _curve(self, length: int, strength: float) -> np.ndarray:
        nodes = self.R.normal(0, strength, 4)
        return np.asarray(np.interp(np.linspace(0, 3, length), np.arange(4), nodes))


def intensity_transform(settings: AugmentationSettings) -> Compose:
    """Changes of grey values; image of shape (1, rows, columns) in 0..1 under ``"image"``."""
    steps: list[Any] = []
    if settings.gain:
        steps.append(RandGaind("image", prob=settings.gain))
    if settings.gamma > 1:
        steps.append(
            RandAdjustContrastd("image", prob=0.4, gamma=(1 / settings.gamma, settings.gamma))
        )
    if settings.speckle:
        steps.append(RandSpeckled("image", prob=settings.speckle))
    if settings.blur:
        steps.append(
            RandGaussianSmoothd("image", prob=settings.blur, sigma_x=(0.4, 1.5), sigma_y=(0.4, 1.5))
        )
    if settings.noise:
        steps.append(RandGaussianNoised("image", prob=settings.noise, std=0.05))
    return Compose(steps)


class RandPlaced(RandomizableTransform):  # type: ignore[misc]
    """Rotate, scale, shift and bend image and label together, in one resampling.

    MONAI's Rand2DElastic does the same in ten times the time, a quarter of a training step here.
    """

    def __init__(
        self, settings: AugmentationSettings, canvas_size: tuple[int, int], *, prob: float = 0.85
    ) -> None:
        RandomizableTransform.__init__(self, prob)
        self.settings, self.canvas_size = settings, canvas_size
        rows, columns = np.indices(canvas_size, dtype=np.float32)
        self._rows = rows - (canvas_size[0] - 1) / 2
        self._columns = columns - (canvas_size[1] - 1) / 2

    def __call__(self, data: Sample) -> dict[Hashable, Any]:
        """Return `data` with image and label moved, or as they were."""
        out = dict(data)
        self.randomize(None)
        if not self._do_transform:
            return out
        to_rows, to_columns = self._map()
        for key, method in (("image", cv2.INTER_LINEAR), ("label", cv2.INTER_NEAREST)):
            plane = np.asarray(out[key])[0]
            out[key] = cv2.remap(plane, to_columns, to_rows, method, borderValue=0)[None]
        return out

    def _map(self) -> tuple[np.ndarray, np.ndarray]:
        s, (rows, columns) = self.settings, self.canvas_size
        angle = np.deg2rad(self.R.uniform(-s.rotation_deg, s.rotation_deg))
        zoom_rows, zoom_columns = 1 + self.R.uniform(-s.scale, s.scale, 2)
        shift_rows = self.R.uniform(-s.shift, s.shift) * rows + (rows - 1) / 2
        shift_columns = self.R.uniform(-s.shift, s.shift) * columns + (columns - 1) / 2
        sine, cosine = np.sin(angle), np.cos(angle)
        to_rows = (cosine * self._rows - sine * self._columns) * zoom_rows + shift_rows
        to_columns = (sine * self._rows + cosine * self._columns) * zoom_columns + shift_columns
        if s.elastic_px:
            strength = self.R.uniform(0, s.elastic_px)
            nodes = self.R.normal(0, strength, (2, max(3, rows // 40), max(3, columns // 40)))
            bend = [
                cv2.resize(n.astype(np.float32), (columns, rows), interpolation=cv2.INTER_CUBIC)
                for n in nodes
            ]
            to_rows, to_columns = to_rows + bend[0], to_columns + bend[1]
        return to_rows.astype(np.float32), to_columns.astype(np.float32)


def geometry_transform(settings: AugmentationSettings, canvas_size: tuple[int, int]) -> Compose:
    """Changes of place, the same for ``"image"`` and ``"label"``."""
    flip = RandFlipd(("image", "label"), prob=settings.flip, spatial_axis=1)
    return Compose([flip, RandPlaced(settings, canvas_size)])
