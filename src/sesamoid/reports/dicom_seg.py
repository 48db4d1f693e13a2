"""Regions as a DICOM Segmentation."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import highdicom
import numpy as np
from highdicom import UID
from highdicom.color import CIELabColor
from highdicom.seg import Segmentation, SegmentDescription
from numpy.typing import NDArray
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage

from sesamoid.errors import OutputError
from sesamoid.findings import Region, Result, Review
from sesamoid.imaging import atomic_path
from sesamoid.reports.dicom_codes import (
    ANATOMICAL_STRUCTURE,
    ARTIFICIAL_INTELLIGENCE,
    DISCLAIMER,
    concept,
    equipment,
    short,
    tracking,
)
from sesamoid.reports.dicom_source import (
    SourceInstances,
    drawn_regions,
    file_mask,
    series_uids,
    source_instances,
)
from sesamoid.reports.display_colour import cielab

SERIES_NUMBER = 9701
"""Above what a scanner numbers its series."""


def segmentation(
    result: Result, *, reference: Path | None = None, review: Review | None = None
) -> Segmentation:
    """One binary segment a region, in the pixels of the source instance.

    Ultrasound, radiographs and captures have no frame of reference: no plane position, no
    orientation, no spacing is written for them (PS3.3 C.8.20.2 makes them conditional); each
    frame says by the derivation which frame of which instance it lies on.

    Parameters
    ----------
    result : Result
        With at least one region that has pixels.
    reference : Path, optional
        Stand-in for an image that is no DICOM (`sesamoid.reports.reference_instance`).
    review : Review, optional
        Of this result: an outline that a person changed is called semiautomatic.

    Raises
    ------
    OutputError
        Where there is no region, or nothing to refer to.
    """
    regions = drawn_regions(result)
    if not regions:
        raise OutputError(
            "there is no region to write as a segmentation", path=result.image.provenance.path
        )
    sources = source_instances(result, reference)
    used = _sources_of(regions, sources)
    if len(series_uids(used)) > 1:
        raise OutputError(
            "the regions lie in more than one series", path=result.image.provenance.path
        )
    masks = [file_mask(result, r, sources.of(r.frame)[0]) for r in regions]
    spatial = _is_spatial(used[0])
    if spatial:
        headers, planes = used, _stacked(regions, masks, sources, used)
    else:
        headers, planes = [_one_frame(used[0])], np.stack(masks, axis=-1)[None]
    made = Segmentation(
        source_images=headers,
        pixel_array=planes,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _description(n, region, result, sources, review)
            for n, region in enumerate(regions, start=1)
        ],
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        content_label="SESAMOID",
        content_description=DISCLAIMER,
        content_creator_name="Sesamoid^Software",
        series_description=short(f"Outlines (not a medical device): {result.application}"),
        **equipment(result),
    )
    if not spatial:
        _name_frames(made, used[0], [sources.of(region.frame)[1] for region in regions])
        made.PatientOrientation = ""  # type 2C: not known (PS3.3 C.7.6.1)
        made.SegmentsOverlap = "YES" if _overlap(regions, masks) else "NO"
    return made


def write_segmentation(made: Segmentation, path: Path | str) -> Path:
    """Write a Segmentation, whole or not at all.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    target = Path(path)
    with atomic_path(target) as temporary:
        made.save_as(temporary)
    return target


def segment_frame(made: Segmentation, segment: int) -> int:
    """Number (from 1) of the first frame of `made` that belongs to `segment` (from 1)."""
    if len(made.SegmentSequence) == 1:
        return 1
    for number, group in enumerate(made.PerFrameFunctionalGroupsSequence, start=1):
        if _segment_of(group, made) == segment:
            return number
    raise OutputError(f"segment {segment} has no frame")


