"""Time series as inline SVG for the HTML page: dots as measured, a line without outliers."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from sesamoid.findings import TimeSeries
from sesamoid.reports.wording import number

WIDTH, HEIGHT = 640, 150
LEFT, RIGHT, TOP, BOTTOM = 56, 10, 10, 24
PHASE_COLOURS = {
    "rest": "none",
    "shortening": "#E69F00",
    "hold": "#56B4E9",
    "lengthening": "#009E73",
}


@dataclass(frozen=True)
class _Axes:
    """From data to picture coordinates."""

    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        span = max(self.x[1] - self.x[0], 1e-9)
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - self.x[0]) / span

    def down(self, value: float) -> float:
        span = max(self.y[1] - self.y[0], 1e-9)
        return TOP + (HEIGHT - TOP - BOTTOM) * (self.y[1] - value) / span


def series_svg(series: TimeSeries, unit: str) -> str:
    """One series, its values' range on the left, time or frame numbers below."""
    at = series.frames.astype(float) if series.seconds is None else series.seconds
    seen = np.concatenate([series.raw[~series.rejected], series.smooth])
    seen = seen[np.isfinite(seen)]
    if not len(seen):
        return ""
    low, high = float(seen.min()), float(seen.max())
    margin = 0.08 * max(high - low, 1e-3 * abs(high), 1e-6)
    axes = _Axes((float(at[0]), float(at[-1])), (low - margin, high + margin))
    name = escape(
        f"{series.quantity.name} over {'time' if series.seconds is not None else 'frames'}"
    )
    parts = [
        f'<svg class="series" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}">',
        *_stretches(series, at, axes),
        f'<line x1="{LEFT}" y1="{HEIGHT - BOTTOM}" x2="{WIDTH - RIGHT}" y2="{HEIGHT - BOTTOM}"/>',
        f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{HEIGHT - BOTTOM}"/>',
    ]
    for value in (low, high):
        y = axes.down(value)
        parts.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{number(value)}</text>'
        )
    last = "s" if series.seconds is not None else ""
    for value, anchor in ((float(at[0]), "start"), (float(at[-1]), "end")):
        x = axes.across(value)
        text = f"{value:.2f} {last}" if last else f"frame {value:.0f}"
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT - 6}" text-anchor="{anchor}">{text}</text>')
    parts.append(f'<text x="{LEFT + 4}" y="{TOP + 8}" class="unit">{escape(unit)}</text>')
    parts += _dots(series, at, axes)
    parts += _curve(series, at, axes)
    return "".join([*parts, "</svg>"])


def _dots(series: TimeSeries, at: NDArray[np.float64], axes: _Axes) -> list[str]:
    out = []
    for time, value, rejected in zip(at, series.raw, series.rejected, strict=True):
        if np.isfinite(value) and axes.y[0] <= value <= axes.y[1]:
            kind = "out" if rejected else "raw"
            place = f'cx="{axes.across(time):.1f}" cy="{axes.down(value):.1f}"'
            out.append(f'<circle class="{kind}" {place} r="1.5"/>')
    return out


def _curve(series: TimeSeries, at: NDArray[np.float64], axes: _Axes) -> list[str]:
    """The smooth line, broken where there is none."""
    out: list[str] = []
    points: list[str] = []
    for time, value in zip([*at, np.nan], [*series.smooth, np.nan], strict=True):
        if np.isfinite(value):
            points.append(f"{axes.across(time):.1f},{axes.down(value):.1f}")
        elif points:
            out.append(f'<polyline points="{" ".join(points)}"/>')
            points = []
    return out


def _stretches(series: TimeSeries, at: NDArray[np.float64], axes: _Axes) -> list[str]:
    out = []
    for one in series.stretches:
        left, right = axes.across(float(at[one.first])), axes.across(float(at[one.last]))
        colour = PHASE_COLOURS.get(one.name, "none")
        height = HEIGHT - TOP - BOTTOM
        out.append(
            f'<rect x="{left:.1f}" y="{TOP}" width="{max(right - left, 0):.1f}" height="{height}" '
            f'fill="{colour}" opacity="0.18"><title>{escape(one.name)}</title></rect>'
        )
    return out
