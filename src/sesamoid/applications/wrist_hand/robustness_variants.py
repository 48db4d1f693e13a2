"""Rows of the robustness table: what is changed about a picture, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging import Crop
from sesamoid.virtual.acquisition.operation import Operation
from sesamoid.virtual.body.pathology import pathology_names
from sesamoid.virtual.body.population import load_table

GAIN_DB, DEPTH_SHARE, JPEG_QUALITY, CONSOLE_CUT = 12.0, 0.5, 60, 0.06
"""Gain, depth and JPEG as the project's goals name them; a console cut by that share a side [P]."""

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Shown:
    """A picture as it is shown to the assessor.

    Parameters
    ----------
    pixels, labels : ndarray of uint8, shape (rows, columns)
    area : Crop or None
        Where the scan lies; None: it has to be found.
    spacing_mm : (row, column)
    reversed : bool
        Left and right are the wrong way round.
    """

    pixels: Picture
    labels: Picture
    area: Crop | None
    spacing_mm: tuple[float, float]
    reversed: bool = False


@dataclass(frozen=True)
class Variant:
    """One row of the table.

    Parameters
    ----------
    name : str
    operate : callable
        Changes how the machine is set.
    show : callable
        Changes the picture.
    pathology : str
        Of the person; empty: as drawn.
    on_console : bool
        With the console's furniture around it.
    """

    name: str
    operate: Callable[[Operation], Operation] = lambda operation: operation
    show: Callable[[Shown], Shown] = lambda shown: shown
    pathology: str = ""
    on_console: bool = False


def variants() -> tuple[Variant, ...]:
    """All rows, the unchanged one first."""
    rows = [
        Variant("unchanged"),
        Variant("gain +12 dB", operate=_gain(GAIN_DB)),
        Variant("gain -12 dB", operate=_gain(-GAIN_DB)),
        Variant("depth +50 %", operate=_depth(1 + DEPTH_SHARE)),
        Variant("depth -50 %", operate=_depth(1 - DEPTH_SHARE)),
        Variant("gamma 0.6", show=_levels(lambda g: g**0.6)),
        Variant("gamma 1.6", show=_levels(lambda g: g**1.6)),
        Variant("contrast +40 %", show=_levels(lambda g: 0.5 + 1.4 * (g - 0.5))),
        Variant("contrast -40 %", show=_levels(lambda g: 0.5 + 0.6 * (g - 0.5))),
        Variant(f"JPEG {JPEG_QUALITY}", show=_jpeg),
        Variant("console, scan found", on_console=True),
        Variant("console cropped", on_console=True, show=_cut),
        Variant("left-right flip", show=_flip),
    ]
    rows += [Variant(f"pathology {name}", pathology=name) for name in _pathologies()]
    return tuple(rows)


def _gain(by_db: float) -> Callable[[Operation], Operation]:
    def change(does: Operation) -> Operation:
        return replace(
            does, settings=replace(does.settings, gain_db=does.settings.gain_db + by_db)
        )  # fmt: skip

    return change


def _depth(share: float) -> Callable[[Operation], Operation]:
    def change(does: Operation) -> Operation:
        set_to = does.settings
        return replace(
            does,
            settings=replace(
                set_to, depth_mm=set_to.depth_mm * share, focus_mm=set_to.focus_mm * share
            ),
        )

    return change


def _levels(
    curve: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Callable[[Shown], Shown]:
    values = np.clip(curve(np.arange(256) / 255), 0, 1)
    table = np.rint(255 * values).astype(np.uint8)
    return lambda shown: replace(shown, pixels=table[shown.pixels])


def _jpeg(shown: Shown) -> Shown:
    packed = cv2.imencode(".jpg", shown.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return replace(shown, pixels=np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8))


def _cut(shown: Shown) -> Shown:
    rows, columns = shown.pixels.shape
    down, right = round(CONSOLE_CUT * rows), round(CONSOLE_CUT * columns)
    part = np.s_[down : rows - down, right : columns - right]
    return replace(shown, pixels=shown.pixels[part].copy(), labels=shown.labels[part].copy())


def _flip(shown: Shown) -> Shown:
    return replace(
        shown,
        pixels=np.ascontiguousarray(shown.pixels[:, ::-1]),
        labels=np.ascontiguousarray(shown.labels[:, ::-1]),
        reversed=True,
    )


def _pathologies() -> Iterator[str]:
    """Each kind, at its middle severity."""
    for name in pathology_names():
        grades = [int(s) for s in load_table("pathology")[name]["severities"] if s > 0]
        severity = sorted(grades)[len(grades) // 2]
        sites = load_table("pathology")[name].get("sites", [])
        yield f"{name}:{severity}:{sites[0]}" if sites else f"{name}:{severity}"
