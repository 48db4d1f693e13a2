"""Width, height and shape of a mask from its second moments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sesamoid.measure.calipers import Caliper
from sesamoid.measure.checks import Spacing, checked_mask, checked_spacing


@dataclass(frozen=True)
class Ellipse:
    """The ellipse with the same second moments as a mask.

    Parameters
    ----------
    centre : tuple of float
        (row, column) in pixels.
    long_axis, short_axis : Caliper
        Whole axes, not semi-axes, through the centre.
    angle_deg : float
        Of the long axis against the image rows, in -90..90, in the spacing's geometry; positive
        where its right end points down the screen.
    """

    centre: tuple[float, float]
    long_axis: Caliper
    short_axis: Caliper
    angle_deg: float

    @property
    def area(self) -> float:
        """pi / 4 x long x short, in the square of the spacing's unit."""
        return math.pi / 4 * self.long_axis.length * self.short_axis.length


def ellipse_axes(mask: NDArray[np.generic], spacing: Spacing) -> Ellipse:
    """The ellipse of equal second moments.

    Parameters
    ----------
    mask : ndarray of shape (rows, columns)
    spacing : tuple of float
        (row, column), mm or pixels; need not be square.

    Raises
    ------
    SesamoidError
        The mask is empty.

    Notes
    -----
    A uniform ellipse has variance a^2 / 4 along a semi-axis a, so an axis is four times the root of
    the eigenvalue of the covariance. Every pixel is a rectangle, not a point: its own variance,
    spacing^2 / 12, is added (as scikit-image's ``regionprops`` does).
    """
    step = np.asarray(checked_spacing(spacing))
    points = np.argwhere(checked_mask(mask)) * step
    middle = points.mean(axis=0)
    centred = points - middle
    covariance = centred.T @ centred / len(points) + np.diag(step**2 / 12)
    values, vectors = np.linalg.eigh(covariance)
    lengths = 4 * np.sqrt(values)
    calipers = []
    for length, direction in zip(lengths, vectors.T, strict=True):
        # From left to right, or from top to bottom where upright, so that end points are stable.
        along = direction if (direction[1], direction[0]) > (0, 0) else -direction
        half = along * length / 2
        calipers.append(
            Caliper.between((middle - half) / step, (middle + half) / step, (step[0], step[1]))
        )
    short, long = calipers
    rise = (np.subtract(long.end, long.start)) * step
    centre = middle / step
    return Ellipse(
        centre=(float(centre[0]), float(centre[1])),
        long_axis=long,
        short_axis=short,
        angle_deg=math.degrees(math.atan2(rise[0], rise[1])),
    )


def short_and_long_axis(mask: NDArray[np.generic], spacing: Spacing) -> tuple[Caliper, Caliper]:
    """Height and width of a nerve: the short and the long axis of `ellipse_axes`.

    A bump or a stray pixel moves them little, unlike the Feret diameters of `calipers.feret`, which
    a reader's calipers resemble more. End points may lie off the mask where it is not an ellipse.
    """
    ellipse = ellipse_axes(mask, spacing)
    return ellipse.short_axis, ellipse.long_axis


def flattening_ratio(mask: NDArray[np.generic], spacing: Spacing) -> float:
    """Width / height: long over short axis of `ellipse_axes`, 1 or more, without unit.

    The definition FR = w / h is that of the carpal-tunnel literature (Mani 2011, clinical
    facts 2.2 and 2.3: 2.66 at the inlet in 75 healthy adults).
    """
    short, long = short_and_long_axis(mask, spacing)
    return long.length / short.length
