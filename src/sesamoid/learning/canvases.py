"""Images and labels as network canvases, held in memory, augmented on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.augmentation import geometry_transform, intensity_transform
from sesamoid.learning.recipe import SegmentationRecipe


@dataclass(frozen=True)
class _Canvas:
    image: NDArray[np.float32]
    label: NDArray[np.uint8]
    placed: Crop


class CanvasDataset(Dataset[dict[str, torch.Tensor]]):
    """Canvases of a recipe's size: float32 image (1, rows, columns), int64 label likewise.

    Parameters
    ----------
    cases : sequence of LabelledImage
    recipe : SegmentationRecipe
    augment : bool
        Vary each item anew each time it is taken.
    """

    def __init__(
        self, cases: Sequence[LabelledImage], recipe: SegmentationRecipe, *, augment: bool
    ) -> None:
        self._exponent = recipe.grey_exponent
        self._canvases = [self._prepare(case, recipe) for case in cases]
        self._intensity = intensity_transform(recipe.augmentation) if augment else None
        self._geometry = (
            geometry_transform(recipe.augmentation, recipe.canvas_size) if augment else None
        )

    @staticmethod
    def _prepare(case: LabelledImage, recipe: SegmentationRecipe) -> _Canvas:
        box = content_box(case.grey)
        fit = Letterbox.fit(case.grey.shape, box, recipe.canvas_size)
        image = fit.forward(case.grey).astype(np.float32)
        label = fit.forward(case.label, nearest=True).astype(np.uint8)
        peak = 255.0 if case.grey.dtype == np.uint8 else float(image.max())
        return _Canvas(image / np.float32(max(peak, 1e-6)), label, fit.placed)

    def seed(self, seed: int) -> None:
        """Make the augmentation repeatable."""
        if self._intensity is not None and self._geometry is not None:
            self._intensity.set_random_state(seed)
            self._geometry.set_random_state(seed + 1)

    def __len__(self) -> int:
        return len(self._canvases)

    def __getitem__(self, index: int) -> dict[str, torch.Tensor]:
        canvas = self._canvases[index]
        sample: dict[Any, Any] = {"image": canvas.image[None], "label": canvas.label[None]}
        if self._intensity is not None:
            sample = dict(self._intensity(sample))
        image = np.asarray(sample["image"])[0]
        sample["image"] = standardise(image, canvas.placed, grey_exponent=self._exponent)[None]
        if self._geometry is not None:
            sample = dict(self._geometry(sample))
        return {
            "image": torch.as_tensor(np.asarray(sample["image"]), dtype=torch.float32),
            "label": torch.as_tensor(np.asarray(sample["label"]), dtype=torch.int64),
        }
