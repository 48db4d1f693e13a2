"""Pixel geometry: crops, calibrated regions, and the step from pixels to mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Crop:
    """A rectangle of pixels: rows ``top:bottom``, columns ``left:right`` (half open)."""

    top: int
    left: int
    height: int
    width: int

    @property
    def bottom(self) -> int:
        """First row below the rectangle."""
        return self.top + self.height

    @property
    def right(self) -> int:
        """First column to the right of the rectangle."""
        return self.left + self.width

    def inside(self, outer: Crop) -> Crop:
        """This crop, given in the pixels of `outer`, in the pixels that `outer` is given in."""
        return Crop(outer.top + self.top, outer.left + self.left, self.height, self.width)

    def mirrored(self, columns: int) -> Crop:
        """Where this crop lies once the picture, `columns` wide, is mirrored left to right."""
        return Crop(self.top, columns - self.right, self.height, self.width)

    def paste(self, part: NDArray[np.generic], shape: tuple[int, int]) -> NDArray[np.generic]:
        """`part` of shape (height, width) laid into zeros of `shape` (rows, columns)."""
        whole = np.zeros(shape, dtype=part.dtype)
        whole[self.top : self.bottom, self.left : self.right] = part
        return whole


@dataclass(frozen=True)
class UltrasoundRegion:
    """One item of the DICOM Sequence of Ultrasound Regions (PS3.3 C.8.5.5).

    Parameters
    ----------
    bounds : Crop
        Where it lies, in the pixels of the file.
    spacing_mm : tuple of float, optional
        (row, column) distance between pixel centres; None where the region's axes are not both
        lengths (M-mode, spectral Doppler) or its unit is not given.
    kind : str
        Spatial format and data type, e.g. ``"2D tissue"``, ``"2D colour flow"``, ``"M-mode"``.
    frames : tuple of int, optional
        Frames (from 0) that it holds for; None: all.
    priority : bool
        True where its pixels are drawn over those of other regions (bit 0 of Region Flags).
    """

    bounds: Crop
    spacing_mm: tuple[float, float] | None
    kind: str
    frames: tuple[int, ...] | None = None
    priority: bool = False

    def contains(self, points: NDArray[np.floating]) -> bool:
        """True where every (row, column) point of shape (n, 2) lies in the region."""
        rows, columns = points[:, 0], points[:, 1]
        b = self.bounds
        return bool(
            np.all(rows >= b.top - 0.5)
            and np.all(rows <= b.bottom - 0.5)
            and np.all(columns >= b.left - 0.5)
            and np.all(columns <= b.right - 0.5)
        )

    def holds(self, frame: int) -> bool:
        """True where the region is valid for `frame`."""
        return self.frames is None or frame in self.frames


@dataclass(frozen=True)
class Calibration:
    """How pixels become lengths for one measurement, and why.

    Parameters
    ----------
    spacing_mm : tuple of float, optional
        (row, column); None: lengths stay in pixels.
    source : str
        Where the spacing comes from, or why there is none.
    """

    spacing_mm: tuple[float, float] | None
    source: str

    @property
    def spacing(self) -> tuple[float, float]:
        """(row, column) step in `length_unit`: mm where calibrated, else 1 pixel."""
        return self.spacing_mm or (1.0, 1.0)

    @property
    def length_unit(self) -> str:
        """UCUM unit of a length."""
        return "mm" if self.spacing_mm else "{pixels}"

    @property
    def area_unit(self) -> str:
        """UCUM unit of an area."""
        return "mm2" if self.spacing_mm else "{pixels}"


def region_calibration(
    regions: tuple[UltrasoundRegion, ...], points: NDArray[np.floating], frame: int
) -> Calibration:
    """The calibration of the one region that holds all of `points`.

    Where regions overlap, a pixel belongs to the one drawn on top: the one with priority (PS3.3
    C.8.5.5.1.3), else the smaller. A measurement with a point on an M-mode or spectral strip laid
    over the scan, or on a scan of another scale, is not in mm.

    Parameters
    ----------
    regions : tuple of UltrasoundRegion
    points : ndarray of shape (n, 2)
        (row, column) in the pixels of the file.
    frame : int
    """
    held = [region for region in regions if region.holds(frame)]
    for region in held:
        if region.spacing_mm is None or not region.contains(points):
            continue
        if not any(_covers(other, region, points) for other in held):
            return Calibration(region.spacing_mm, source=f"ultrasound region ({region.kind})")
    return Calibration(None, source="no calibrated region contains the measurement")


def _covers(
    other: UltrasoundRegion, region: UltrasoundRegion, points: NDArray[np.floating]
) -> bool:
    """True where `other` is drawn over `region`, has another scale, and holds one of `points`."""
    if other is region or not other.kind.startswith(("2D", "M-mode", "spectral")):
        return False
    if other.spacing_mm is not None and region.spacing_mm is not None:
        if np.allclose(other.spacing_mm, region.spacing_mm, rtol=1e-6):
            return False
    elif other.kind.startswith("2D"):
        return False  # the scan again, for its colours or its graphics, without a scale of its own
    size, other_size = (r.bounds.height * r.bounds.width for r in (region, other))
    on_top = (other.priority, -other_size) > (region.priority, -size)
    return on_top and any(other.contains(point[None]) for point in points)
