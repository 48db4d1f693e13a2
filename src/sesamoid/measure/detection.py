"""Whether structures were found at all, whatever the quality of their outline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from sesamoid.errors import SesamoidError
from sesamoid.measure.overlap import iou

FOUND_IOU = 0.5
"""A true structure counts as found from this intersection over union on: the PASCAL VOC rule
(Everingham 2010); at 0.5 or more a match is unique."""


@dataclass(frozen=True)
class Detections:
    """Counts that add up over images.

    Parameters
    ----------
    found : int
        True structures with a matching prediction.
    missed : int
        True structures without.
    spurious : int
        Predictions without a true structure.
    """

    found: int
    missed: int
    spurious: int

    def __add__(self, other: Detections) -> Detections:
        return Detections(
            self.found + other.found, self.missed + other.missed, self.spurious + other.spurious
        )

    @property
    def sensitivity(self) -> float:
        """Share of true structures that were found; nan where there were none."""
        total = self.found + self.missed
        return self.found / total if total else math.nan

    @property
    def precision(self) -> float:
        """Share of predictions that are true; nan where nothing was predicted."""
        total = self.found + self.spurious
        return self.found / total if total else math.nan


def match(
    predicted: Sequence[NDArray[np.bool_]],
    true: Sequence[NDArray[np.bool_]],
    *,
    minimal_iou: float = FOUND_IOU,
) -> Detections:
    """Match predicted to true structures of one image, one to one.

    Parameters
    ----------
    predicted, true : sequence of ndarray of bool
        One mask per structure, all of one shape.
    minimal_iou : float
        In (0, 1]; pairs below it do not match. The assignment maximises the number of matches
        (Hungarian method), so the order of the masks does not matter.
    """
    if not 0 < minimal_iou <= 1:
        raise SesamoidError(f"minimal_iou is {minimal_iou}, not in (0, 1]")
    if not predicted or not true:
        return Detections(0, len(true), len(predicted))
    good = np.array([[iou(p, t) >= minimal_iou for t in true] for p in predicted])
    rows, columns = linear_sum_assignment(good, maximize=True)
    found = int(np.count_nonzero(good[rows, columns]))
    return Detections(found, len(true) - found, len(predicted) - found)
