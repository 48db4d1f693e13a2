"""Bright bands in a map of aponeurosis probability, followed from column to column."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.settings import settings

_TAIL = 12
"""Columns (binned) from which a band's next row is predicted."""


@dataclass(frozen=True)
class Band:
    """One bright band, in pixels of the frame; sampled where it was seen.

    Parameters
    ----------
    columns : ndarray, shape (n,)
        Increasing.
    top, bottom : ndarray, shape (n,)
        Rows of its edges, between pixels; NaN where the scan area cuts the edge off.
    """

    columns: Array
    top: Array
    bottom: Array

    @property
    def middle(self) -> Array:
        """Rows half-way, or of the edge that is seen."""
        both = np.stack([self.top, self.bottom])
        return np.asarray(np.nanmean(both, axis=0))

    def level(self) -> float:
        """Median row."""
        return float(np.nanmedian(self.middle))


@dataclass
class _Track:
    """A band while it is being followed; bins instead of columns."""

    bins: list[int] = field(default_factory=list)
    top: list[float] = field(default_factory=list)
    bottom: list[float] = field(default_factory=list)
    middle: list[float] = field(default_factory=list)

    def add(self, column: int, run: tuple[float, float]) -> None:
        self.bins.append(column)
        self.top.append(run[0])
        self.bottom.append(run[1])
        self.middle.append(_middle(run))

    def predicted(self, column: int) -> float:
        count = min(_TAIL, len(self.bins))
        if count < 4:
            return self.middle[-1]
        rise = self.middle[-1] + self.middle[-2] - self.middle[-count] - self.middle[1 - count]
        slope = rise / 2 / max(self.bins[-1] - self.bins[-count], 1)
        return self.middle[-1] + slope * (column - self.bins[-1])


def _middle(run: tuple[float, float]) -> float:
    """Row half-way, or of the edge that is seen."""
    top, bottom = run
    if math.isnan(top):
        return bottom
    return top if math.isnan(bottom) else (top + bottom) / 2


def find_bands(
    probability: NDArray[np.floating[Any]], box: Crop, *, threshold: float | None = None
) -> tuple[Band, ...]:
    """Bands of `probability` inside `box`, from the top down.

    Parameters
    ----------
    probability : ndarray, shape (rows, columns)
        Of aponeurosis, 0..1.
    box : Crop
        The scan area.
    threshold : float, optional
        Probability at an edge; that of the settings where None.

    Notes
    -----
    Columns are averaged into bins. In each, the runs above the threshold are found with their
    edges between pixels by linear interpolation. Runs are linked to the nearest prediction of a
    band; pieces of one band are joined across gaps where one goes on where the other ends.
    """
    limits: dict[str, Any] = settings()["edges"]
    part = probability[box.top : box.bottom, box.left : box.right].astype(np.float32)
    bins = min(box.width, int(limits["bins"]))
    binned = cv2.resize(
        np.ascontiguousarray(part), (bins, box.height), interpolation=cv2.INTER_AREA
    )
    tracks = _followed(
        _runs(binned, limits["threshold"] if threshold is None else threshold),
        bins,
        box.height,
        limits,
    )
    pieces = [t for t in tracks if len(t.bins) >= max(3, limits["piece"] * bins)]
    joined = _joined(pieces, bins, box.height, limits)
    step = box.width / bins
    bands = [
        Band(
            columns=box.left + (np.asarray(t.bins) + 0.5) * step - 0.5,
            top=box.top + np.asarray(t.top),
            bottom=box.top + np.asarray(t.bottom),
        )
        for t in joined
    ]
    return tuple(sorted(bands, key=Band.level))


def _runs(binned: NDArray[np.float32], threshold: float) -> list[list[tuple[float, float]]]:
    """For each column the (top, bottom) rows of its runs above the threshold."""
    rows = len(binned)
    padded = np.pad(binned >= threshold, ((1, 1), (0, 0)))
    change = np.diff(padded.astype(np.int8), axis=0)
    first_column, first = np.nonzero((change == 1).T)
    _, after = np.nonzero((change == -1).T)
    out: list[list[tuple[float, float]]] = [[] for _ in range(binned.shape[1])]
    for column, start, stop in zip(first_column, first, after, strict=True):
        top, bottom = float("nan"), float("nan")
        if start > 0:
            below, above = binned[start - 1, column], binned[start, column]
            top = float(start - 1 + (threshold - below) / max(above - below, 1e-6))
        if stop < rows:
            above, below = binned[stop - 1, column], binned[stop, column]
            bottom = float(stop - 1 + (above - threshold) / max(above - below, 1e-6))
        if start > 0 or stop < rows:
            out[int(column)].append((top, bottom))
    return out


def _followed(
    runs: list[list[tuple[float, float]]], bins: int, height: int, limits: dict[str, Any]
) -> list[_Track]:
    """Runs linked from left to right."""
    longest_gap = max(2, round(limits["longest_gap"] * bins))
    jump = limits["jump"] * height
    active: list[_Track] = []
    ended: list[_Track] = []
    for column, found in enumerate(runs):
        for track in [t for t in active if column - t.bins[-1] > longest_gap]:
            active.remove(track)
            ended.append(track)
        rows = [track.predicted(column) for track in active]
        pairs = sorted(
            (abs(_middle(run) - row), i, j)
            for i, row in enumerate(rows)
            for j, run in enumerate(found)
        )
        used_tracks: set[int] = set()
        used_runs: set[int] = set()
        for distance, i, j in pairs:
            if i in used_tracks or j in used_runs:
                continue
            top, bottom = found[j]
            thick = 0.0 if math.isnan(bottom - top) else bottom - top
            if distance > jump + 0.25 * thick:
                continue
            used_tracks.add(i)
            used_runs.add(j)
            active[i].add(column, found[j])
        for j, run in enumerate(found):
            if j not in used_runs:
                active.append(_Track())
                active[-1].add(column, run)
    return ended + active


def _joined(pieces: list[_Track], bins: int, height: int, limits: dict[str, Any]) -> list[_Track]:
    """Pieces that continue each other as one, nearest first."""
    left = list(pieces)
    while True:
        best: tuple[float, _Track, _Track] | None = None
        for first in left:
            for second in left:
                gap = second.bins[0] - first.bins[-1]
                if first is second or not 0 < gap <= limits["join_gap"] * bins:
                    continue
                miss = _mismatch(first, second)
                # A long gap asks for a good fit; a short one forgives a step.
                if miss <= limits["join_jump"] * height and (best is None or gap < best[0]):
                    best = (gap, first, second)
        if best is None:
            return left
        _, first, second = best
        left = [t for t in left if t is not first and t is not second]
        left.append(
            _Track(
                first.bins + second.bins,
                first.top + second.top,
                first.bottom + second.bottom,
                first.middle + second.middle,
            )
        )


def _mismatch(first: _Track, second: _Track) -> float:
    """Rows between two pieces, each carried on straight to the middle of the gap."""
    middle = (first.bins[-1] + second.bins[0]) / 2
    ends = []
    for track, part in ((first, slice(-30, None)), (second, slice(0, 30))):
        at = np.asarray(track.bins[part], dtype=float)
        rows = np.asarray(track.middle[part])
        slope, offset = np.polyfit(at, rows, 1) if len(at) >= 8 else (0.0, float(rows.mean()))
        ends.append(slope * middle + offset)
    return abs(float(ends[0] - ends[1]))
