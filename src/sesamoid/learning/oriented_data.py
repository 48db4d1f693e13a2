"""Images on which some structures are labelled and others are not, as network canvases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.imaging.letterbox import Letterbox, content_box
from sesamoid.learning.canvases import Canvas, Item, VariedCanvases
from sesamoid.learning.recipe import SegmentationRecipe
from sesamoid.measure.line_direction import line_direction

LINE_SHARE = 0.3
"""Share of a canvas pixel that a thin stroke must cover to be kept when the image is shrunk."""
SMALLEST_COHERENCE = 0.5


@dataclass(frozen=True)
class PartlyLabelled:
    """An image with a mask for each structure that is labelled on it.

    Parameters
    ----------
    name : str
    grey : ndarray of shape (rows, columns)
    scan_area : Crop or None
        Console furniture lies outside.
    masks : tuple of ndarray of bool, or None
        One a structure, in the order of the model's structures; None: not labelled here.
    """

    name: str
    grey: NDArray[np.generic]
    scan_area: Crop | None
    masks: tuple[NDArray[np.bool_] | None, ...]

    @property
    def box(self) -> Crop:
        """The scan area less its black borders, as at run time."""
        area = self.scan_area or Crop(0, 0, *self.grey.shape)
        inner = content_box(self.grey[area.top : area.bottom, area.left : area.right])
        return inner.inside(area)


class OrientedCanvasDataset(VariedCanvases):
    """Canvases with masks, the places where they hold, and the direction of thin strokes.

    Items are float32: ``image`` (1, rows, columns), ``mask`` and ``labelled`` (structures, rows,
    columns), ``direction`` (2, rows, columns; cosine and sine of the doubled angle), and
    ``directed`` (1, rows, columns), 1 where the direction is known.

    Parameters
    ----------
    cases : sequence of PartlyLabelled
    recipe : SegmentationRecipe
    directed : int
        Which structure's strokes give the direction.
    augment : bool
    """

    def __init__(
        self,
        cases: Sequence[PartlyLabelled],
        recipe: SegmentationRecipe,
        *,
        directed: int,
        augment: bool,
    ) -> None:
        self._structures = len(cases[0].masks) if cases else 0
        self._directed = directed
        super().__init__([_canvas(case, recipe) for case in cases], recipe, augment=augment)

    def __getitem__(self, index: int) -> Item:
        image, label = self.varied(index)
        coded = np.ascontiguousarray(label[0])
        bits = [(coded >> bit) & 1 for bit in range(2 * self._structures)]
        masks, labelled = np.stack(bits[0::2]), np.stack(bits[1::2])
        # From the moved strokes: a direction turns with the image, whatever moved it.
        direction, coherence = line_direction(masks[self._directed].astype(bool))
        return {
            "image": torch.as_tensor(image, dtype=torch.float32),
            "mask": torch.as_tensor(masks, dtype=torch.float32),
            "labelled": torch.as_tensor(labelled, dtype=torch.float32),
            "direction": torch.as_tensor(direction),
            "directed": torch.as_tensor((coherence >= SMALLEST_COHERENCE).astype(np.float32)[None]),
        }


def _canvas(case: PartlyLabelled, recipe: SegmentationRecipe) -> Canvas:
    fit = Letterbox.fit(case.grey.shape, case.box, recipe.canvas_size)
    # Masks and where they hold go into the bits of one plane, so that geometry moves them once.
    coded = np.zeros(recipe.canvas_size, dtype=np.uint8)
    inside = np.zeros(recipe.canvas_size, dtype=bool)
    inside[fit.placed.top : fit.placed.bottom, fit.placed.left : fit.placed.right] = True
    for index, mask in enumerate(case.masks):
        if mask is not None:
            shrunk = np.asarray(fit.forward(mask.astype(np.float32))) >= LINE_SHARE
            coded |= (shrunk.astype(np.uint8) << (2 * index)) | (
                inside.astype(np.uint8) << (2 * index + 1)
            )
    return Canvas.of(case.grey, coded, fit)
