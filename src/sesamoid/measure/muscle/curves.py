"""A smooth, robust curve through the samples of an aponeurosis' edge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre

from sesamoid.measure.muscle.angles import Array
from sesamoid.measure.muscle.settings import settings

_ROUNDS = 12
_TUKEY = 4.685
"""Tukey's biweight constant: 95 % efficiency for normal errors."""

_BLOCK_SHARE = 0.08
"""Length over which residuals of an edge hang together, as a share of the curve [P]."""


@dataclass(frozen=True)
class EdgeCurve:
    """Depth y as a function of x, both in the spacing's unit (y runs down).

    Parameters
    ----------
    start, stop : float
        Where it was seen; beyond, it goes on straight.
    powers, rates : tuple of float
        Polynomial over [start, stop] brought to [-1, 1], lowest order first, and its derivative.
    tails : tuple of float
        (y, slope) at the start and at the stop, of the stiffer curve that gives the tangents.
    samples : tuple of ndarray
        x and y that it was fitted to, and their residuals and robust weights.
    share : float
        Share of [start, stop] in which the edge was seen.
    """

    start: float
    stop: float
    powers: tuple[float, ...]
    rates: tuple[float, ...]
    tails: tuple[float, float]
    samples: tuple[Array, Array, Array, Array]
    share: float

    def y(self, x: Array) -> Array:
        """Depth at `x`."""
        x = np.asarray(x, dtype=float)
        t = _unit(np.clip(x, self.start, self.stop), self.start, self.stop)
        inside = _horner(self.powers, t)
        before, after = np.minimum(x - self.start, 0), np.maximum(x - self.stop, 0)
        return np.asarray(inside + before * self.tails[0] + after * self.tails[1])

    def slope(self, x: Array) -> Array:
        """dy/dx at `x`."""
        x = np.asarray(x, dtype=float)
        inside = _horner(self.rates, _unit(x, self.start, self.stop)) * (
            2 / (self.stop - self.start)
        )
        out = np.where(x < self.start, self.tails[0], inside)
        return np.asarray(np.where(x > self.stop, self.tails[1], out))

    def line_angle(self, start: float, stop: float) -> float:
        """Angle in radians of the least-squares line over [start, stop], rising right positive."""
        x = np.linspace(start, stop, 101)
        return float(np.arctan(-np.polyfit(x, self.y(x), 1)[0]))

    def shaken(self, rng: np.random.Generator) -> EdgeCurve:
        """The curve refitted after residuals changed sign block by block (wild bootstrap)."""
        x, y, residual, weight = self.samples
        blocks = max(4, round(1 / _BLOCK_SHARE))
        place = (x - self.start) / max(self.stop - self.start, 1e-9)
        index = np.minimum((place * blocks).astype(int), blocks - 1)
        signs = rng.choice([-1.0, 1.0], blocks)
        return _solved(x, y - residual + residual * signs[index], weight, self.share)


def fit_edge(x: Array, y: Array) -> EdgeCurve:
    """Fit the samples of one edge; x increasing, in the spacing's unit, at least 5.

    Notes
    -----
    Iteratively reweighted least squares with Tukey's biweight on a Legendre series whose higher
    orders are held back by a ridge.
    """
    weight = np.ones_like(x)
    step = _step(x)
    limits = settings()["edges"]
    basis = legendre.legvander(_unit(x, float(x[0]), float(x[-1])), int(limits["degree"]))
    for _ in range(_ROUNDS):
        residual = y - basis @ _series(basis, y, weight, limits["stiffness"])
        scale = max(1.4826 * float(np.median(np.abs(residual))), 1e-3 * step)
        weight = np.clip(1 - (residual / (_TUKEY * scale)) ** 2, 0, None) ** 2
        if np.count_nonzero(weight > 0) < 5:
            break
    seen = min(1.0, len(x) * step / max(float(x[-1] - x[0]) + step, 1e-9))
    return _solved(x, y, weight, seen)


def _step(x: Array) -> float:
    return float(np.median(np.diff(x))) if len(x) > 1 else 1.0


def _solved(x: Array, y: Array, weight: Array, share: float) -> EdgeCurve:
    limits = settings()["edges"]
    start, stop = float(x[0]), float(x[-1])
    basis = legendre.legvander(_unit(x, start, stop), int(limits["degree"]))
    tail = int(limits["tail_degree"])
    full = _series(basis, y, weight, limits["stiffness"])
    stiff = _series(basis[:, : tail + 1], y, weight, limits["stiffness"])
    rate = legendre.legval(np.array([-1.0, 1.0]), legendre.legder(stiff)) * 2 / (stop - start)
    residual = y - basis @ full
    powers = legendre.leg2poly(full)
    return EdgeCurve(
        start=start,
        stop=stop,
        powers=tuple(powers.tolist()),
        rates=tuple((powers[1:] * np.arange(1, len(powers))).tolist()),
        tails=(float(rate[0]), float(rate[1])),
        samples=(x, y, residual, weight),
        share=share,
    )


def _horner(powers: tuple[float, ...], t: Array) -> Array:
    """Polynomial at `t`; in the inner loop of tracing, so without NumPy's generality."""
    total = np.full_like(t, powers[-1])
    for power in powers[-2::-1]:
        total = total * t + power
    return total


def _unit(x: Array, start: float, stop: float) -> Array:
    return np.asarray(2 * (x - start) / (stop - start) - 1)


def _series(basis: Array, y: Array, weight: Array, stiffness: float) -> Array:
    """Coefficients on the columns of `basis`, of order 0 and up."""
    orders = np.arange(basis.shape[1])
    ridge = stiffness * max(float(weight.sum()), 1.0) * np.where(orders >= 2, orders**2.0, 0)
    normal = basis.T @ (basis * weight[:, None]) + np.diag(ridge + 1e-9)
    return np.asarray(np.linalg.solve(normal, basis.T @ (weight * y)))
