"""A random forest as plain arrays: fitted by scikit-learn, run by NumPy, stored without pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAF = -1


@dataclass(frozen=True)
class ForestSettings:
    """How a forest is grown. All defaults are proposals [P].

    Parameters
    ----------
    trees : int
    minimal_leaf : int
        Images in a leaf.
    """

    trees: int = 300
    minimal_leaf: int = 2


@dataclass(frozen=True)
class TextureForest:
    """All trees behind one another.

    Parameters
    ----------
    roots : ndarray of int32, shape (trees,)
        Node at which each tree starts.
    feature : ndarray of int32, shape (nodes,)
        What a node compares; `LEAF` where it is a leaf.
    threshold : ndarray of float64, shape (nodes,)
        Left where the feature is at most this.
    left, right : ndarray of int32, shape (nodes,)
    shares : ndarray of float32, shape (nodes, classes)
        Class shares; used at leaves.
    low, high : ndarray of float32, shape (features,)
        Range of each feature over what it was fitted on.
    importance : ndarray of float32, shape (features,)
        Mean decrease in impurity; sums to 1.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    shares: NDArray[np.float32]
    low: NDArray[np.float32]
    high: NDArray[np.float32]
    importance: NDArray[np.float32]

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mean over trees of the leaves' class shares, (samples, classes); rows sum to 1."""
        # The trees were fitted on 32-bit features and must be asked with the same.
        rows = np.asarray(features, dtype=np.float32)
        index = np.arange(len(rows))[:, None]
        node = np.broadcast_to(self.roots, (len(rows), len(self.roots))).astype(np.int64)
        while True:
            inner = self.feature[node] != LEAF
            if not inner.any():
                break
            compared = rows[index, np.maximum(self.feature[node], 0)].astype(np.float64)
            following = np.where(
                compared <= self.threshold[node], self.left[node], self.right[node]
            )
            node = np.where(inner, following, node)
        mean: NDArray[np.float64] = self.shares[node].astype(np.float64).mean(axis=1)
        return mean

    def outside_share(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Share of each sample's features that lie outside what the forest was fitted on."""
        rows = np.asarray(features, dtype=np.float32)
        outside = (rows < self.low) | (rows > self.high)
        share: NDArray[np.float64] = outside.mean(axis=1)
        return share

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays to be written."""
        return dict(vars(self))

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> TextureForest:
        """The forest that `arrays` described.

        Raises
        ------
        ValueError, KeyError
            Arrays are missing, or a node points outside them or back.
        """
        forest = cls(**{name: arrays[name] for name in cls.__dataclass_fields__})
        nodes = len(forest.feature)
        inner = forest.feature != LEAF
        own = np.arange(nodes)[inner]
        if {len(forest.threshold), len(forest.left), len(forest.right), len(forest.shares)} != {
            nodes
        }:
            raise ValueError("the arrays of the trees differ in length")
        for child in (forest.left[inner], forest.right[inner]):
            # Children come after their node: no walk can run in a circle.
            if len(child) and ((child <= own).any() or child.max() >= nodes):
                raise ValueError("a tree points outside its nodes")
        if forest.feature.max() >= len(forest.low) or forest.feature.min() < LEAF:
            raise ValueError("a tree asks for a feature that is not there")
        if not len(forest.roots) or forest.roots.min() < 0 or forest.roots.max() >= nodes:
            raise ValueError("a tree has no root")
        return forest


def fit_forest(
    features: NDArray[np.float32],
    classes: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    settings: ForestSettings,
    seed: int,
) -> TextureForest:
    """Grow a forest.

    Parameters
    ----------
    features : ndarray of shape (samples, features)
    classes : ndarray of int, shape (samples,)
        0, 1, … without gaps.
    weights : ndarray of shape (samples,)
    settings : ForestSettings
    seed : int
    """
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(
        n_estimators=settings.trees,
        min_samples_leaf=settings.minimal_leaf,
        max_features="sqrt",
        random_state=seed,
        n_jobs=1,
    )
    rows = np.asarray(features, dtype=np.float32)
    forest.fit(rows, classes, sample_weight=weights)
    trees = [estimator.tree_ for estimator in forest.estimators_]
    starts = np.concatenate(([0], np.cumsum([tree.node_count for tree in trees])))
    shares = np.concatenate([tree.value[:, 0, :] for tree in trees])
    return TextureForest(
        roots=starts[:-1].astype(np.int32),
        feature=np.concatenate([np.where(t.feature < 0, LEAF, t.feature) for t in trees]).astype(
            np.int32
        ),
        threshold=np.concatenate([tree.threshold for tree in trees]),
        left=_children([tree.children_left for tree in trees], starts),
        right=_children([tree.children_right for tree in trees], starts),
        shares=(shares / shares.sum(axis=1, keepdims=True)).astype(np.float32),
        low=rows.min(axis=0),
        high=rows.max(axis=0),
        importance=forest.feature_importances_.astype(np.float32),
    )


def _children(each: list[NDArray[np.int64]], starts: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate(
        [np.where(child < 0, 0, child + start) for child, start in zip(each, starts, strict=False)]
    ).astype(np.int32)
