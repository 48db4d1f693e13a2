"""Rulers burned into an image: rows of tick marks at a regular spacing beside the scan."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop

Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Ruler:
    """A row of ticks.

    Parameters
    ----------
    axis : {"rows", "columns"}
        What it measures: ticks down the side lie along the rows, ticks below the scan along the
        columns.
    position : float
        The column of a ruler along the rows, the row of one along the columns, in pixels.
    ticks : tuple of float
        Where the ticks were found along the axis, in pixels.
    spacing_px : float
        Distance between ticks, by least squares over all of them.
    confidence : float
        0..1: share of the regular places that hold a tick, times the share of the marks that lie
        on regular places.
    """

    axis: Literal["rows", "columns"]
    position: float
    ticks: tuple[float, ...]
    spacing_px: float
    confidence: float


_STARTS = 16
"""Marks from which a comb is begun; one true pair is enough."""

_REACHES = (3, 8, 24, 80, 10_000)
"""Ticks to either side that a comb grows to, one after the other."""


@cache
def ruler_settings() -> dict[str, Any]:
    """``ruler.yaml``."""
    text = resources.files(__package__).joinpath("ruler.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def find_rulers(grey: NDArray[np.generic], box: Crop | None = None) -> tuple[Ruler, ...]:
    """Rulers beside the scan area, the surest first.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        The whole frame, 0..255.
    box : Crop, optional
        The scan area, in which nothing is looked for; None: only the outermost tenth of the frame
        on each side is looked at.

    Returns
    -------
    tuple of Ruler
        Empty where none is found; what a spacing means in mm is not decided here.
    """
    values = np.asarray(grey, dtype=np.float32)
    rows, columns = values.shape
    if box is None:
        box = Crop(
            rows // 10, columns // 10, rows - 2 * (rows // 10), columns - 2 * (columns // 10)
        )
    down = _along_rows(values, box.left, box.right, box.height, "rows")
    across = _along_rows(values.T, box.top, box.bottom, box.width, "columns")
    found = sorted(down + across, key=lambda r: (-r.confidence, -len(r.ticks)))
    kept: list[Ruler] = []
    for ruler in found:
        if not any(_same(ruler, other) for other in kept):
            kept.append(ruler)
    return tuple(kept)


def _same(first: Ruler, second: Ruler) -> bool:
    limits = ruler_settings()["finding"]
    return (
        first.axis == second.axis
        and abs(first.position - second.position) <= limits["same_px"]
        and abs(first.spacing_px / second.spacing_px - 1) < 0.1
    )


def _along_rows(
    values: Grey, start: int, stop: int, side: int, axis: Literal["rows", "columns"]
) -> list[Ruler]:
    """Rulers in the columns left of `start` and from `stop` on."""
    limits = ruler_settings()["finding"]
    marks = _marks(values, int(limits["tick_px"]), limits["contrast"])
    width, columns = int(limits["strip_px"]), values.shape[1]
    out = []
    for column in [*range(0, start - width + 1), *range(stop, columns - width + 1)]:
        strip = marks[:, column : column + width].max(axis=1)
        places = _peaks(strip)
        ruler = _regular(places, axis, column + (width - 1) / 2, limits["shortest_share"] * side)
        if ruler is not None:
            out.append(ruler)
    return out


def _marks(values: Grey, tick: int, contrast: float) -> Grey:
    """How far a pixel stands out from both the pixels above and below; 0 where it does not.

    A line along the ruler's axis is as bright above and below, so it vanishes; letters are taller
    than a tick, and grey wedges change slowly.
    """
    padded = np.pad(values, ((tick, tick), (0, 0)), mode="edge")
    above, below = padded[: -2 * tick], padded[2 * tick :]
    rise = values - np.maximum(above, below)
    return np.where(rise >= contrast, rise, 0).astype(np.float32)


def _peaks(strip: Grey) -> NDArray[np.float64]:
    """Centres of the runs of marks, weighted by how far they stand out."""
    on = np.flatnonzero(strip > 0)
    if not len(on):
        return np.zeros(0)
    runs = np.split(on, np.flatnonzero(np.diff(on) > 1) + 1)
    return np.array([float(np.average(run, weights=strip[run])) for run in runs])


def _regular(
    places: NDArray[np.float64],
    axis: Literal["rows", "columns"],
    position: float,
    shortest: float,
) -> Ruler | None:
    """The regular comb that explains the marks best, or None.

    Notes
    -----
    Each distance between neighbouring (and next but one) marks is tried as the spacing, from each
    of those marks; the comb may start and end where it likes.
    """
    limits = ruler_settings()["finding"]
    # A strip through text or speckle has marks everywhere.
    if not limits["fewest"] <= len(places) <= 200:
        return None
    best: _Comb | None = None
    stride = max(1, len(places) // _STARTS)
    for step in (1, 2):
        for index in range(0, len(places) - step, stride):
            spacing = float(places[index + step] - places[index])
            if spacing < limits["smallest_spacing_px"]:
                continue
            comb = _comb(places, float(places[index]), spacing)
            if comb is not None and (best is None or comb.rank > best.rank):
                best = comb
    if best is None or best.confidence < limits["least_confidence"]:
        return None
    if best.ticks[-1] - best.ticks[0] < shortest:
        return None
    ticks = tuple(float(t) for t in best.ticks)
    return Ruler(axis, position, ticks, best.spacing, best.confidence)


@dataclass(frozen=True)
class _Comb:
    ticks: NDArray[np.float64]
    spacing: float
    confidence: float

    @property
    def rank(self) -> tuple[float, int]:
        return self.confidence, len(self.ticks)


def _comb(places: NDArray[np.float64], start: float, spacing: float) -> _Comb | None:
    """The comb that two marks begin, widened and refitted: one distance alone is too coarse."""
    limits = ruler_settings()["finding"]
    tolerance = max(limits["tolerance_px"], limits["tolerance_share"] * spacing)
    for reach in _REACHES:
        order = np.rint((places - start) / spacing)
        near = np.abs(places - start - order * spacing) <= tolerance
        near &= np.abs(order) <= reach
        if np.count_nonzero(near) < 3 or np.ptp(order[near]) < 2:
            return None
        spacing, start = (float(v) for v in np.polyfit(order[near], places[near], 1))
    ticks, order = places[near], order[near]
    if len(ticks) < limits["fewest"] or spacing < limits["smallest_spacing_px"]:
        return None
    complete = len(np.unique(order)) / (np.ptp(order) + 1)
    first, last = ticks[0] - spacing / 2, ticks[-1] + spacing / 2
    inside = np.count_nonzero((places >= first) & (places <= last))
    return _Comb(ticks, spacing, float(complete * len(ticks) / max(inside, 1)))
