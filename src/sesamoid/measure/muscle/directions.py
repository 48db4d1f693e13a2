"""Fibre directions within a muscle as a few numbers: robust cells, and a plane through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sesamoid.measure.muscle.angles import (
    Array,
    along,
    difference,
    mode_angle,
    weighted_median,
    wrapped,
)
from sesamoid.measure.muscle.field import OrientationField
from sesamoid.measure.muscle.region import MuscleRegion
from sesamoid.measure.muscle.settings import settings

_ROUNDS = 8
_MODE_WIDTH = np.radians(6.0)


@dataclass(frozen=True)
class Directions:
    """Direction as a plane over the muscle: angle = centre + turn . (place, depth - 1/2).

    Parameters
    ----------
    mode : float
        Radians, physical; the most frequent direction, around which cells are unfolded.
    coefficients : ndarray, shape (3,)
        Centre relative to the mode, change over half the width, change from skin to bone side.
    place, depth, angle, weight : ndarray, shape (n,)
        The cells: t, h, direction relative to the mode, weight.
    block : ndarray of int, shape (n,)
        Column block of each cell, the unit of resampling.
    robust : ndarray, shape (n,)
        Weight of each cell in the last round of the fit.
    spread : float
        Weighted standard deviation of the cells around the plane, in radians.
    """

    mode: float
    coefficients: Array
    place: Array
    depth: Array
    angle: Array
    weight: Array
    block: Array
    robust: Array
    spread: float

    def at(self, place: Array, depth: Array) -> Array:
        """Direction in radians at places and depths, held constant outside the muscle."""
        t, h = np.clip(place, -1, 1), np.clip(depth, 0, 1)
        return np.asarray(
            self.mode
            + self.coefficients[0]
            + self.coefficients[1] * t
            + self.coefficients[2] * (h - 0.5)
        )

    def centre(self) -> float:
        """Direction in the middle of the muscle, which is its mean over the plane."""
        return float(wrapped(np.asarray(self.mode + self.coefficients[0])))

    def resampled(self, rng: np.random.Generator, repeats: int) -> Array:
        """Coefficients (repeats, 3) from column blocks drawn with replacement.

        The field's own error, which all cells share, is drawn on top.
        """
        blocks, place = np.unique(self.block, return_inverse=True)
        drawn = rng.multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), repeats)
        weight = self.robust * drawn[:, place]
        basis = _basis(self.place, self.depth)
        normal = np.einsum("rc,ci,cj->rij", weight, basis, basis) + _ridge(self.spread)
        right = np.einsum("rc,ci->ri", weight * self.angle, basis)
        copies: Array = np.linalg.solve(normal, right[..., None])[..., 0]
        shared = np.radians(settings()["bootstrap"]["field_error_deg"])
        copies[:, 0] += rng.normal(0.0, shared, repeats)
        return copies


def summarise(field: OrientationField, region: MuscleRegion) -> Directions | None:
    """Directions of `field` within the muscle; None where too little of it is known.

    Notes
    -----
    The muscle is cut into layers and blocks of equal height and width, so that one loud bundle
    does not outvote the rest. Each cell gives the weighted median of the directions within twice
    the tolerance of the muscle's mode; the plane is fitted by Tukey's biweight.
    """
    limits: dict[str, Any] = settings()["fascicles"]
    margin = settings()["muscle"]["edge_margin"]
    layers, blocks = int(limits["layers"]), int(limits["blocks"])
    down, right = int(limits["layer_samples"]), int(limits["block_samples"])
    h = margin + (np.arange(layers * down) + 0.5) / (layers * down) * (1 - 2 * margin)
    t = -1 + 2 * (np.arange(blocks * right) + 0.5) / (blocks * right)
    places, depths = np.meshgrid(t, h)
    x, y = region.point(places, depths)
    pixels = np.rint(region.to_pixels(x, y)).astype(np.intp)
    angle, weight = field.at(pixels[..., 0], pixels[..., 1])
    angle = along(angle, region.spacing)
    weight = weight ** limits["weight_power"]
    mode = mode_angle(angle, weight, width=_MODE_WIDTH)
    if not np.isfinite(mode):
        return None
    away = difference(angle, np.asarray(mode))
    near = weight * (np.abs(away) < 2 * np.radians(limits["tolerance_deg"]))
    cells = []
    full = float(np.mean(weight[weight > 0])) if np.any(weight > 0) else 0.0
    for i in range(layers):
        for j in range(blocks):
            part = np.s_[i * down : (i + 1) * down, j * right : (j + 1) * right]
            total = float(near[part].mean())
            if total <= 0.05 * full:
                continue
            middle = weighted_median(away[part].ravel(), near[part].ravel())
            cells.append((float(places[part].mean()), float(depths[part].mean()), middle, total, j))
    if len(cells) < limits["fewest_cells"]:
        return None
    place, depth, middle_angle, total_weight, block = np.asarray(cells).T
    # The root keeps a loud cell from outvoting several quiet ones.
    level = np.sqrt(total_weight / total_weight.max())
    coefficients, robust, spread = _plane(place, depth, middle_angle, level)
    return Directions(mode, coefficients, place, depth, middle_angle, level, block, robust, spread)


def _basis(place: Array, depth: Array) -> Array:
    return np.stack([np.ones_like(place), place, depth - 0.5], axis=1)


def _ridge(spread: float) -> Array:
    """Precision of the prior that directions hardly turn, for cells of that spread."""
    prior = np.radians(settings()["fascicles"]["prior_turn_deg"])
    # Neighbouring cells share speckle: count them as a third of their number.
    strength = 3 * (max(spread, 1e-4) / prior) ** 2
    return np.diag([1e-12, strength, strength])


def _plane(place: Array, depth: Array, angle: Array, weight: Array) -> tuple[Array, Array, float]:
    """Robust ridge regression of the angles; coefficients, weights, spread."""
    tolerance = np.radians(settings()["fascicles"]["tolerance_deg"])
    basis = _basis(place, depth)
    coefficients = np.array([weighted_median(angle, weight), 0.0, 0.0])
    robust, spread = weight, tolerance
    for _ in range(_ROUNDS):
        residual = angle - basis @ coefficients
        robust = weight * np.clip(1 - (residual / tolerance) ** 2, 0, None) ** 2
        spread = float(np.sqrt(np.sum(robust * residual**2) / robust.sum()))
        normal = basis.T @ (basis * robust[:, None]) + _ridge(spread)
        coefficients = np.linalg.solve(normal, basis.T @ (robust * angle))
    return coefficients, robust, spread
