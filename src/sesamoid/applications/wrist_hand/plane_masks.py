"""From a map of classes to the parts of a plane: which fingers' tendons, which sesamoid."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane
from sesamoid.imaging.outlines import values_in

from .rules import AssessingRules, assessing_rules

Mask = NDArray[np.bool_]
SMALLEST_RUN = 0.15
"""A run of columns with less than this share of the largest one's pixels is a stray patch."""


@dataclass(frozen=True)
class PlaneMasks:
    """The parts of one plane on one frame.

    Parameters
    ----------
    masks : dict of str to ndarray of bool, shape (rows, columns)
        By part key, optional parts included; only those of which something is outlined.
    """

    masks: dict[str, Mask]

    def area_mm2(self, key: str, spacing_mm: tuple[float, float] | None) -> float | None:
        """Area of a part; None without calibration."""
        if spacing_mm is None:
            return None
        mask = self.masks.get(key)
        count = 0 if mask is None else int(np.count_nonzero(mask))
        return count * spacing_mm[0] * spacing_mm[1]

    def greys(self, keys: Collection[str], scan: NDArray[np.uint8]) -> dict[str, float]:
        """Mean grey of those of the parts that are outlined.

        Parameters
        ----------
        keys : collection of str
        scan : ndarray of uint8, shape (rows, columns)
            On the masks' pixels, or more.
        """
        there = {key: self.masks[key] for key in keys if key in self.masks}
        there = {key: mask for key, mask in there.items() if mask.any()}
        if not there:
            return {}
        size = next(iter(there.values())).shape
        if scan.shape != size:
            scan = np.asarray(cv2.resize(scan, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
        return {key: float(cv2.mean(scan, mask.view(np.uint8))[0]) for key, mask in there.items()}

    def edge(self, key: str, margin: int, bounds: tuple[int, int]) -> str:
        """The side of the scan at which a part is cut; empty where at none.

        Parameters
        ----------
        key : str
        margin : int
            Pixels.
        bounds : (left, right)
            First column of the scan, and the one after its last.
        """
        mask = self.masks.get(key)
        if mask is None:
            return ""
        if mask[:, bounds[0] : bounds[0] + margin].any():
            return "left"
        return "right" if mask[:, bounds[1] - margin : bounds[1]].any() else ""


@lru_cache(maxsize=128)
def parts_of_classes(plane: Plane, classes: tuple[str, ...]) -> dict[int, tuple[str, ...]]:
    """Keys of a plane's parts by label value, from left to right where they share a value."""
    # Late: the virtual rooms load numba, which listing applications has no need of.
    from sesamoid.virtual.acquisition.label_classes import class_of

    found: dict[int, list[str]] = {}
    for group in plane.labels.values():
        # Parts are named from radial to ulnar; where a site shows ulnar at the left they turn.
        parts = group.parts if plane.left != "ulnar" else group.parts[::-1]
        for part in parts:
            values = {
                classes.index(class_of(key)) for key in part.structures if class_of(key) in classes
            }
            for value in values:
                found.setdefault(value, []).append(part.key)
    return {value: tuple(keys) for value, keys in found.items()}


def plane_masks(
    labels: NDArray[np.uint8],
    plane: Plane,
    classes: Sequence[str],
    *,
    spacing_mm: tuple[float, float] | None = None,
    rules: AssessingRules | None = None,
    there: Collection[int] | None = None,
) -> PlaneMasks:
    """The parts of `plane` in a map of classes.

    A class that stands for several parts, such as the flexor tendons of two fingers, is taken
    apart at the gaps between its columns; where only one of them is outlined, it is the one of
    its half of the picture.

    Parameters
    ----------
    labels : ndarray of uint8, shape (rows, columns)
    plane : Plane
    classes : sequence of str
        Names by value.
    spacing_mm : (row, column), optional
    rules : AssessingRules, optional
    there : collection of int, optional
        The values that `labels` holds, where they are known.
    """
    rule = rules if rules is not None else assessing_rules()
    gap = rule.gap_share * labels.shape[1]
    if spacing_mm is not None:
        gap = rule.gap_mm / spacing_mm[1]
    there = there if there is not None else values_in(labels)
    masks: dict[str, Mask] = {}
    for value, keys in parts_of_classes(plane, tuple(classes)).items():
        if value not in there:
            continue
        mask = labels == value
        pieces = {keys[0]: mask} if len(keys) == 1 else _shared(mask, keys, max(1, round(gap)))
        for key, piece in pieces.items():
            masks[key] = piece | masks[key] if key in masks else piece
    return PlaneMasks(masks)


def _shared(mask: Mask, keys: Sequence[str], gap: int) -> dict[str, Mask]:
    """A mask of several parts side by side, taken apart."""
    by_column = cv2.reduce(mask.view(np.uint8), 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0]
    runs = _runs(by_column, gap)
    runs = sorted(sorted(runs, key=lambda run: -run[2])[: len(keys)])
    width = mask.shape[1]
    if len(runs) < len(keys):
        middles = [(first + last) / 2 for first, last, _ in runs]
        places = sorted({min(len(keys) - 1, int(m / width * len(keys))) for m in middles})
        if len(places) < len(runs):
            places = list(range(len(runs)))
    else:
        places = list(range(len(keys)))
    out = {}
    for (first, last, _), place in zip(runs, places, strict=True):
        piece = np.zeros_like(mask)
        piece[:, first : last + 1] = mask[:, first : last + 1]
        out[keys[place]] = piece
    return out


def _runs(by_column: NDArray[np.intp], gap: int) -> list[tuple[int, int, int]]:
    """(first column, last column, pixels) of stretches without a gap; small ones are left out."""
    columns = np.flatnonzero(by_column)
    breaks = np.flatnonzero(np.diff(columns) > gap)
    firsts = np.concatenate([columns[:1], columns[breaks + 1]])
    lasts = np.concatenate([columns[breaks], columns[-1:]])
    runs = [
        (int(a), int(b), int(by_column[a : b + 1].sum()))
        for a, b in zip(firsts, lasts, strict=True)
    ]
    most = max(size for _, _, size in runs)
    return [run for run in runs if run[2] >= SMALLEST_RUN * most]
