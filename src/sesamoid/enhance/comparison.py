"""Figures by which despeckling methods are compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.enhance.despeckle import METHODS, despeckle
from sesamoid.enhance.edge_figures import (
    edge_contrast_kept,
    edge_preservation_index,
    figure_of_merit,
)
from sesamoid.errors import SesamoidError

DIMMEST_PATCH_GREY = 25.0
BRIGHTEST_PATCH_GREY = 180.0
"""Mean grey levels between which a patch is looked for [P]: elsewhere the scale clips speckle."""

LEAST_SPECKLE = 0.04
"""Coefficient of variation below which a patch is no tissue but furniture of the screen [P]."""


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


def signal_to_noise_db(clean: NDArray[np.generic], image: NDArray[np.generic]) -> float:
    """Variance of a clean picture over the mean square difference from it, in dB."""
    truth = np.asarray(clean, dtype=float)
    error = float(((np.asarray(image, dtype=float) - truth) ** 2).mean())
    return 10 * float(np.log10(truth.var() / error)) if error > 0 else float("inf")


def even_patch(
    image: NDArray[np.generic],
    *,
    side: int = 40,
    within: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """The square of speckle whose smoothed grey levels vary least, as a mask.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
    side : int
        In pixels.
    within : ndarray of bool, optional
        The square lies all inside it.

    Raises
    ------
    SesamoidError
        No square fits whose mean grey level is between `DIMMEST_PATCH_GREY` and
        `BRIGHTEST_PATCH_GREY` and that varies by `LEAST_SPECKLE` or more.
    """
    grey = np.ascontiguousarray(image, dtype=np.float32)
    if min(grey.shape) <= side:
        raise SesamoidError(f"an image of {grey.shape} pixels has no even patch of {side}")
    smooth = cv2.GaussianBlur(grey, (0, 0), side / 8)

    def over_squares(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        sums = cv2.boxFilter(plane, -1, (side, side), anchor=(0, 0))
        return np.asarray(sums[: grey.shape[0] - side, : grey.shape[1] - side])

    mean = over_squares(smooth)
    variation = (over_squares(smooth * smooth) - mean**2) / np.maximum(mean, 1) ** 2
    raw_mean = over_squares(grey)
    raw_variation = (over_squares(grey * grey) - raw_mean**2) / np.maximum(raw_mean, 1) ** 2
    fits = (mean >= DIMMEST_PATCH_GREY) & (mean <= BRIGHTEST_PATCH_GREY)
    fits &= raw_variation >= LEAST_SPECKLE**2
    if within is not None:
        fits &= over_squares(within.astype(np.float32)) > 1 - 0.5 / side**2
    if not fits.any():
        raise SesamoidError("no square of the image is even speckle of a middling grey level")
    row, column = np.unravel_index(np.where(fits, variation, np.inf).argmin(), mean.shape)
    out = np.zeros(grey.shape, dtype=bool)
    out[row : row + side, column : column + side] = True
    return out


@dataclass(frozen=True)
class MethodFigures:
    """One line of the comparison.

    Parameters
    ----------
    method : str
        ``"none"`` is the image as it is.
    edge_preservation : float
        Against the image as it was, so that speckle counts as edges: 1 for ``"none"``.
    looks, suppression : float
        Over the even region.
    mean_shift : float
        Mean grey after minus before; 0 where the filter keeps the brightness.
    seconds : float
    figure_of_merit, edge_contrast, signal_to_noise_db : float
        NaN where the true edges, a structure or the clean picture were not given.
    """

    method: str
    edge_preservation: float
    looks: float
    suppression: float
    mean_shift: float
    seconds: float
    figure_of_merit: float = float("nan")
    edge_contrast: float = float("nan")
    signal_to_noise_db: float = float("nan")


def compare_methods(
    image: NDArray[np.generic],
    even_region: NDArray[np.bool_],
    *,
    methods: Iterable[str] = ("none", *METHODS),
    clean: NDArray[np.generic] | None = None,
    true_edges: NDArray[np.bool_] | None = None,
    structure: NDArray[np.bool_] | None = None,
) -> list[MethodFigures]:
    """All methods at their defaults on one image.

    Parameters
    ----------
    image : ndarray of shape (rows, columns)
    even_region : ndarray of bool, shape (rows, columns)
        Where the tissue is even, so that all variation is speckle; see `even_patch`.
    methods : iterable of str
        Keys of `METHODS`, or ``"none"``.
    clean : ndarray, optional
        The picture without speckle, where it is known (virtual pictures).
    true_edges : ndarray of bool, optional
        One pixel wide (virtual pictures).
    structure : ndarray of bool, optional
        An outlined structure, e.g. a labelled aponeurosis.
    """
    before = np.asarray(image, dtype=np.float32)
    out = []
    for method in methods:
        start = time.perf_counter()
        after = before if method == "none" else despeckle(before, method=method)
        seconds = time.perf_counter() - start
        nan = float("nan")
        out.append(
            MethodFigures(
                method=method,
                edge_preservation=edge_preservation_index(before, after),
                looks=equivalent_looks(after[even_region]),
                suppression=speckle_suppression_index(before[even_region], after[even_region]),
                mean_shift=float(after.mean() - before.mean()),
                seconds=seconds,
                figure_of_merit=nan if true_edges is None else figure_of_merit(after, true_edges),
                edge_contrast=nan
                if structure is None
                else edge_contrast_kept(before, after, structure),
                signal_to_noise_db=nan if clean is None else signal_to_noise_db(clean, after),
            )
        )
    return out


def median_figures(tables: Sequence[Sequence[MethodFigures]]) -> list[MethodFigures]:
    """Median over images of each figure of each method.

    Parameters
    ----------
    tables : sequence of results of `compare_methods`, with the same methods
    """
    names = [field.name for field in fields(MethodFigures) if field.name != "method"]
    out = []
    for rows in zip(*tables, strict=True):
        if len({row.method for row in rows}) > 1:
            raise SesamoidError("the tables do not hold the same methods in the same order")
        medians = {name: float(np.median([getattr(row, name) for row in rows])) for name in names}
        out.append(MethodFigures(method=rows[0].method, **medians))
    return out
