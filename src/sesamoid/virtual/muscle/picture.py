"""The picture of a virtual muscle with its masks, its fibre directions and its exact numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sesamoid.virtual.muscle.echo import echo_map
from sesamoid.virtual.muscle.geometry import Geometry
from sesamoid.virtual.muscle.parameters import VirtualMuscle
from sesamoid.virtual.muscle.speckle import speckled
from sesamoid.virtual.muscle.truth import MuscleTruth, muscle_region, truth_of

SPARSE_SHARE = 0.3
"""Share of the fragments that a sparse labelling marks [P]: look of muscle-fascicle."""


@dataclass(frozen=True)
class MusclePicture:
    """A virtual picture; every array is (rows, columns).

    Parameters
    ----------
    muscle : VirtualMuscle
    pixels : ndarray of uint8
    aponeuroses : ndarray of bool
        Both bands.
    fascicles : ndarray of bool
        All bright lines in the muscle.
    region : ndarray of bool
        Between the facing edges.
    angle : ndarray of float64
        Fibre direction in radians, positive when rising to the right, in (-pi/2, pi/2]; NaN
        outside `region`.
    truth : MuscleTruth
    """

    muscle: VirtualMuscle
    pixels: NDArray[np.uint8]
    aponeuroses: NDArray[np.bool_]
    fascicles: NDArray[np.bool_]
    region: NDArray[np.bool_]
    angle: NDArray[np.float64]
    truth: MuscleTruth

    @property
    def spacing_mm(self) -> tuple[float, float]:
        """(row, column)."""
        return self.muscle.mm_per_pixel, self.muscle.mm_per_pixel

    def sparse_fascicles(self, *, share: float = SPARSE_SHARE) -> NDArray[np.bool_]:
        """A share of the connected fragments, as a person labels them; chosen by the seed."""
        labels, count = ndimage.label(self.fascicles, np.ones((3, 3)))
        rng = np.random.default_rng((self.muscle.seed, 7))
        kept = np.concatenate([[False], rng.random(count) < share])
        sparse: NDArray[np.bool_] = kept[labels]
        return sparse


def picture(muscle: VirtualMuscle) -> MusclePicture:
    """Draw `muscle`; the same muscle gives the same bytes."""
    rng = np.random.default_rng((muscle.seed, 1))
    geometry = Geometry.of(muscle)
    echo = echo_map(geometry, rng)
    region = muscle_region(muscle)
    y, x = np.nonzero(region)
    _, v = geometry.to_frame(x * muscle.mm_per_pixel, y * muscle.mm_per_pixel)
    angle = np.full(region.shape, np.nan)
    angle[region] = geometry.angle(v)
    return MusclePicture(
        muscle=muscle,
        pixels=speckled(muscle, echo.power, rng),
        aponeuroses=echo.aponeuroses,
        fascicles=echo.fascicles,
        region=region,
        angle=angle,
        truth=truth_of(muscle),
    )
