"""What an image is: pixels, spacing, time and provenance, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import NotCalibrated, SesamoidError
from sesamoid.imaging.geometry import (
    Calibration,
    Crop,
    UltrasoundRegion,
    region_calibration,
)


class Modality(StrEnum):
    """Acquisition modality as DICOM names it (PS3.3 C.7.3.1.1.1); OTHER where there is none."""

    ULTRASOUND = "US"
    CT = "CT"
    MR = "MR"
    COMPUTED_RADIOGRAPHY = "CR"
    DIGITAL_RADIOGRAPHY = "DX"
    OTHER = "OT"


@dataclass(frozen=True)
class Provenance:
    """Where an image came from, enough to reference it again.

    Parameters
    ----------
    path : Path
        The file or folder that was read.
    format : str
        The format found in the content, e.g. ``"DICOM"``, ``"PNG"``, ``"NIfTI"``.
    transfer_syntax : str, optional
        Name of the DICOM transfer syntax or of the video codec.
    photometric : str, optional
        DICOM photometric interpretation as stored, before conversion.
    instance_uids : tuple of str
        SOP Instance UIDs in slice order; one for a single file; empty if not DICOM.
    source_files : tuple of Path
        The DICOM files, in slice order, that a report may reference.
    sha256 : str, optional
        Digest of the file, for audit.
    notes : tuple of str
        What the reader decided that the user should know.
    """

    path: Path
    format: str
    transfer_syntax: str | None = None
    photometric: str | None = None
    instance_uids: tuple[str, ...] = ()
    source_files: tuple[Path, ...] = ()
    sha256: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Image:
    """An image, a cine or a volume; never rescales its intensities by itself.

    Parameters
    ----------
    pixels : ndarray
        Axes are (frames, rows, columns[, channels]) where ``axes`` is ``"frames"``; a still has
        one frame. Axes are (slices, rows, columns) where ``axes`` is ``"slices"``. Channels are
        RGB. CT values are Hounsfield units; the rest are as stored.
    axes : {"frames", "slices"}
        What the first axis is.
    modality : Modality
        ``Modality.OTHER`` for a PNG or a video, which say none.
    spacing_mm : tuple of float, optional
        Distance between pixel centres in array order, without the frames axis: (row, column) for
        frames, (slice, row, column) for a volume. For calibrated ultrasound it is that of the
        main region (the largest 2-D tissue region); see `regions`. None: not calibrated.
    frame_times_s : ndarray, optional
        Time of each frame from the first, in seconds, of shape (frames,).
    regions : tuple of UltrasoundRegion
        Every ultrasound region of the file, 2-D tissue first, then in file order.
    affine : ndarray, optional
        (4, 4), from array index (slice, row, column, 1) to patient coordinates in mm (DICOM LPS).
    crop : Crop, optional
        Where these pixels lie in the pixels of the file; None where they are the whole of it.
    provenance : Provenance
    """

    pixels: NDArray[np.generic]
    provenance: Provenance
    axes: Literal["frames", "slices"] = "frames"
    modality: Modality = Modality.OTHER
    spacing_mm: tuple[float, ...] | None = None
    frame_times_s: NDArray[np.float64] | None = None
    regions: tuple[UltrasoundRegion, ...] = ()
    affine: NDArray[np.float64] | None = None
    crop: Crop | None = None
    attributes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = (3, 4) if self.axes == "frames" else (3,)
        if self.pixels.ndim not in wanted:
            raise SesamoidError(
                f"pixels of shape {self.pixels.shape} do not fit axes {self.axes!r}, "
                f"which need {' or '.join(map(str, wanted))} axes",
                path=self.provenance.path,
            )
        expected = 2 if self.axes == "frames" else 3
        if self.spacing_mm is not None and len(self.spacing_mm) != expected:
            raise SesamoidError(
                f"spacing {self.spacing_mm} does not fit axes {self.axes!r}, which need "
                f"{expected} values",
                path=self.provenance.path,
            )
        if self.frame_times_s is not None and len(self.frame_times_s) != len(self.pixels):
            raise SesamoidError(
                f"{len(self.frame_times_s)} frame times for {len(self.pixels)} frames",
                path=self.provenance.path,
            )

    @property
    def frames(self) -> int:
        """Number of frames (or slices)."""
        return int(self.pixels.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns) of a frame."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[2])

    @property
    def is_colour(self) -> bool:
        """True where pixels carry RGB channels."""
        return self.pixels.ndim == 4

    @property
    def calibrated(self) -> bool:
        """True where at least part of the image can be measured in mm."""
        return self.spacing_mm is not None or any(r.spacing_mm for r in self.regions)

    def grey(self, frame: int = 0) -> NDArray[np.generic]:
        """One frame as (rows, columns), ITU-R BT.601 luma where it is RGB; not rescaled."""
        return to_grey(self.pixels[frame], colour=self.is_colour)

    def calibration(
        self, points: NDArray[np.floating] | tuple[tuple[float, float], ...], *, frame: int = 0
    ) -> Calibration:
        """The calibration that holds for all of `points`.

        Parameters
        ----------
        points : array_like of shape (n, 2)
            (row, column) in this image's pixels, e.g. both end points of a caliper.
        frame : int
            The frame that is measured; a region may hold for some frames only.

        Returns
        -------
        Calibration
            In mm where one region (or the whole image) holds all the points, else in pixels.
        """
        pts = np.atleast_2d(np.asarray(points, dtype=float))
        if self.regions:
            shift = np.array([self.crop.top, self.crop.left]) if self.crop else np.zeros(2)
            return region_calibration(self.regions, pts + shift, frame)
        if self.spacing_mm is not None:
            return Calibration((self.spacing_mm[-2], self.spacing_mm[-1]), source="pixel spacing")
        return Calibration(None, source="the file gives no calibration")

    def require_spacing_mm(self) -> tuple[float, ...]:
        """`spacing_mm`, or NotCalibrated where there is none."""
        if self.spacing_mm is None:
            raise NotCalibrated(
                "the image carries no pixel spacing, so nothing can be given in mm",
                path=self.provenance.path,
                fix="use the DICOM file from the scanner, or state --mm-per-pixel.",
            )
        return self.spacing_mm

    def cropped(self, crop: Crop) -> Image:
        """The part inside `crop`, which is in this image's pixels; remembers where it lay."""
        pixels = self.pixels[:, crop.top : crop.bottom, crop.left : crop.right]
        whole = crop if self.crop is None else crop.inside(self.crop)
        affine = None
        if self.affine is not None:
            shift = np.eye(4)
            shift[1, 3], shift[2, 3] = crop.top, crop.left
            affine = self.affine @ shift
        return replace(self, pixels=pixels, crop=whole, affine=affine)

    def with_spacing(self, spacing_mm: tuple[float, float]) -> Image:
        """This image with a stated (row, column) spacing in place of what the file gave."""
        return replace(self, spacing_mm=spacing_mm, regions=())

    def __repr__(self) -> str:
        spacing = (
            " x ".join(f"{s:.4g}" for s in self.spacing_mm) + " mm"
            if self.spacing_mm
            else "not calibrated"
        )
        orientation = ""
        if self.affine is not None:
            orientation = f", orientation {orientation_letters(self.affine)}"
        return (
            f"Image({self.modality.value}, {self.axes} {' x '.join(map(str, self.pixels.shape))} "
            f"{self.pixels.dtype}, spacing {spacing}{orientation}, "
            f"{self.pixels.nbytes / 2**20:.1f} MiB, {self.provenance.format} "
            f"{self.provenance.path.name!r})"
        )


def to_grey(pixels: NDArray[np.generic], *, colour: bool) -> NDArray[np.generic]:
    """(…, 3) RGB to luma by ITU-R BT.601 weights, in the dtype given; grey passes through."""
    if not colour:
        return pixels
    luma = pixels[..., :3] @ np.array([0.299, 0.587, 0.114])
    if np.issubdtype(pixels.dtype, np.integer):
        luma = np.rint(luma)
    grey: NDArray[np.generic] = luma.astype(pixels.dtype)
    return grey


def orientation_letters(affine: NDArray[np.float64]) -> str:
    """Direction in which each array axis runs, e.g. ``"SPL"``, from an LPS affine."""
    letters = ("RL", "AP", "IS")
    out = ""
    for axis in range(3):
        direction = affine[:3, axis]
        world = int(np.argmax(np.abs(direction)))
        out += letters[world][int(direction[world] > 0)]
    return out
