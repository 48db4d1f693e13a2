"""Forest and network side by side on people that neither has seen: grouped cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError
from sesamoid.evidence.classification import by_person, fit_temperature, macro_auc
from sesamoid.learning.texture_classifier import tempered
from sesamoid.learning.texture_labels import TextureExample, check_groups
from sesamoid.learning.texture_recipe import (
    FeatureTable,
    TextureRecipe,
    example_weights,
    feature_table,
)
from sesamoid.learning.texture_training import fit_models

REPEATS = 10
"""Shuffles per family of features."""


@dataclass(frozen=True)
class HeldOut:
    """What was said of every image by models that had not seen its person.

    Parameters
    ----------
    groups : tuple of str
    people : tuple of str
        Person of each image.
    truth : ndarray of int, shape (images,)
        Index into `groups`.
    fold : ndarray of int, shape (images,)
    raw, calibrated : dict of str to ndarray, shape (images, groups)
        By model. Calibrated with a temperature from the people of the other folds.
    temperatures : dict of str to float
        By model, from all held-out people: for the classifier that is fitted on everyone.
    family_importance : dict of str to float
        Loss of person-level AUC when a family's features are shuffled among the held-out images;
        empty without a forest. Families tell much the same, so one can stand in for another.
    """

    groups: tuple[str, ...]
    people: tuple[str, ...]
    truth: NDArray[np.int64]
    fold: NDArray[np.int64]
    raw: dict[str, NDArray[np.float64]]
    calibrated: dict[str, NDArray[np.float64]]
    temperatures: dict[str, float]
    family_importance: dict[str, float]


def person_folds(examples: Sequence[TextureExample], *, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each image; a person is never divided, and groups are spread evenly.

    Fewer folds are made where the smallest group has fewer people, so that every fold holds every
    group.
    """
    check_groups([(e.group, e.person) for e in examples])
    rng = np.random.default_rng(seed)
    members: dict[str, list[str]] = {}
    for example in examples:
        own = members.setdefault(example.group, [])
        if example.person not in own:
            own.append(example.person)
    count = min(folds, min(len(own) for own in members.values()))
    if count < 2:
        raise DataError(f"{folds} fold is no cross-validation", fix="take 2 or more.")
    fold_of: dict[str, int] = {}
    turn = 0
    for group in sorted(members):
        for index in rng.permutation(len(members[group])):
            fold_of[members[group][index]] = turn % count
            turn += 1
    return np.array([fold_of[example.person] for example in examples])


def check_folds(people: Sequence[str], fold: NDArray[np.int64]) -> None:
    """DataError where a person's images lie in two folds."""
    first: dict[str, int] = {}
    for person, number in zip(people, fold, strict=True):
        if first.setdefault(person, int(number)) != number:
            raise DataError(
                f"person {person!r} has images in folds {first[person]} and {number}: what was "
                "learned of a person would be tested on the same person",
                fix="split by person, never by image.",
            )


def cross_validate(
    examples: Sequence[TextureExample],
    recipe: TextureRecipe,
    *,
    fold: NDArray[np.int64] | None = None,
    features: FeatureTable | None = None,
    on_progress: Callable[[str, float], None] | None = None,
) -> HeldOut:
    """Train and test in turn.

    Parameters
    ----------
    examples : sequence of TextureExample
    recipe : TextureRecipe
    fold : ndarray of int, shape (examples,), optional
        None: `person_folds`.
    features : FeatureTable, optional
        Of the examples, where it is there already.
    on_progress : callable, optional
        Told what runs and the share that is done.

    Raises
    ------
    DataError
        Folds that divide a person, or groups that are too small.
    """
    numbers = person_folds(examples, folds=recipe.folds, seed=recipe.seed) if fold is None else fold
    people = tuple(example.person for example in examples)
    check_folds(people, numbers)
    computed = features or feature_table(examples, recipe.families)
    table, names = computed.rows, computed.names
    groups = tuple(sorted({example.group for example in examples}))
    truth = np.array([groups.index(example.group) for example in examples])
    weights = example_weights(examples)
    raw = {model: np.zeros((len(examples), len(groups))) for model in recipe.models}
    shuffled = {
        family: np.zeros((REPEATS, len(examples), len(groups)))
        for family in recipe.families
        if "forest" in recipe.models
    }
    rng = np.random.default_rng(recipe.seed)
    all_folds = np.unique(numbers)
    for done, number in enumerate(all_folds):
        test = numbers == number

        def told(_: str, share: float, done: int = done) -> None:
            if on_progress is not None and share < 1:
                on_progress("cross-validation", (done + share) / len(all_folds))

        fitted = fit_models(
            [e for e, held in zip(examples, test, strict=True) if not held],
            recipe,
            groups=groups,
            table=table[~test],
            on_progress=told,
        )
        tested = [e for e, held in zip(examples, test, strict=True) if held]
        for model, found in fitted.probabilities(tested, table[test]).items():
            raw[model][test] = found
        for family, stack in shuffled.items():
            if fitted.forest is None:
                continue
            own = np.array([name.startswith(f"{family}.") for name in names])
            for repeat in range(REPEATS):
                mixed = np.where(own, rng.permutation(table[test]), table[test])
                stack[repeat, test] = fitted.forest.probabilities(mixed)
        if on_progress is not None:
            on_progress("cross-validation", (done + 1) / len(all_folds))
    calibrated, temperatures = {}, {}
    for model, found in raw.items():
        calibrated[model] = _cross_calibrated(found, truth, weights, numbers)
        temperatures[model] = fit_temperature(found, truth, weights)
    importance = {}
    if shuffled:
        base = macro_auc(*by_person(raw["forest"], truth, people))
        for family, stack in shuffled.items():
            each = [macro_auc(*by_person(one, truth, people)) for one in stack]
            importance[family] = base - float(np.mean(each))
    return HeldOut(
        groups=groups,
        people=people,
        truth=truth,
        fold=numbers,
        raw=raw,
        calibrated=calibrated,
        temperatures=temperatures,
        family_importance=importance,
    )


def _cross_calibrated(
    raw: NDArray[np.float64],
    truth: NDArray[np.int64],
    weights: NDArray[np.float64],
    fold: NDArray[np.int64],
) -> NDArray[np.float64]:
    out = np.empty_like(raw)
    for number in np.unique(fold):
        other = fold != number
        warmth = fit_temperature(raw[other], truth[other], weights[other])
        out[~other] = tempered(raw[~other], warmth)
    return out
