"""Decision trees as plain arrays, run with NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAF = -1
PROBABILITY_STEPS = 255
CHUNK = 2048


@dataclass(frozen=True)
class Forest:
    """All trees behind one another; the two children of a node are neighbours.

    Parameters
    ----------
    roots : ndarray of int32, shape (trees,)
        Node at which each tree starts.
    feature : ndarray of int16, shape (nodes,)
        What a node compares; `LEAF` where it is a leaf.
    threshold : ndarray of float16, shape (nodes,)
        Left where the feature is at most this.
    left : ndarray of int32, shape (nodes,)
        Left child; the right one is the next node.
    leaves : ndarray of uint8, shape (nodes, classes)
        Probabilities times 255; used at leaves.
    depth : int
        Of the deepest tree.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float16]
    left: NDArray[np.int32]
    leaves: NDArray[np.uint8]
    depth: int

    def probabilities(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mean over trees of the leaf probabilities.

        Parameters
        ----------
        features : ndarray of shape (samples, features)

        Returns
        -------
        ndarray of shape (samples, classes)
            Each row sums to 1.
        """
        threshold = self.threshold.astype(np.float32)
        compare = np.maximum(self.feature, 0).astype(np.int64)
        inner = self.feature != LEAF
        out = np.empty((len(features), self.leaves.shape[1]), dtype=np.float32)
        for start in range(0, len(features), CHUNK):
            part = features[start : start + CHUNK]
            index = np.arange(len(part))[:, None]
            node = np.broadcast_to(self.roots, (len(part), len(self.roots))).astype(np.int64)
            for _ in range(self.depth):
                right = part[index, compare[node]] > threshold[node]
                node = np.where(inner[node], self.left[node] + right, node)
            votes = self.leaves[node].sum(axis=1, dtype=np.int64)
            out[start : start + CHUNK] = votes / votes.sum(axis=1, keepdims=True)
        return out

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The arrays to be written."""
        return {
            "roots": self.roots,
            "feature": self.feature.astype(np.int8) if self.feature.max() < 128 else self.feature,
            "threshold": self.threshold,
            "left": self.left,
            "leaves": self.leaves,
            "depth": np.array(self.depth, dtype=np.int32),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Forest:
        """The forest that `arrays` described; see `check`."""
        return cls(
            roots=arrays["roots"].astype(np.int32),
            feature=arrays["feature"].astype(np.int16),
            threshold=arrays["threshold"].astype(np.float16),
            left=arrays["left"].astype(np.int32),
            leaves=arrays["leaves"].astype(np.uint8),
            depth=int(arrays["depth"]),
        )

    def check(self, *, features: int) -> None:
        """ValueError where a node points outside the arrays or a leaf holds no probability."""
        nodes = len(self.feature)
        inner = self.feature != LEAF
        shapes = {len(self.threshold), len(self.left), len(self.leaves)}
        if shapes != {nodes} or not nodes or self.leaves.ndim != 2:
            raise ValueError("the arrays of the trees differ in length")
        if self.feature.max() >= features or self.feature.min() < LEAF:
            raise ValueError("a tree asks for a feature that is not there")
        children = self.left[inner]
        if len(children) and (children.min() < 0 or children.max() + 1 >= nodes):
            raise ValueError("a tree points outside its nodes")
        if self.roots.min() < 0 or self.roots.max() >= nodes or not 0 <= self.depth < 100:
            raise ValueError("a tree has no root or is too deep")
        if not self.leaves[~inner].any(axis=1).all():
            raise ValueError("a leaf has no probability")
