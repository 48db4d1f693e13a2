"""Packed pictures as batches: varied on the way out, the same whenever a round is run again."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from sesamoid.learning.joint_augmentation import (
    Placing,
    draw_placing,
    usual_placing,
    vary_grey,
)
from sesamoid.learning.joint_pack import JointPack
from sesamoid.learning.joint_recipe import JointRecipe
from sesamoid.learning.rounds import ShuffledPasses
from sesamoid.models.joint_input import joint_input
from sesamoid.models.joint_task import ASPECTS, JointTask

UNKNOWN_WHEN_CUT = ("depth_cut", "visibility", "quality")
"""Of a part whose picture is cut below; contact above it is as it was."""


class JointDataset(Dataset[dict[str, torch.Tensor]]):
    """Canvases with targets.

    Items: ``image`` float32 (1, rows, columns), ``scalars`` float32, ``label`` uint8 (rows,
    columns), ``labelled`` bool, ``nearest`` int64, and float32 ``inside``, ``reversed``,
    ``pose``, ``parts``, ``picture``; NaN and -1 stand for what is not known.

    Parameters
    ----------
    pack : JointPack
    which : ndarray of int
        Indices of the pictures.
    task : JointTask
    recipe : JointRecipe
    canvas_size : (rows, columns)
        Up to that of the pack.
    augment : bool
        Where True, an index is a place in the row of `ShuffledPasses`.
    seed : int
    stretched : bool
        Scans fill the canvas whatever their shape; else they keep it.
    """

    def __init__(
        self,
        pack: JointPack,
        which: NDArray[np.intp],
        task: JointTask,
        recipe: JointRecipe,
        canvas_size: tuple[int, int],
        *,
        augment: bool,
        seed: int = 0,
        stretched: bool = False,
    ) -> None:
        self.pack, self.which, self.task, self.recipe = pack, which, task, recipe
        self.canvas_size, self.augment, self.seed = canvas_size, augment, seed
        self.stretched = stretched
        self._row = ShuffledPasses(which, seed)
        self._sign = np.array(
            [-1.0 if name in task.mirrored else 1.0 for name in task.picture], dtype=np.float32
        )
        self._unsure = [ASPECTS.index(name) for name in UNKNOWN_WHEN_CUT]

    def __len__(self) -> int:
        return len(self.which)

    def __getitem__(self, place: int) -> dict[str, torch.Tensor]:
        if not self.augment:
            index = int(self.which[place])
            placing = usual_placing(
                self.pack.placed(index), self.canvas_size, stretched=self.stretched
            )
            return self._item(index, placing, None)
        index = self._row.at(place)
        rng = np.random.default_rng([self.seed, place])
        settings = self.recipe.augmentation
        placing = draw_placing(
            self.pack.placed(index), self.canvas_size, settings, rng, stretched=self.stretched
        )
        return self._item(index, placing, rng)

    def _item(
        self, index: int, placing: Placing, rng: np.random.Generator | None
    ) -> dict[str, torch.Tensor]:
        settings, targets = self.recipe.augmentation, self.pack.targets
        canvas = placing.move(self.pack.images[index])
        label = placing.move(self.pack.labels[index], nearest=True)
        mm = self.pack.mm(index)
        if mm is not None:
            mm /= placing.scale
        if rng is not None:
            canvas = vary_grey(canvas.astype(np.uint8), settings, rng)
            mm = None if rng.random() < settings.forget_scale else mm
        image, scalars = joint_input(
            canvas, placing.placed, mm, grey_exponent=self.recipe.grey_exponent
        )
        held = {
            name: np.array(targets[name][index], dtype=np.float32)
            for name in ("inside", "reversed", "pose", "parts", "picture")
        }
        if placing.mirrored:
            held["reversed"] = np.float32(1) - held["reversed"]
            held["picture"] = held["picture"] * self._sign
        if placing.cut:
            held["parts"][:, self._unsure] = np.nan
            held["picture"][:] = np.nan
        return {
            "image": torch.from_numpy(image[None]),
            "scalars": torch.from_numpy(scalars),
            "label": torch.from_numpy(np.ascontiguousarray(label, dtype=np.uint8)),
            "labelled": torch.tensor(bool(targets["labelled"][index])),
            "nearest": torch.tensor(int(targets["nearest"][index])),
            **{name: torch.from_numpy(np.asarray(value)) for name, value in held.items()},
        }
