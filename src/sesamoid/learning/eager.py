"""A network run in PyTorch's eager mode on whole frames: what the runtime is compared with."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from sesamoid.cores import usable_cores
from sesamoid.imaging.letterbox import Letterbox, content_box, standardise
from sesamoid.learning.recipe import SegmentationRecipe


class EagerSegmenter:
    """The network of a recipe with fresh weights, which take as long as trained ones.

    Parameters
    ----------
    recipe : SegmentationRecipe
    classes : int
    threads : int
        0: all cores.
    """

    def __init__(self, recipe: SegmentationRecipe, *, classes: int, threads: int = 0) -> None:
        torch.set_num_threads(threads or usable_cores())
        self.recipe = recipe
        self.network = recipe.network.build(classes).eval()

    def probabilities(self, frame: NDArray[np.generic]) -> NDArray[np.float32]:
        """Class probabilities (classes, rows, columns) of a frame (rows, columns)."""
        rows, columns = frame.shape
        fit = Letterbox.fit((rows, columns), content_box(frame), self.recipe.canvas_size)
        image = standardise(fit.forward(frame), fit.placed, grey_exponent=self.recipe.grey_exponent)
        canvas = torch.from_numpy(image)[None, None]
        with torch.inference_mode():
            maps = self.network(canvas).softmax(dim=1)[0].numpy()
        return fit.back(maps)
