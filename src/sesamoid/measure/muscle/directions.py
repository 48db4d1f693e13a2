"""Fibre directions within a muscle as a few numbers: robust cells, and a plane through them."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    """

    mode: float
    coefficients: Array
    place: Array
    depth: Array
    angle: Array
    weight: Array
    block: Array

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

    def resampled(self, rng: np.random.Generator) -> Directions:
        """The plane through column blocks drawn with replacement."""
        blocks = np.unique(self.block)
        drawn = rng.choice(blocks, len(blocks))
        times = np.array([np.count_nonzero(drawn == b) for b in self.block])
        return replace(
            self,
            coefficients=_plane(self.place, self.depth, self.angle, self.weight * times),
        )


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
    return Directions(
        mode=mode,
        coefficients=_plane(place, depth, middle_angle, level),
        place=place,
        depth=depth,
        angle=middle_angle,
        weight=level,
        block=block,
    )


def _plane(place: Array, depth: Array, angle: Array, weight: Array) -> Array:
    """Robust ridge regression of the angles on place and depth."""
    limits = settings()["fascicles"]
    basis = np.stack([np.ones_like(place), place, depth - 0.5], axis=1)
    prior = np.radians(limits["prior_turn_deg"])
    tolerance = np.radians(limits["tolerance_deg"])
    centre = weighted_median(angle, weight)
    coefficients = np.array([centre, 0.0, 0.0])
    for _ in range(_ROUNDS):
        residual = angle - basis @ coefficients
        robust = weight * np.clip(1 - (residual / tolerance) ** 2, 0, None) ** 2
        if robust.sum() <= 0:
            break
        spread = np.sqrt(np.sum(robust * residual**2) / robust.sum())
        # Neighbouring cells share speckle: count them as a third of their number.
        ridge = np.diag([0.0, 1.0, 1.0]) * 3 * (max(spread, 1e-4) / prior) ** 2
        normal = basis.T @ (basis * robust[:, None]) + ridge
        coefficients = np.linalg.solve(normal + 1e-12 * np.eye(3), basis.T @ (robust * angle))
    return np.asarray(coefficients)
