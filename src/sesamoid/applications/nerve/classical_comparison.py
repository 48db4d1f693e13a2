"""Which classifier does how well on held-out images, on the folds that the network is judged on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.nerve.classical import ClassicalSettings
from sesamoid.applications.nerve.classical_classifiers import CLASSIFIERS
from sesamoid.applications.nerve.classical_tiles import Tiles
from sesamoid.applications.nerve.classical_training import CLASS_NAMES, fit_tiles
from sesamoid.measure import dice


@dataclass(frozen=True)
class ClassifierFigures:
    """What one classifier reached on held-out images.

    Parameters
    ----------
    classifier : str
    dice : dict of str to ndarray
        Per image, by class name; empty against empty is 1.
    cases : ndarray of int
        Which images, in the order of `dice`.
    seconds_per_image : float
        Classification and localisation, tile features excluded.
    """

    classifier: str
    dice: dict[str, NDArray[np.float64]]
    cases: NDArray[np.int64]
    seconds_per_image: float


def compare(
    tiles: Sequence[Tiles],
    labels: Sequence[NDArray[np.integer]],
    folds: NDArray[np.int64],
    *,
    groups: NDArray[np.int64],
    settings: ClassicalSettings | None = None,
    classifiers: Iterable[str] = CLASSIFIERS,
    evaluate: Iterable[int] | None = None,
) -> list[ClassifierFigures]:
    """Dice of each classifier on held-out folds.

    Parameters
    ----------
    tiles, labels : sequences of the same images
    folds : ndarray of int, shape (images,)
        The folds that the network was judged on: ``learning.grouping.grouped_folds``.
    groups : ndarray of int, shape (images,)
        Images of one scan.
    classifiers : iterable of str
    evaluate : iterable of int, optional
        Folds to hold out in turn; None: all.

    Returns
    -------
    list of ClassifierFigures
        In the order of `classifiers`.
    """
    chosen = settings or ClassicalSettings()
    wanted = sorted(set(folds.tolist())) if evaluate is None else list(evaluate)
    out = []
    for name in classifiers:
        found: dict[str, list[float]] = {c: [] for c in CLASS_NAMES}
        cases: list[int] = []
        seconds = 0.0
        for fold in wanted:
            inside = np.flatnonzero(folds != fold).tolist()
            fitted = fit_tiles(
                [tiles[i] for i in inside],
                [labels[i] for i in inside],
                replace(chosen, classifier=name),
                groups=groups[inside],
            )
            for case in np.flatnonzero(folds == fold).tolist():
                start = time.perf_counter()
                predicted = fitted.predict_tiles(tiles[case])
                seconds += time.perf_counter() - start
                cases.append(case)
                for value, class_name in enumerate(CLASS_NAMES, start=1):
                    found[class_name].append(dice(predicted == value, labels[case] == value))
        out.append(
            ClassifierFigures(
                classifier=name,
                dice={c: np.array(v) for c, v in found.items()},
                cases=np.array(cases),
                seconds_per_image=seconds / max(1, len(cases)),
            )
        )
    return out
