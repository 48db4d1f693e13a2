"""A DICOM still or cine as an `Image` with axes frames, rows, columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from sesamoid.imaging.dicom.attributes import attributes, modality
from sesamoid.imaging.dicom.header import floats, transfer_syntax
from sesamoid.imaging.dicom.pixels import decode_pixels
from sesamoid.imaging.dicom.regions import main_spacing, per_frame_regions, ultrasound_regions
from sesamoid.imaging.dicom.spacing import plane_spacing
from sesamoid.imaging.dicom.timing import frame_times
from sesamoid.imaging.digest import sha256_of
from sesamoid.imaging.geometry import Crop, UltrasoundRegion
from sesamoid.imaging.image import Image, Modality, Provenance


def still_or_cine(dataset: Dataset, path: Path) -> Image:
    """Pixels, regions, spacing and times of one DICOM file that is not a volume.

    Raises
    ------
    UnreadableImage
        Where the pixels cannot be decoded.
    """
    pixels, notes = decode_pixels(dataset, path)
    frames, size = len(pixels), (int(pixels.shape[1]), int(pixels.shape[2]))
    kind = modality(dataset)
    regions, spacing, spacing_notes = _calibration(dataset, kind, frames, size)
    times, time_note = frame_times(dataset, frames)
    all_notes = [*notes, *_rescale_note(dataset), *spacing_notes]
    if time_note is not None:
        all_notes.append(time_note)
    return Image(
        pixels=pixels,
        provenance=provenance(dataset, path, tuple(all_notes)),
        modality=kind,
        spacing_mm=spacing,
        frame_times_s=times,
        regions=regions,
        attributes=attributes(dataset),
    )


def provenance(dataset: Dataset, path: Path, notes: tuple[str, ...]) -> Provenance:
    """Where one DICOM file came from."""
    uid = dataset.get("SOPInstanceUID")
    return Provenance(
        path=path,
        format="DICOM",
        transfer_syntax=transfer_syntax(dataset).name,
        photometric=str(dataset.PhotometricInterpretation).strip(),
        instance_uids=(str(uid),) if uid else (),
        source_files=(path,),
        sha256=sha256_of(path),
        notes=notes,
    )


def _calibration(
    dataset: Dataset, kind: Modality, frames: int, size: tuple[int, int]
) -> tuple[tuple[UltrasoundRegion, ...], tuple[float, float] | None, tuple[str, ...]]:
    plane, plane_notes = plane_spacing(dataset)
    if "SequenceOfUltrasoundRegions" in dataset:
        regions, notes = ultrasound_regions(dataset, size)
        spacing = main_spacing(regions)
        if spacing is None and plane is not None and not _left_out(notes):
            regions = tuple(
                UltrasoundRegion(r.bounds, plane, r.kind, r.frames, r.priority)
                if r.kind.startswith("2D")
                else r
                for r in regions
            ) or (UltrasoundRegion(Crop(0, 0, *size), plane, "2D tissue"),)
            spacing = main_spacing(regions)
            notes += ("the ultrasound regions give no spacing: Pixel Spacing is used", *plane_notes)
        return regions, spacing, notes
    if kind is Modality.ULTRASOUND and "PerFrameFunctionalGroupsSequence" in dataset:
        regions = per_frame_regions(dataset, frames, size)
        if len(regions) > 1:
            return regions, regions[0].spacing_mm, ("the spacing changes between frames",)
    return (), plane, plane_notes


def _left_out(notes: tuple[str, ...]) -> bool:
    return any("not used" in note for note in notes)


def _rescale_note(dataset: Dataset) -> tuple[str, ...]:
    slope = floats(dataset.get("RescaleSlope")) or (1.0,)
    intercept = floats(dataset.get("RescaleIntercept")) or (0.0,)
    if np.isclose(slope[0], 1.0) and np.isclose(intercept[0], 0.0):
        return ()
    return (
        f"values are as stored; rescale slope {slope[0]:g} and intercept {intercept[0]:g} "
        "are not applied",
    )
