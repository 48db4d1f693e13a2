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
    best: tuple[float, int, NDArray[np.float64]] | None = None
    tried: set[tuple[int, int]] = set()
    for step in (1, 2):
        for index in range(len(places) - step):
            spacing = places[index + step] - places[index]
            key = (round(spacing * 2), round(places[index] % spacing * 2))
            if spacing < limits["smallest_spacing_px"] or key in tried:
                continue
            tried.add(key)
            on = _on_comb(places, places[index], spacing)
            if len(on) < limits["fewest"]:
                continue
            score = _confidence(places, on, spacing)
            if best is None or (score, len(on)) > best[:2]:
                best = (score, len(on), on)
    if best is None or best[0] < limits["least_confidence"]:
        return None
    ticks = best[2]
    if ticks[-1] - ticks[0] < shortest:
        return None
    order = np.rint((ticks - ticks[0]) / np.median(np.diff(ticks)))
    spacing = float(np.polyfit(order, ticks, 1)[0])
    return Ruler(axis, position, tuple(float(t) for t in ticks), spacing, best[0])


def _on_comb(places: NDArray[np.float64], start: float, spacing: float) -> NDArray[np.float64]:
    """Marks on the regular places; refitted once, because a distance of two marks is coarse."""
    limits = ruler_settings()["finding"]
    tolerance = max(limits["tolerance_px"], limits["tolerance_share"] * spacing)
    on = places
    for _ in range(3):
        order = np.rint((places - start) / spacing)
        near = np.abs(places - start - order * spacing) <= tolerance
        on = places[near]
        if len(on) < 3 or np.ptp(order[near]) < 2:
            return on
        spacing, start = np.polyfit(order[near], on, 1)
    return on


def _confidence(places: NDArray[np.float64], on: NDArray[np.float64], spacing: float) -> float:
    """Share of regular places that hold a tick, times share of marks that are ticks."""
    span = on[-1] - on[0]
    complete = len(on) / (round(span / float(np.median(np.diff(on)))) + 1)
    inside = np.count_nonzero((places >= on[0] - spacing / 2) & (places <= on[-1] + spacing / 2))
    return float(min(1.0, complete) * len(on) / max(inside, 1))
