"""Time series of a cine as a table: one row a frame."""

from __future__ import annotations

import csv
import io

import numpy as np

from sesamoid.findings import Result


def series_csv(result: Result) -> str:
    """The series of a result.

    Columns: ``frame``, ``seconds`` (empty where the file gives no times), then for each quantity
    ``KEY_UNIT`` as measured, ``..._smooth`` and ``..._rejected``, then ``phase``. An empty cell
    means that the frame gave no number.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = [f"{s.quantity.key}_{s.unit.strip('{}').replace('/', 'per_')}" for s in result.series]
    header = ["frame", "seconds"]
    for name in names:
        header += [name, f"{name}_smooth", f"{name}_rejected"]
    writer.writerow([*header, "phase"])
    first = result.series[0]
    phases = _phases(result)
    for index, frame in enumerate(first.frames):
        seconds = "" if first.seconds is None else f"{first.seconds[index]:.4f}"
        row: list[str] = [str(int(frame)), seconds]
        for series in result.series:
            row += [
                _cell(series.raw[index]),
                _cell(series.smooth[index]),
                str(int(series.rejected[index])),
            ]
        writer.writerow([*row, phases[index]])
    return text.getvalue()


def _phases(result: Result) -> list[str]:
    out = [""] * len(result.series[0].frames)
    for series in result.series:
        for stretch in series.stretches:
            for index in range(stretch.first, stretch.last + 1):
                out[index] = stretch.name
    return out


def _cell(value: float) -> str:
    return f"{value:.4f}" if np.isfinite(value) else ""