def _description(
    number: int,
    region: Region,
    result: Result,
    sources: SourceInstances,
    review: Review | None,
) -> SegmentDescription:
    header, _ = sources.of(region.frame)
    name, uid = tracking(result, str(header.SOPInstanceUID), region)
    kinds = highdicom.seg.SegmentAlgorithmTypeValues
    drawn = review is not None and review.about(region).by_hand
    return SegmentDescription(
        segment_number=number,
        segment_label=short(f"{region.structure.name} ({region.identifier})"),
        segmented_property_category=ANATOMICAL_STRUCTURE,
        segmented_property_type=concept(region.structure.code),
        algorithm_type=kinds.SEMIAUTOMATIC if drawn else kinds.AUTOMATIC,
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            name=short(result.model.name),
            family=ARTIFICIAL_INTELLIGENCE,
            version=short(result.model.version),
            source="Sesamoid",
            parameters={"sha256": result.model.sha256, "origin": result.model.origin.value},
        ),
        tracking_id=name,
        tracking_uid=uid,
        display_color=CIELabColor(*cielab(region.structure.rgb)),
    )


def _sources_of(regions: tuple[Region, ...], sources: SourceInstances) -> list[Dataset]:
    used = sorted({sources.places[region.frame][0] for region in regions})
    return [sources.headers[index] for index in used]


def _is_spatial(header: Dataset) -> bool:
    """True where the image lies in a patient coordinate system."""
    return "FrameOfReferenceUID" in header and (
        "ImagePositionPatient" in header or "SharedFunctionalGroupsSequence" in header
    )


def _stacked(
    regions: tuple[Region, ...],
    masks: list[NDArray[np.bool_]],
    sources: SourceInstances,
    used: list[Dataset],
) -> NDArray[np.bool_]:
    planes = np.zeros((len(used), *masks[0].shape, len(regions)), np.bool_)
    for number, (region, mask) in enumerate(zip(regions, masks, strict=True)):
        header, _ = sources.of(region.frame)
        plane = next(i for i, h in enumerate(used) if h is header)
        planes[plane, ..., number] = mask
    return planes


def _overlap(regions: tuple[Region, ...], masks: list[NDArray[np.bool_]]) -> bool:
    for frame in {region.frame for region in regions}:
        here = [m for r, m in zip(regions, masks, strict=True) if r.frame == frame]
        if np.any(np.sum(here, axis=0) > 1):
            return True
    return False


def _one_frame(header: Dataset) -> Dataset:
    """A stand-in that highdicom takes where there is no frame of reference: a single frame.

    All regions go on its one plane; `_name_frames` then writes in the instance and the frame that
    each lies on. No spacing is passed on: pixel measures ask for a slice thickness, which is not
    known, and highdicom 0.28 cannot read a file whose pixel measures lack it.
    """
    header = deepcopy(header)
    header.SOPClassUID = SecondaryCaptureImageStorage
    for keyword in ("NumberOfFrames", "FrameOfReferenceUID", "PixelSpacing", "SliceThickness"):
        if keyword in header:
            del header[keyword]
    return header


def _name_frames(made: Segmentation, header: Dataset, frames: list[int | None]) -> None:
    def restore(dataset: Dataset, element: DataElement) -> None:
        if element.keyword == "ReferencedSOPInstanceUID" and element.value == header.SOPInstanceUID:
            dataset.ReferencedSOPClassUID = header.SOPClassUID

    made.walk(restore)
    for group in made.PerFrameFunctionalGroupsSequence:
        number = frames[_segment_of(group, made) - 1]
        if number is None:
            continue
        # highdicom lets all frames share one item; each needs its own.
        group.DerivationImageSequence = deepcopy(group.DerivationImageSequence)
        for derivation in group.DerivationImageSequence:
            for source in derivation.SourceImageSequence:
                source.ReferencedFrameNumber = number


def _segment_of(group: Dataset, made: Any) -> int:
    place = group
    if "SegmentIdentificationSequence" not in group:
        place = made.SharedFunctionalGroupsSequence[0]
    return int(place.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
