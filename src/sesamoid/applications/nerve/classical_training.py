"""Fitting the classical pipeline: draw tiles, select features, fit, set thresholds, export."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.nerve.classical import (
    ClassicalModel,
    ClassicalSettings,
    labels_of,
    standardised,
)
from sesamoid.applications.nerve.classical_classifiers import (
    EXPORTABLE,
    MOST_TILES,
    Scores,
    require_scikit_learn,
    scores_of,
    selected,
    unfitted,
)
from sesamoid.applications.nerve.classical_export import exported
from sesamoid.applications.nerve.classical_localise import (
    ClassRule,
    kept_tiles,
    localised,
    smoothed,
)
from sesamoid.applications.nerve.classical_tiles import Tiles, tiles_of
from sesamoid.errors import DataError, SesamoidError
from sesamoid.measure import dice

CLASS_NAMES = ("nerve", "vessel")
THRESHOLDS = tuple(round(0.2 + 0.05 * i, 2) for i in range(15))
KEEP_SHARES = (0.0, 0.35, 0.7)


@dataclass(frozen=True)
class Fitted:
    """A pipeline with any classifier, in memory only.

    Parameters
    ----------
    settings : ClassicalSettings
    names : tuple of str
    columns : ndarray of int
    mean, sd : ndarray of float
    scores : callable
        Standardised features (samples, features) to probabilities (samples, classes).
    rules : tuple of ClassRule
    estimator : object
        The scikit-learn classifier.
    """

    settings: ClassicalSettings
    names: tuple[str, ...]
    columns: NDArray[np.int64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    scores: Scores
    rules: tuple[ClassRule, ...]
    estimator: Any

    def grid(self, tiles: Tiles) -> NDArray[np.float32]:
        """Class probabilities on the tile grid, (rows, columns, classes)."""
        flat = tiles.features.reshape(-1, tiles.features.shape[-1])[:, self.columns]
        scores = self.scores(standardised(flat, self.mean, self.sd))
        return scores.reshape(*tiles.features.shape[:2], -1)

    def predict_tiles(self, tiles: Tiles) -> NDArray[np.uint8]:
        """Label map of the frame, as `ClassicalModel.predict`."""
        kept = localised(smoothed(self.grid(tiles)), self.rules, clusters=self.settings.clusters)
        return labels_of(
            tiles.to_frame(kept), self.rules, minimal_share=self.settings.minimal_share
        )


def fit(
    images: Sequence[NDArray[np.generic]],
    labels: Sequence[NDArray[np.integer]],
    settings: ClassicalSettings | None = None,
    *,
    groups: NDArray[np.int64] | None = None,
) -> ClassicalModel:
    """Fit the pipeline and export it to plain arrays.

    Parameters
    ----------
    images : sequence of ndarray of uint8, shape (rows, columns)
    labels : sequence of ndarray of int, same shapes
        0 background, 1 nerve, 2 vessel.
    settings : ClassicalSettings, optional
    groups : ndarray of int, shape (images,), optional
        Images of one scan; they go to the fitted or to the threshold part together.

    Raises
    ------
    MissingExtra
        scikit-learn is not installed.
    DataError
        Too few images, or no tile of a class.
    SesamoidError
        The classifier cannot be exported.
    """
    chosen = settings or ClassicalSettings()
    if chosen.classifier not in EXPORTABLE:
        raise SesamoidError(
            f"classifier {chosen.classifier!r} cannot be exported to plain arrays",
            fix=f"use one of {', '.join(EXPORTABLE)}, or fit_tiles for a comparison.",
        )
    tiles = [tiles_of(image, chosen.tiles) for image in images]
    fitted = fit_tiles(tiles, labels, chosen, groups=groups)
    return ClassicalModel(
        settings=chosen,
        names=fitted.names,
        columns=fitted.columns,
        mean=fitted.mean,
        sd=fitted.sd,
        forest=exported(fitted.estimator),
        rules=fitted.rules,
    )


def fit_tiles(
    tiles: Sequence[Tiles],
    labels: Sequence[NDArray[np.integer]],
    settings: ClassicalSettings,
    *,
    groups: NDArray[np.int64] | None = None,
) -> Fitted:
    """As `fit`, from tiles that are ready and with any classifier."""
    require_scikit_learn()
    if len(tiles) != len(labels) or len(tiles) < 4:
        raise DataError(f"{len(tiles)} images and {len(labels)} labels; four or more are needed")
    rng = np.random.default_rng(settings.seed)
    held = _held_out(len(tiles), groups, settings.holdout_share, rng)
    truth = [t.labels(label) for t, label in zip(tiles, labels, strict=True)]
    rows, classes = _drawn(tiles, truth, ~held, settings.tiles_per_class, rng)
    if len(np.unique(classes)) < len(CLASS_NAMES) + 1:
        raise DataError("the images to fit on do not hold background, nerve and vessel")
    mean, sd = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    z = standardised(rows, mean, sd)
    columns = selected(z, classes, settings)
    estimator = unfitted(settings.classifier, settings.seed)
    some = rng.permutation(len(z))[: MOST_TILES.get(settings.classifier, len(z))]
    estimator.fit(z[some][:, columns], classes[some])
    fitted = Fitted(
        settings=settings,
        names=tuple(tiles[0].names[i] for i in columns),
        columns=columns,
        mean=mean[columns].astype(np.float32).astype(np.float64),
        sd=sd[columns].astype(np.float32).astype(np.float64),
        scores=scores_of(estimator),
        rules=tuple(ClassRule(name, 0.5, 0.0) for name in CLASS_NAMES),
        estimator=estimator,
    )
    tune = np.flatnonzero(held).tolist()
    grids = [smoothed(fitted.grid(tiles[i])) for i in tune]
    return replace(fitted, rules=_tuned(grids, [truth[i] for i in tune], settings))


def _held_out(
    count: int, groups: NDArray[np.int64] | None, share: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Which images set the thresholds: whole groups, about `share` of all, at least one."""
    owner = np.arange(count) if groups is None else np.asarray(groups)
    names = rng.permutation(np.unique(owner))
    if len(names) < 2:
        raise DataError("all images belong to one scan, so no threshold can be set on another")
    held = np.zeros(count, dtype=bool)
    for name in names[:-1]:
        if held.any() and held.sum() >= share * count:
            break
        held |= owner == name
    return held


