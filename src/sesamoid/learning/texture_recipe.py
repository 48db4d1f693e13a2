"""Everything that a texture classifier depends on, beside its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.features import FAMILIES, SIZE_DEPENDENT, texture_features
from sesamoid.learning.texture_forest import ForestSettings
from sesamoid.learning.texture_labels import TextureExample

MODELS = ("forest", "network")


@dataclass(frozen=True)
class TextureNetworkSettings:
    """The network and its training. All defaults are proposals [P].

    Parameters
    ----------
    side_px : int
        Side of the pieces, at the image's own scale.
    widths : tuple of int
        Channels; the scale halves at each after the first.
    dropout : float
    epochs, batch_size, pieces_per_image : int
        An epoch draws `pieces_per_image` for every image.
    learning_rate, weight_decay, label_smoothing : float
    gain_jitter : float
        SD of the random change of gain and offset, in units of 64 grey levels.
    """

    side_px: int = 96
    widths: tuple[int, ...] = (16, 32, 48, 64)
    dropout: float = 0.2
    epochs: int = 30
    batch_size: int = 16
    pieces_per_image: int = 4
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    gain_jitter: float = 0.1


@dataclass(frozen=True)
class TextureRecipe:
    """How disease groups are learned from labelled images.

    Parameters
    ----------
    families : tuple of str
        Of `sesamoid.features.FAMILIES`, for the forest.
    models : tuple of str
        ``"forest"``, ``"network"`` or both.
    forest : ForestSettings
    network : TextureNetworkSettings
    folds : int
        Of the cross-validation; fewer where the smallest group has fewer people.
    seed : int
    """

    families: tuple[str, ...] = tuple(FAMILIES)
    models: tuple[str, ...] = MODELS
    forest: ForestSettings = field(default_factory=ForestSettings)
    network: TextureNetworkSettings = field(default_factory=TextureNetworkSettings)
    folds: int = 5
    seed: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For a file or a model card."""
        return asdict(self)


def feature_row(
    grey: NDArray[np.generic], region: NDArray[np.bool_], families: Sequence[str]
) -> dict[str, float]:
    """Texture features of one region, without those that grow with its size."""
    found = texture_features(grey, region, families=families)
    return {name: value for name, value in found.items() if name not in SIZE_DEPENDENT}


@dataclass(frozen=True)
class FeatureTable:
    """Texture features of examples, for the forest.

    Parameters
    ----------
    rows : ndarray of float32, shape (examples, features)
    names : tuple of str
    """

    rows: NDArray[np.float32]
    names: tuple[str, ...]


def feature_table(
    examples: Sequence[TextureExample],
    families: Sequence[str],
    *,
    on_progress: Callable[[str, float], None] | None = None,
) -> FeatureTable:
    """Features of all examples; `on_progress` is told what runs and the share that is done."""
    rows = []
    for example in examples:
        rows.append(feature_row(example.grey, example.region, families))
        if on_progress is not None:
            on_progress("texture features", len(rows) / len(examples))
    names = tuple(rows[0])
    table = np.array([[row[name] for name in names] for row in rows], dtype=np.float32)
    return FeatureTable(table, names)


def example_weights(examples: Sequence[TextureExample]) -> NDArray[np.float64]:
    """Weights by which every group, and in it every person, counts the same; their mean is 1."""
    images: dict[str, int] = {}
    people: dict[str, set[str]] = {}
    for example in examples:
        images[example.person] = images.get(example.person, 0) + 1
        people.setdefault(example.group, set()).add(example.person)
    weights = np.array([1 / (images[e.person] * len(people[e.group])) for e in examples])
    return np.asarray(weights * len(weights) / weights.sum())
