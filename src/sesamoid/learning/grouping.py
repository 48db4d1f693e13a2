"""Grouping near-duplicate images, so that no scan stands on both sides of a split.

Volunteers are not named in the public sets. Frames of one scan are found by their look: local
contrast is normalised, and two images belong together where one, moved by some pixels or
mirrored, correlates with the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from sesamoid.imaging.letterbox import content_box

SIDE = 96
MARGIN = 14
SAME_SCAN_CORRELATION = 0.5
"""Chosen on nerve-usgra by looking at pairs: from 0.55 on nearly all show one region of one
volunteer, from 0.50 to 0.55 some do, below 0.50 hardly any; erring toward joining costs only the
number of groups."""


def _signature(grey: NDArray[np.generic]) -> NDArray[np.float32]:
    box = content_box(grey)
    part = np.ascontiguousarray(grey[box.top : box.bottom, box.left : box.right]).astype(np.float32)
    small = cv2.resize(part, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 1.5)
    mean = cv2.GaussianBlur(small, (0, 0), 8)
    spread = np.sqrt(cv2.GaussianBlur((small - mean) ** 2, (0, 0), 8)) + 4
    return np.asarray((small - mean) / spread, dtype=np.float32)


def similarity(images: Sequence[NDArray[np.generic]]) -> NDArray[np.float32]:
    """Largest normalised cross-correlation of each pair over shifts and mirroring, (n, n)."""
    signatures = [_signature(image) for image in images]
    inner = [s[MARGIN:-MARGIN, MARGIN:-MARGIN] for s in signatures]
    templates = [(part, np.ascontiguousarray(part[:, ::-1])) for part in inner]
    out = np.eye(len(images), dtype=np.float32)
    for i, signature in enumerate(signatures):
        for j in range(i + 1, len(images)):
            best = max(
                float(cv2.matchTemplate(signature, t, cv2.TM_CCOEFF_NORMED).max())
                for t in templates[j]
            )
            out[i, j] = out[j, i] = best
    return out


def similarity_groups(
    images: Sequence[NDArray[np.generic]], *, threshold: float = SAME_SCAN_CORRELATION
) -> NDArray[np.int64]:
    """Group number of each image: connected components of pairs above `threshold`."""
    _, groups = connected_components(similarity(images) > threshold, directed=False)
    return np.asarray(groups, dtype=np.int64)


def grouped_folds(groups: NDArray[np.int64], *, folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each image; a group is never divided, folds are of nearly equal size.

    Groups go, largest first and shuffled by `seed` among equals, to the smallest fold.
    """
    rng = np.random.default_rng(seed)
    numbers, sizes = np.unique(groups, return_counts=True)
    order = sorted(rng.permutation(len(numbers)), key=lambda i: -sizes[i])
    load = np.zeros(folds, dtype=np.int64)
    out = np.empty(len(groups), dtype=np.int64)
    for index in order:
        fold = int(np.argmin(load))
        out[groups == numbers[index]] = fold
        load[fold] += sizes[index]
    return out


def grouped_draws(
    groups: NDArray[np.int64], counts: Sequence[int], *, seed: int
) -> list[NDArray[np.int64]]:
    """Images drawn by whole groups, a smaller draw within each larger one.

    Groups go in an order shuffled by `seed`; one that would go beyond the count is passed over, so
    that a draw may fall short where no small group is left.

    Parameters
    ----------
    groups : ndarray of int, shape (images,)
    counts : sequence of int
        Images wanted, ascending.
    seed : int

    Returns
    -------
    list of ndarray of int
        Indices of the images of each draw, ascending.
    """
    numbers, sizes = np.unique(groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(numbers))
    taken = np.zeros(len(numbers), dtype=bool)
    draws = []
    for count in counts:
        for index in order:
            if not taken[index] and sizes[taken].sum() + sizes[index] <= count:
                taken[index] = True
        draws.append(np.flatnonzero(np.isin(groups, numbers[taken])))
    return draws
