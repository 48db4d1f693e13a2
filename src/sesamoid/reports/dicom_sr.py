"""Findings as a DICOM structured report: TID 1500 Measurement Report."""

from __future__ import annotations

from pathlib import Path

from highdicom import UID
from highdicom.seg import Segmentation
from highdicom.sr import (
    CodedConcept,
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    MeasurementReport,
    ObservationContext,
    ObserverContext,
)
from pydicom.sr.codedict import codes

from sesamoid import __version__
from sesamoid.findings import Result, Review
from sesamoid.imaging import atomic_path
from sesamoid.reports.dicom_codes import (
    IMAGING_PROCEDURE,
    MANUFACTURER,
    PROCEDURES,
    equipment,
    short,
    stable_uid,
)
from sesamoid.reports.dicom_source import source_instances
from sesamoid.reports.sr_groups import image_group, region_groups

SERIES_NUMBER = 9702
"""Above what a scanner numbers its series."""

REPORT_TITLE = CodedConcept("126000", "DCM", "Imaging Measurement Report")
"""CID 7021."""


def structured_report(
    result: Result,
    *,
    reference: Path | None = None,
    segmentation: Segmentation | None = None,
    review: Review | None = None,
) -> ComprehensiveSR:
    """The findings as a Comprehensive SR by TID 1500.

    The first group holds the grade, its reasons, notes and what belongs to no region; then comes
    one group a region with its measurements. Comprehensive SR and not 3-D, since every coordinate
    is one of the image, and more systems read it.

    Parameters
    ----------
    result : Result
    reference : Path, optional
        Stand-in for an image that is no DICOM (`sesamoid.reports.reference_instance`).
    segmentation : Segmentation, optional
        From `sesamoid.reports.dicom_seg.segmentation` of the same result; regions then refer to
        its segments. None: regions are polygons.
    review : Review, optional
        Of this result: each group and number says how it stands. The document stays unverified:
        a decision in this software is no legal signature (PS3.3 C.17.2).

    Raises
    ------
    OutputError
        Where there is nothing to refer to.
    """
    sources = source_instances(result, reference)
    report = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=_device(result)),
        procedure_reported=PROCEDURES.get(result.image.modality, IMAGING_PROCEDURE),
        imaging_measurements=[
            image_group(result, sources, review),
            *region_groups(result, sources, segmentation, review),
        ],
        title=REPORT_TITLE,
        referenced_images=list(sources.headers),
    )
    evidence = [*sources.headers, *([segmentation] if segmentation is not None else [])]
    made = equipment(result)
    made_by = made.pop("manufacturer")
    return ComprehensiveSR(
        evidence=evidence,
        content=report,
        series_instance_uid=UID(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=UID(),
        instance_number=1,
        manufacturer=made_by,
        is_complete=True,
        is_final=False,
        is_verified=False,
        series_description=short(f"Measurements (not a medical device): {result.application}"),
        specific_character_set="ISO_IR 192",
        **made,
    )


def write_structured_report(report: ComprehensiveSR, path: Path | str) -> Path:
    """Write a report, whole or not at all.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    target = Path(path)
    with atomic_path(target) as temporary:
        report.save_as(temporary)
    return target


def _device(result: Result) -> ObserverContext:
    model = result.model
    return ObserverContext(
        observer_type=codes.DCM.Device,
        observer_identifying_attributes=DeviceObserverIdentifyingAttributes(
            uid=stable_uid("device", __version__, model.sha256),
            name=f"Sesamoid {__version__}",
            manufacturer_name=MANUFACTURER,
            model_name=short(f"{result.application}: {model.name} {model.version}"),
            serial_number=model.sha256[:16] or None,
        ),
    )
