"""How bright a muscle is: mean grey level of its superficial third and of all of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.measure.checks import checked_mask, same_shape


@lru_cache(maxsize=1)
def echogenicity_rule() -> dict[str, Any]:
    """Bands and limits, from ``echogenicity_muscle.yaml``."""
    file = resources.files("sesamoid.measure").joinpath("echogenicity_muscle.yaml")
    rule: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return rule


@dataclass(frozen=True)
class BandEcho:
    """Echo of one band of a muscle.

    Parameters
    ----------
    mean, sd : float
        Grey levels, as stored.
    standard_error : float or None
        Of the mean, from the spread of side-by-side strips (speckle makes pixels depend on one
        another); None where too few strips hold pixels.
    pixels : int
    clipped_share : float
        Share of pixels at the black or the white end of the scale.
    mask : ndarray of bool, shape (rows, columns)
        Where it was taken, to be drawn.
    """

    mean: float
    sd: float
    standard_error: float | None
    pixels: int
    clipped_share: float
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class MuscleEchogenicity:
    """Echo of a muscle in one image.

    Parameters
    ----------
    whole, superficial, deep : BandEcho
        Between the edges, of the upper third and of the lower third.
    rule : str
        Name and version of the rule that set the bands.
    """

    whole: BandEcho
    superficial: BandEcho
    deep: BandEcho
    rule: str

    @property
    def deep_to_superficial(self) -> float:
        """Mean of the deep over that of the superficial third; low where echo is lost on the way.

        NaN where the superficial third is black.
        """
        top = self.superficial.mean
        return self.deep.mean / top if top > 0 else float("nan")


def muscle_echogenicity(
    grey: NDArray[np.generic],
    mask: NDArray[np.generic],
    *,
    upper_edge: NDArray[np.floating] | None = None,
    lower_edge: NDArray[np.floating] | None = None,
    exclude: NDArray[np.generic] | None = None,
    rule: dict[str, Any] | None = None,
) -> MuscleEchogenicity:
    """Mean grey level of a muscle between its facing edges.

    Parameters
    ----------
    grey : ndarray of shape (rows, columns)
        Grey levels 0..255 as stored, never after `enhance`.
    mask : ndarray of shape (rows, columns)
        The muscle.
    upper_edge, lower_edge : ndarray of float, shape (columns,), optional
        Row of the superficial and of the deep facing edge in each column, NaN where not seen.
        None: the mask's first and last row in each column.
    exclude : ndarray of shape (rows, columns), optional
        What is not to count, e.g. a vessel or burned-in text.
    rule : dict, optional
        In the form of ``echogenicity_muscle.yaml``; None: that file.

    Raises
    ------
    SesamoidError
        Empty mask, shapes that differ, crossed edges, or too few columns or pixels.

    Notes
    -----
    Echo intensity as the mean of 0..255 in a region free of fascia [R:EI]; whole and superficial
    are both given because the superficial region alone tracks age and function in dystrophy
    [R:Shkl]. The figure holds for one machine and preset.
    """
    settings = rule if rule is not None else echogenicity_rule()
    inside = checked_mask(mask)
    same_shape(grey, mask)
    if exclude is not None:
        same_shape(grey, exclude)
        inside = inside & ~checked_mask(exclude, may_be_empty=True)
    share = _share_of_depth(inside, upper_edge, lower_edge, settings)
    margin = float(settings["edge_margin_share"])
    with np.errstate(invalid="ignore"):
        between = inside & (share >= margin) & (share <= 1 - margin)
        bands = {
            name: between & (share >= low) & (share < high)
            for name, (low, high) in settings["bands"].items()
        }
    values = np.asarray(grey, dtype=float)
    echo = {
        name: _band(values, band, name, settings)
        for name, band in {"whole": between, **bands}.items()
    }
    return MuscleEchogenicity(
        whole=echo["whole"],
        superficial=echo["superficial"],
        deep=echo["deep"],
        rule=f"{settings['rule']} {settings['version']}",
    )


def _share_of_depth(
    inside: NDArray[np.bool_],
    upper: NDArray[np.floating] | None,
    lower: NDArray[np.floating] | None,
    settings: dict[str, Any],
) -> NDArray[np.float64]:
    """0 at the upper edge to 1 at the lower, shape of the mask; NaN where an edge is not seen."""
    rows, columns = inside.shape
    there = inside.any(axis=0)
    first = np.where(there, inside.argmax(axis=0), np.nan)
    last = np.where(there, rows - inside[::-1].argmax(axis=0), np.nan)
    # The pixel of row r reaches from r - 0.5 to r + 0.5; an edge drawn at row r runs through it.
    top = first - 0.5 if upper is None else _edge(upper, columns, "upper")
    bottom = last - 0.5 if lower is None else _edge(lower, columns, "lower")
    with np.errstate(invalid="ignore"):
        crossed = there & (bottom <= top)
    if crossed.any():
        raise SesamoidError(
            f"the lower edge lies above the upper one in {np.count_nonzero(crossed)} columns, "
            f"the first is {int(np.flatnonzero(crossed)[0])}",
            fix="give (superficial, deep) edges as rows from the top.",
        )
    seen = np.count_nonzero(there & np.isfinite(top) & np.isfinite(bottom))
    if seen < settings["minimal_columns"]:
        raise SesamoidError(
            f"both edges of the muscle are seen in {seen} columns, fewer than "
            f"{settings['minimal_columns']}"
        )
    share: NDArray[np.float64] = (np.arange(rows)[:, None] - top) / (bottom - top)
    return share


def _edge(rows: NDArray[np.floating], columns: int, name: str) -> NDArray[np.float64]:
    edge = np.asarray(rows, dtype=float)
    if edge.shape != (columns,):
        raise SesamoidError(
            f"the {name} edge has shape {edge.shape}; one row for each of {columns} columns is due"
        )
    return edge


def _band(
    values: NDArray[np.float64], band: NDArray[np.bool_], name: str, settings: dict[str, Any]
) -> BandEcho:
    pixels = int(np.count_nonzero(band))
    if pixels < settings["minimal_pixels"]:
        raise SesamoidError(
            f"the {name} part of the muscle has {pixels} pixels, fewer than "
            f"{settings['minimal_pixels']}, too few for a mean echo"
        )
    own = values[band]
    ends = settings["clipped"]
    clipped = (own <= ends["black_grey"]) | (own >= ends["white_grey"])
    return BandEcho(
        mean=float(own.mean()),
        sd=float(own.std()),
        standard_error=_standard_error(values, band, int(settings["strips"])),
        pixels=pixels,
        clipped_share=float(clipped.mean()),
        mask=band,
    )


def _standard_error(
    values: NDArray[np.float64], band: NDArray[np.bool_], strips: int
) -> float | None:
    columns = np.flatnonzero(band.any(axis=0))
    means = []
    for part in np.array_split(columns, strips):
        if not len(part):
            continue
        own = band[:, part]
        means.append(values[:, part][own].mean())
    if len(means) < strips:
        return None
    return float(np.std(means, ddof=1) / np.sqrt(strips))