def _drawn(
    tiles: Sequence[Tiles],
    truth: Sequence[NDArray[np.uint8]],
    use: NDArray[np.bool_],
    per_class: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    rows, classes = [], []
    for index in np.flatnonzero(use).tolist():
        flat = tiles[index].features.reshape(-1, tiles[index].features.shape[-1])
        labels = truth[index].ravel()
        for value in range(len(CLASS_NAMES) + 1):
            there = np.flatnonzero(labels == value)
            wanted = min(len(there), per_class * (2 if value == 0 else 1))
            taken = rng.choice(there, wanted, replace=False)
            rows.append(flat[taken])
            classes.append(labels[taken])
    return np.concatenate(rows), np.concatenate(classes)


def _tuned(
    grids: Sequence[NDArray[np.float32]],
    truth: Sequence[NDArray[np.uint8]],
    settings: ClassicalSettings,
) -> tuple[ClassRule, ...]:
    """For each class the rule with the best mean Dice on tiles of the held-out images."""
    rules = []
    for value, name in enumerate(CLASS_NAMES, start=1):
        best, chosen = -math.inf, ClassRule(name, 0.5, 0.0)
        for threshold in THRESHOLDS:
            for keep in KEEP_SHARES:
                rule = ClassRule(name, threshold, keep)
                reached = [
                    dice(
                        (g[..., value] >= threshold)
                        & kept_tiles(g[..., value], rule, clusters=settings.clusters),
                        t == value,
                    )
                    for g, t in zip(grids, truth, strict=True)
                ]
                if np.mean(reached) > best:
                    best, chosen = float(np.mean(reached)), rule
        rules.append(chosen)
    return tuple(rules)
