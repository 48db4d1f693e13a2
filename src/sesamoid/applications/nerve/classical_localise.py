"""Which of the tiles that look like a structure are one: k-means of their places."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2


@dataclass(frozen=True)
class ClassRule:
    """How the scores of a class become a mask.

    Parameters
    ----------
    name : str
    threshold : float
        A tile with at least this score is a candidate.
    keep_share : float
        A cluster is kept from this share of the best cluster's evidence on.
    """

    name: str
    threshold: float
    keep_share: float


SMOOTHING_TILES = 1.0
REACH = 2.5
"""A kept cluster reaches this many root-mean-square radii from its centre [P]."""


def smoothed(grid: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores of shape (rows, columns, classes), smoothed over neighbouring tiles."""
    out = cv2.GaussianBlur(np.ascontiguousarray(grid), (0, 0), SMOOTHING_TILES)
    return np.asarray(out, dtype=np.float32)


def localised(
    grid: NDArray[np.float32], rules: tuple[ClassRule, ...], *, clusters: int
) -> NDArray[np.float32]:
    """Scores, set to 0 outside the kept clusters of each class.

    Parameters
    ----------
    grid : ndarray of shape (rows, columns, classes)
        As `smoothed` gives them.
    rules : tuple of ClassRule
        Of the classes above 0.
    clusters : int
        k of the k-means, or fewer where there are fewer candidates.
    """
    out = grid.copy()
    for index, rule in enumerate(rules):
        scores = out[..., index + 1]
        out[..., index + 1] = np.where(kept_tiles(scores, rule, clusters=clusters), scores, 0)
    return out


def kept_tiles(scores: NDArray[np.float32], rule: ClassRule, *, clusters: int) -> NDArray[np.bool_]:
    """Tiles within reach of a cluster with enough evidence; shape of `scores`."""
    candidate = scores >= rule.threshold
    points = np.argwhere(candidate).astype(float)
    if len(points) < clusters:
        return candidate
    weight = scores[candidate].astype(float)
    centres, member = kmeans2(points, _spread_out(points, weight, clusters), minit="matrix")
    evidence = np.bincount(member, weight, minlength=clusters)
    rows, columns = np.mgrid[: scores.shape[0], : scores.shape[1]]
    reached = np.zeros(scores.shape, dtype=bool)
    for index in np.flatnonzero(evidence >= rule.keep_share * evidence.max()):
        own = points[member == index]
        if not len(own):
            continue
        radius = max(2.0, REACH * float(np.sqrt(((own - centres[index]) ** 2).sum(1).mean())))
        reached |= np.hypot(rows - centres[index, 0], columns - centres[index, 1]) <= radius
    return reached


def _spread_out(
    points: NDArray[np.float64], weight: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """First centre at the strongest tile, each next one furthest from those chosen."""
    chosen = [int(np.argmax(weight))]
    away = np.hypot(*(points - points[chosen[0]]).T)
    while len(chosen) < count:
        chosen.append(int(np.argmax(away)))
        away = np.minimum(away, np.hypot(*(points - points[chosen[-1]]).T))
    return points[chosen].copy()
