"""Every frame of a cine: numbers over time, phases of contraction, and a frame to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.frames import side_by_side
from sesamoid.findings import Quantity, Stretch, TimeSeries
from sesamoid.imaging import Crop, Image
from sesamoid.measure.muscle import MuscleArchitecture, Series, contraction_phases, smooth_series

from . import quantities
from .looking import Look

TRACKED: tuple[tuple[Quantity, str, str], ...] = (
    (quantities.THICKNESS, "thickness", "length"),
    (quantities.PENNATION, "pennation_deg", "deg"),
    (quantities.FASCICLE_LENGTH, "fascicle_length", "length"),
    (quantities.FASCICLE_ANGLE, "fascicle_angle_deg", "deg"),
)


def series_of(
    image: Image,
    look: Look,
    frames: Sequence[int],
    measurable: Sequence[int],
    area: Crop | None,
    *,
    threads: int = 0,
    on_frame: Callable[[int, int], None] | None = None,
) -> tuple[tuple[TimeSeries, ...], int]:
    """Measure every frame, as many at a time as there are cores.

    Parameters
    ----------
    image : Image
    look : Look
    frames : sequence of int
        All that are asked for.
    measurable : sequence of int
        Those of them whose quality allows it; the others have no number.
    area : Crop or None
    threads : int
        Frames at a time; 0: one for each core.
    on_frame : callable, optional
        Told how many of all frames are done.

    Returns
    -------
    series : tuple of TimeSeries
        Of `TRACKED`, with phases on the fascicle length.
    shown : int
        The frame whose numbers are nearest to the medians of all.
    """
    suffix = "mm" if image.calibrated else "px"
    fields = [f"{key}_{suffix}" if kind == "length" else key for _, key, kind in TRACKED]
    values = np.full((len(TRACKED), len(frames)), np.nan)
    wanted = set(measurable)

    def numbers(frame: int) -> list[float]:
        if frame not in wanted:
            return [float("nan")] * len(fields)
        seen = look(image.grey(frame), area)
        found = look.architecture(seen, area, image, frame=frame, repeats=0)
        return [_value(found, name) for name in fields]

    for index, found in enumerate(side_by_side(numbers, frames, threads=threads)):
        values[:, index] = found
        if on_frame is not None:
            on_frame(index + 1, len(frames))
    seconds = usable_times(image, frames)
    smooth = [smooth_series(row, seconds) for row in values]
    length = smooth[[q for q, _, _ in TRACKED].index(quantities.FASCICLE_LENGTH)]
    stretches = tuple(Stretch(p.name, p.first, p.last) for p in contraction_phases(length))
    out = []
    for (quantity, _, kind), series in zip(TRACKED, smooth, strict=True):
        unit = "deg" if kind == "deg" else ("mm" if suffix == "mm" else "{pixels}")
        own = stretches if quantity is quantities.FASCICLE_LENGTH else ()
        out.append(_series(quantity, unit, frames, seconds, series, own))
    return tuple(out), _shown(values, frames, measurable)


def usable_times(image: Image, frames: Sequence[int]) -> NDArray[np.float64] | None:
    """Frame times in seconds; None where the file gives none that increase."""
    if image.frame_times_s is None:
        return None
    times = np.asarray(image.frame_times_s, dtype=np.float64)[list(frames)]
    increasing = len(times) < 2 or bool(np.all(np.diff(times) > 0))
    return times if increasing and np.all(np.isfinite(times)) else None


def _value(found: MuscleArchitecture, name: str) -> float:
    value = getattr(found, name).value
    return float("nan") if value is None else float(value)


def _series(
    quantity: Quantity,
    unit: str,
    frames: Sequence[int],
    seconds: NDArray[np.float64] | None,
    series: Series,
    stretches: tuple[Stretch, ...],
) -> TimeSeries:
    return TimeSeries(
        quantity=quantity,
        unit=unit,
        frames=np.asarray(frames, dtype=np.int64),
        seconds=seconds,
        raw=np.asarray(series.raw, dtype=np.float64),
        smooth=np.asarray(series.smooth, dtype=np.float64),
        rejected=series.rejected,
        stretches=stretches,
    )


def _shown(values: NDArray[np.float64], frames: Sequence[int], measurable: Sequence[int]) -> int:
    """The frame nearest to the medians, in units of each number's spread."""
    known = np.isfinite(values).all(axis=0)
    if not known.any():
        return measurable[0]
    middle = np.median(values[:, known], axis=1, keepdims=True)
    spread = np.maximum(np.std(values[:, known], axis=1, keepdims=True), 1e-9)
    away = np.where(known, np.abs((values - middle) / spread).sum(axis=0), np.inf)
    return int(frames[int(np.argmin(away))])
