"""Images and labels as network canvases, held in memory, augmented on the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, Sampler

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.imaging.raw_dataset import LabelledImage
from sesamoid.learning.augmentation import geometry_transform, intensity_transform
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.learning.rounds import RoundSampler, ShuffledPasses

Item = dict[str, torch.Tensor]


@dataclass(frozen=True)
class Canvas:
    """An image in a canvas: float32 0 to 1, what is labelled on it, and where the scan lies."""

    image: NDArray[np.float32]
    label: NDArray[np.uint8]
    placed: Crop

    @classmethod
    def of(cls, grey: NDArray[np.generic], label: NDArray[np.uint8], fit: Letterbox) -> Canvas:
        """An image brought into a canvas; `label` lies in it already."""
        image = fit.forward(grey).astype(np.float32)
        peak = 255.0 if grey.dtype == np.uint8 else float(image.max())
        return cls(image / np.float32(max(peak, 1e-6)), label, fit.placed)


class VariedCanvases(Dataset[Item]):
    """Canvases, varied anew each time one is taken where `augment` is set.

    A subclass says what an item is.

    Parameters
    ----------
    canvases : sequence of Canvas
    recipe : SegmentationRecipe
    augment : bool
    """

    def __init__(
        self, canvases: Sequence[Canvas], recipe: SegmentationRecipe, *, augment: bool
    ) -> None:
        self._exponent = recipe.grey_exponent
        self._canvases = canvases
        self._intensity = intensity_transform(recipe.augmentation) if augment else None
        self._geometry = (
            geometry_transform(recipe.augmentation, recipe.canvas_size) if augment else None
        )

    def seed(self, seed: int) -> None:
        """Make the augmentation repeatable."""
        if self._intensity is not None and self._geometry is not None:
            self._intensity.set_random_state(seed)
            self._geometry.set_random_state(seed + 1)

    def __len__(self) -> int:
        return len(self._canvases)

    def varied(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Standardised image and label, each (1, rows, columns)."""
        canvas = self._canvases[index]
        sample: dict[Any, Any] = {"image": canvas.image[None], "label": canvas.label[None]}
        if self._intensity is not None:
            sample = dict(self._intensity(sample))
        image = np.asarray(sample["image"])[0]
        sample["image"] = standardise(image, canvas.placed, grey_exponent=self._exponent)[None]
        if self._geometry is not None:
            sample = dict(self._geometry(sample))
        return np.asarray(sample["image"]), np.asarray(sample["label"])


class CanvasDataset(VariedCanvases):
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
        canvases = []
        for case in cases:
            fit = Letterbox.fit(case.grey.shape, content_box(case.grey), recipe.canvas_size)
            label = fit.forward(case.label, nearest=True).astype(np.uint8)
            canvases.append(Canvas.of(case.grey, label, fit))
        super().__init__(canvases, recipe, augment=augment)

    def __getitem__(self, index: int) -> Item:
        image, label = self.varied(index)
        return {
            "image": torch.as_tensor(image, dtype=torch.float32),
            "label": torch.as_tensor(label, dtype=torch.int64),
        }


class CanvasRow(Dataset[Item]):
    """Canvases in an endless row; picture and variation at a place depend on nothing else.

    Parameters
    ----------
    data : VariedCanvases
    seed : int
    """

    def __init__(self, data: VariedCanvases, seed: int) -> None:
        self.data, self.seed = data, seed
        self._row = ShuffledPasses(np.arange(len(data)), seed)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, place: int) -> Item:
        own = np.random.SeedSequence([self.seed, place]).generate_state(1)[0]
        self.data.seed(int(own))
        return self.data[self._row.at(place)]


def in_rounds(
    data: VariedCanvases, recipe: SegmentationRecipe
) -> tuple[Dataset[Item], Sampler[int] | None]:
    """What an epoch of `recipe` takes from `data`: items, and which; None: each once, shuffled."""
    if not recipe.round_pictures:
        data.seed(recipe.seed)
        return data, None
    return CanvasRow(data, recipe.seed), RoundSampler(recipe.round_pictures)
