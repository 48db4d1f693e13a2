"""Figures by which despeckling methods are compared."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.enhance.despeckle import METHODS, despeckle
from sesamoid.errors import SesamoidError


def edge_preservation_index(before: NDArray[np.generic], after: NDArray[np.generic]) -> float:
    """Correlation of the Laplacians of two images: 1 where all edges are kept (Sattar 1997).

    Noise counts as edges, so a filter that does nothing scores 1: read it with the suppression
    index. nan where an image has no edge at all.
    """
    first, second = (
        cv2.Laplacian(np.ascontiguousarray(image, dtype=np.float32), cv2.CV_32F)
        for image in (before, after)
    )
    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / norm if norm > 0 else float("nan")


def equivalent_looks(region: NDArray[np.generic]) -> float:
    """ENL = mean^2 / variance over an even region; higher is smoother; inf where it is constant."""
    values = np.asarray(region, dtype=float)
    variance = float(values.var())
    return float(values.mean() ** 2 / variance) if variance > 0 else float("inf")


def speckle_suppression_index(before: NDArray[np.generic], after: NDArray[np.generic]) -> float:
    """SSI: coefficient of variation after over before, of one region; below 1 is suppression."""
    first, second = (np.asarray(region, dtype=float) for region in (before, after))
    if first.std() == 0 or second.mean() == 0:
        raise SesamoidError("the region has no speckle or no echo, so SSI is undefined")
    return float((second.std() / second.mean()) / (first.std() / first.mean()))


@dataclass(frozen=True)
class MethodFigures:
    """One line of the comparison.

    Parameters
    ----------
    method : str
    edge_preservation, looks, suppression : float
        See the functions of this file; `looks` and `suppression` over the even region.
    mean_shift : float
        Mean grey after minus before; 0 where the filter keeps the brightness.
    seconds : float
    """

    method: str
    edge_preservation: float
    looks: float
    suppression: float
    mean_shift: float
    seconds: float


def compare_methods(
    image: NDArray[np.generic],
    even_region: NDArray[np.bool_],
    *,
    methods: Iterable[str] = tuple(METHODS),
) -> list[MethodFigures]:
    """All methods at their defaults on one image.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
    even_region : ndarray of bool, shape (rows, columns)
        Where the tissue is even, so that all variation is speckle.
    """
    before = np.asarray(image, dtype=np.float32)
    out = []
    for method in methods:
        start = time.perf_counter()
        after = despeckle(before, method=method)
        seconds = time.perf_counter() - start
        out.append(
            MethodFigures(
                method=method,
                edge_preservation=edge_preservation_index(before, after),
                looks=equivalent_looks(after[even_region]),
                suppression=speckle_suppression_index(before[even_region], after[even_region]),
                mean_shift=float(after.mean() - before.mean()),
                seconds=seconds,
            )
        )
    return out
