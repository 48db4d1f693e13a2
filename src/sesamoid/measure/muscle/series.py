"""Numbers of a video's frames as time series: outliers out, smooth, and phases of contraction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.settings import settings

PhaseName = Literal["rest", "shortening", "hold", "lengthening"]


@dataclass(frozen=True)
class Series:
    """One number over the frames.

    Parameters
    ----------
    times : ndarray, shape (frames,)
        Seconds, or frame numbers where `in_seconds` is False.
    raw : ndarray, shape (frames,)
        As measured; NaN where a frame gave none.
    smooth : ndarray, shape (frames,)
        Without outliers, gaps of up to a window filled; NaN in longer ones.
    rejected : ndarray of bool, shape (frames,)
        Measured, but taken for an outlier.
    in_seconds : bool
    """

    times: Array
    raw: Array
    smooth: Array
    rejected: NDArray[np.bool_]
    in_seconds: bool


@dataclass(frozen=True)
class Phase:
    """A stretch of frames, `first` to `last` inclusive, and its times."""

    name: PhaseName
    first: int
    last: int
    start: float
    stop: float


def smooth_series(values: Array, times: Array | None = None) -> Series:
    """Reject outliers and smooth one number over the frames.

    Parameters
    ----------
    values : ndarray, shape (frames,)
        NaN where a frame gave none.
    times : ndarray, shape (frames,), optional
        Seconds, increasing; None where the file gives no usable frame rate, then frame numbers
        stand in for times.

    Notes
    -----
    A value is an outlier where it lies more than `outlier_sd` robust standard deviations from the
    running median (Hampel). Smoothing is a local line under a bell of the window's width, which
    keeps the slope of a ramp.
    """
    limits: dict[str, Any] = settings()["series"]
    raw = np.asarray(values, dtype=float)
    if raw.ndim != 1:
        raise SesamoidError(f"a series has one axis, not shape {raw.shape}")
    at = np.arange(len(raw), dtype=float) if times is None else np.asarray(times, dtype=float)
    if at.shape != raw.shape:
        raise SesamoidError(f"{len(at)} times for {len(raw)} values")
    if len(at) > 1 and not np.all(np.diff(at) > 0):
        raise SesamoidError(
            "frame times do not increase",
            fix="give no times where the file's frame rate is zero or wrong.",
        )
    width = float(limits["window_frames"] if times is None else limits["window_s"])
    away = np.abs(at[:, None] - at)
    known = np.isfinite(raw)
    rejected = _outliers(raw, known, away <= width, limits)
    smooth = _local_line(at, raw, known & ~rejected, width)
    return Series(at, raw, smooth, rejected, times is not None)


def _outliers(
    raw: Array, known: NDArray[np.bool_], near: NDArray[np.bool_], limits: dict[str, Any]
) -> NDArray[np.bool_]:
    """True where a value stands out from the running median.

    Where a series hardly scatters, the peak of a movement is no outlier: hence the floor.
    """
    rest = np.full(len(raw), np.nan)
    for index in np.flatnonzero(known):
        rest[index] = raw[index] - np.median(raw[near[index] & known])
    if not known.any():
        return np.zeros(len(raw), dtype=bool)
    spread = 1.4826 * float(np.median(np.abs(rest[known])))
    floor = limits["outlier_floor"] * float(np.median(np.abs(raw[known])))
    out: NDArray[np.bool_] = known & (
        np.abs(np.nan_to_num(rest)) > limits["outlier_sd"] * max(spread, floor)
    )
    return out


def _local_line(at: Array, raw: Array, used: NDArray[np.bool_], width: float) -> Array:
    """Weighted local regression on time; NaN further than a window from any used value."""
    smooth = np.full(len(raw), np.nan)
    x, y = at[used], raw[used]
    for index, time in enumerate(at):
        offset = x - time
        weight = np.exp(-0.5 * (offset / (width / 2)) ** 2)
        if not len(x) or np.min(np.abs(offset)) > width:
            continue
        total, mean = weight.sum(), np.sum(weight * offset) / weight.sum()
        centre = np.sum(weight * y) / total
        variance = np.sum(weight * (offset - mean) ** 2)
        slope = 0.0
        if variance > 1e-9 * total * width**2:
            slope = np.sum(weight * (offset - mean) * (y - centre)) / variance
        smooth[index] = centre - slope * mean
    return smooth


def contraction_phases(length: Series) -> tuple[Phase, ...]:
    """Phases of a contraction from the smoothed fascicle length.

    Notes
    -----
    The rule (this project's, no published one): rest is the 95th percentile of the length, the
    contracted state the 5th. Where they differ by less than `smallest_change` of the resting
    length, all of it is rest. Else the share of the way from rest to contracted tells: below
    `rest_share` rest, above `hold_share` hold, between them shortening or lengthening by the sign
    of the slope. Phases shorter than half a window join the longer neighbour. Frames without a
    length end a phase.
    """
    limits: dict[str, Any] = settings()["series"]
    known = np.isfinite(length.smooth)
    if not known.any():
        return ()
    rest, least = (float(np.percentile(length.smooth[known], p)) for p in (95, 5))
    names = np.full(len(known), "rest", dtype=object)
    if rest - least >= limits["smallest_change"] * abs(rest):
        share = (rest - length.smooth) / (rest - least)
        slope = np.gradient(length.smooth, length.times) if len(known) > 1 else np.zeros(1)
        falling = np.where(np.nan_to_num(slope) < 0, "shortening", "lengthening")
        names = np.where(share < limits["rest_share"], "rest", falling)
        names = np.where(share > limits["hold_share"], "hold", names)
    width = float(limits["window_s" if length.in_seconds else "window_frames"])
    shortest = limits["shortest_windows"] * width
    return _merged(_stretches(names.tolist(), known, length.times), shortest)


def _stretches(names: list[Any], known: NDArray[np.bool_], times: Array) -> list[Phase]:
    out: list[Phase] = []
    for index in np.flatnonzero(known):
        name, time = names[index], float(times[index])
        if out and out[-1].name == name and out[-1].last == index - 1:
            out[-1] = Phase(name, out[-1].first, int(index), out[-1].start, time)
        else:
            out.append(Phase(name, int(index), int(index), time, time))
    return out


def _merged(phases: list[Phase], shortest: float) -> tuple[Phase, ...]:
    """Short phases given to the longer adjoining neighbour, shortest first."""
    left = list(phases)
    while True:
        short = sorted(
            (p.stop - p.start, i) for i, p in enumerate(left) if p.stop - p.start < shortest
        )
        for _, index in short:
            beside = [
                j
                for j in (index - 1, index + 1)
                if 0 <= j < len(left) and _adjoin(left[index], left[j])
            ]
            if beside:
                target = max(beside, key=lambda j: left[j].stop - left[j].start)
                break
        else:
            return tuple(left)
        low, high = sorted((index, target))
        joined = Phase(
            left[target].name, left[low].first, left[high].last, left[low].start, left[high].stop
        )
        left[low : high + 1] = [joined]
        left = _same_joined(left)


def _adjoin(first: Phase, second: Phase) -> bool:
    return first.last + 1 == second.first or second.last + 1 == first.first


def _same_joined(phases: list[Phase]) -> list[Phase]:
    out: list[Phase] = []
    for phase in phases:
        if out and out[-1].name == phase.name and _adjoin(out[-1], phase):
            last = out[-1]
            out[-1] = Phase(last.name, last.first, phase.last, last.start, phase.stop)
        else:
            out.append(phase)
    return out
