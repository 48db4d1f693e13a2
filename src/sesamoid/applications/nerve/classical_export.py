"""From a fitted scikit-learn tree or forest to plain arrays."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.nerve.classical_forest import LEAF, PROBABILITY_STEPS, Forest


def exported(estimator: Any) -> Forest:
    """Lay the nodes of each tree out breadth first, children side by side.

    Parameters
    ----------
    estimator : DecisionTreeClassifier or RandomForestClassifier
        Fitted, with classes 0, 1, 2, … in order.
    """
    trees = [e.tree_ for e in getattr(estimator, "estimators_", [estimator])]
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    leaves: list[NDArray[np.float64]] = []
    for tree in trees:
        roots.append(len(feature))
        queue = deque([0])
        following = len(feature) + 1
        while queue:
            node = queue.popleft()
            shares = tree.value[node, 0] / tree.value[node, 0].sum()
            leaves.append(np.rint(shares * PROBABILITY_STEPS))
            if tree.children_left[node] < 0:
                feature.append(LEAF)
                threshold.append(0.0)
                left.append(0)
                continue
            feature.append(int(tree.feature[node]))
            threshold.append(float(tree.threshold[node]))
            left.append(following)
            following += 2
            queue.extend((tree.children_left[node], tree.children_right[node]))
    values = np.array(leaves, dtype=np.uint8)
    # Only leaves are looked at; zeros elsewhere compress away.
    values[np.array(feature) != LEAF] = 0
    return Forest(
        roots=np.array(roots, dtype=np.int32),
        feature=np.array(feature, dtype=np.int16),
        threshold=np.array(threshold, dtype=np.float16),
        left=np.array(left, dtype=np.int32),
        leaves=values,
        depth=max(int(tree.max_depth) for tree in trees),
    )
