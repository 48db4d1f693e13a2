"""Fitting the forest and the network of a texture recipe on labelled images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import DataError, MissingExtra, SesamoidError
from sesamoid.learning.texture_classifier import (
    TextureClassifier,
    network_probabilities,
    onnx_session,
)
from sesamoid.learning.texture_forest import TextureForest, fit_forest
from sesamoid.learning.texture_labels import TextureExample, check_groups
from sesamoid.learning.texture_recipe import (
    MODELS,
    FeatureTable,
    TextureRecipe,
    example_weights,
    feature_table,
)

Progress = Callable[[str, float], None]
"""Told what is being fitted and the share that is done."""


@dataclass(frozen=True)
class FittedModels:
    """What a recipe learned from some people.

    Parameters
    ----------
    groups : tuple of str
        In the order of the columns of probabilities.
    forest : TextureForest or None
    network : bytes or None
        ONNX.
    side_px : int
    """

    groups: tuple[str, ...]
    forest: TextureForest | None
    network: bytes | None
    side_px: int

    def probabilities(
        self, examples: Sequence[TextureExample], table: NDArray[np.float32]
    ) -> dict[str, NDArray[np.float64]]:
        """By model, (examples, groups), neither calibrated nor pooled over a person."""
        out = {}
        if self.forest is not None:
            out["forest"] = self.forest.probabilities(table)
        if self.network is not None:
            session = onnx_session(self.network)
            out["network"] = np.array(
                [network_probabilities(session, example, self.side_px) for example in examples]
            )
        return out


def fit_models(
    examples: Sequence[TextureExample],
    recipe: TextureRecipe,
    *,
    groups: Sequence[str] | None = None,
    table: NDArray[np.float32] | None = None,
    on_progress: Progress | None = None,
) -> FittedModels:
    """Fit the models of a recipe.

    Parameters
    ----------
    examples : sequence of TextureExample
    recipe : TextureRecipe
    groups : sequence of str, optional
        None: those of the examples.
    table : ndarray, optional
        Rows of the examples' `feature_table`, where it is there already.
    on_progress : callable, optional

    Raises
    ------
    DataError
        A group has no example.
    MissingExtra
        scikit-learn or PyTorch is not installed.
    """
    unknown = sorted(set(recipe.models) - set(MODELS))
    if unknown or not recipe.models:
        raise SesamoidError(
            f"no model {unknown[0]!r}" if unknown else "the recipe has no model",
            fix=f"use {' or '.join(MODELS)}.",
        )
    own = {example.group for example in examples}
    names = tuple(sorted(own)) if groups is None else tuple(groups)
    if set(names) != own:
        raise DataError(
            f"nobody of group {sorted(set(names) ^ own)[0]!r} is left to learn from",
            fix="spread every group over the folds.",
        )
    classes = np.array([names.index(example.group) for example in examples])
    weights = example_weights(examples)
    forest, network = None, None
    try:
        if "forest" in recipe.models:
            rows = feature_table(examples, recipe.families).rows if table is None else table
            forest = fit_forest(rows, classes, weights, settings=recipe.forest, seed=recipe.seed)
        if "network" in recipe.models:
            network = _fit_network(examples, classes, weights, recipe, on_progress)
    except ImportError as error:
        raise MissingExtra(
            f"training a texture classifier needs {error.name}", fix="pip install 'sesamoid[train]'"
        ) from None
    return FittedModels(names, forest, network, recipe.network.side_px)


def _fit_network(
    examples: Sequence[TextureExample],
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    recipe: TextureRecipe,
    on_progress: Progress | None,
) -> bytes:
    from sesamoid.learning.texture_network import export_texture_network, train_texture_network

    def told(epoch: int, _: float) -> None:
        if on_progress is not None:
            on_progress("network", epoch / recipe.network.epochs)

    trained = train_texture_network(
        examples,
        classes,
        weights,
        settings=recipe.network,
        seed=recipe.seed,
        on_epoch=told,
    )
    return export_texture_network(trained, recipe.network, examples[0])


def fit_classifier(
    examples: Sequence[TextureExample],
    recipe: TextureRecipe,
    *,
    temperatures: dict[str, float] | None = None,
    figures: dict[str, Any] | None = None,
    features: FeatureTable | None = None,
    on_progress: Progress | None = None,
) -> TextureClassifier:
    """Fit on all people and put together what is saved.

    Parameters
    ----------
    examples : sequence of TextureExample
    recipe : TextureRecipe
    temperatures : dict of str to float, optional
        By model, from people that it did not learn from (`evidence.texture_groups`); None: 1.
    figures : dict, optional
        Of the cross-validation of the same recipe on the same images.
    features : FeatureTable, optional
        Of the examples, where it is there already.
    on_progress : callable, optional

    Raises
    ------
    DataError
        Fewer than two groups, or a group of one person.
    """
    check_groups([(e.group, e.person) for e in examples])
    table = features or feature_table(examples, recipe.families, on_progress=on_progress)
    fitted = fit_models(examples, recipe, table=table.rows, on_progress=on_progress)
    people = {
        group: len({e.person for e in examples if e.group == group}) for group in fitted.groups
    }
    images = {group: sum(e.group == group for e in examples) for group in fitted.groups}
    return TextureClassifier(
        groups=fitted.groups,
        families=recipe.families,
        names=table.names,
        forest=fitted.forest,
        network=fitted.network,
        side_px=fitted.side_px,
        temperatures={m: (temperatures or {}).get(m, 1.0) for m in recipe.models},
        described={
            "recipe": recipe.as_dict(),
            "people": people,
            "images": images,
            "figures": figures or {},
            "versions": {name: version(name) for name in ("sesamoid", "numpy", "scikit-image")},
            "use": "Research only. It holds for the machine, preset, scale and muscle of its "
            "training images.",
        },
    )
