"""Packing: tendons, nerves, vessels pushed apart, off the bones and under the retinaculum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.body.frames import Array
from sesamoid.virtual.body.packing_kernels import NEAR_MM, relax_kernel
from sesamoid.virtual.body.solids import Float32

# Sides of the retinaculum.
NO_SIDE, INSIDE, OUTSIDE = 0, 1, -1
MARGIN_MM = 0.16
# Rounds, how strongly springs hold, and how much the lines are smoothed.
PHASES = ((60, 0.04, 0.30), (40, 0.0, 0.25), (40, 0.0, 0.12))
PHASES_AGAIN = ((24, 0.0, 0.25), (40, 0.0, 0.12))


@dataclass
class Lines:
    """Cross-sections of n tubes in nz planes of constant z; arrays (n, nz).

    Parameters
    ----------
    x, y : ndarray
        Centres, in mm; changed by `relax`.
    width, height : ndarray
        Half sizes, in mm.
    angle : ndarray
        Direction of the width in the plane, in rad.
    active, pinned : ndarray of bool
        Whether a tube is there, and whether it stays where it is.
    clearance : ndarray
        Least distance from bone to surface, in mm.
    side : ndarray of int32, shape (n,)
        Of the retinaculum.
    z : ndarray of shape (nz,)
    """

    x: Array
    y: Array
    width: Array
    height: Array
    angle: Array
    active: NDArray[np.bool_]
    pinned: NDArray[np.bool_]
    clearance: Array
    side: NDArray[np.int32]
    z: Array


def relax(
    lines: Lines,
    bones: tuple[Float32, NDArray[np.int32], Float32],
    roof: tuple[Float32, Float32, float, float, float],
    *,
    again: bool = False,
) -> Array:
    """Move the lines apart, in place; the overlap that each line is left with, (n, nz), in mm.

    First softly, held by springs to where anatomy puts them; then firmly, without. Lines that have
    been relaxed before are only moved firmly.
    """
    left = np.zeros_like(lines.x)
    for rounds, spring, smooth in PHASES_AGAIN if again else PHASES:
        work = np.zeros((5, *lines.x.shape, 3))
        work[0] = NEAR_MM
        relax_kernel(
            lines.x,
            lines.y,
            lines.width,
            lines.height,
            lines.angle,
            lines.active,
            lines.pinned,
            lines.clearance,
            lines.side,
            lines.z,
            *bones,
            roof[0],
            roof[1],
            roof[2],
            roof[3],
            roof[4],
            rounds,
            spring,
            smooth,
            MARGIN_MM,
            lines.x.copy(),
            lines.y.copy(),
            work,
            left,
        )
    return left
