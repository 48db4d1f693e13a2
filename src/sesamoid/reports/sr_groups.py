"""Measurement groups of the structured report: TID 1501 for the image, TID 1410 for each region."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from highdicom.seg import Segmentation
from highdicom.sr import (
    AlgorithmIdentification,
    CodedConcept,
    FindingSite,
    GraphicTypeValues,
    ImageRegion,
    Measurement,
    MeasurementProperties,
    MeasurementsAndQualitativeEvaluations,
    PlanarROIMeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    ReferencedSegmentationFrame,
    RelationshipTypeValues,
    SourceImageForMeasurementGroup,
    SourceImageForRegion,
    SourceImageForSegmentation,
    TextContentItem,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from sesamoid import NOT_A_MEDICAL_DEVICE, __version__
from sesamoid import findings as found
from sesamoid.anatomy.codes import LOCAL_SCHEME
from sesamoid.reports import dicom_codes as coded
from sesamoid.reports.dicom_seg import segment_frame
from sesamoid.reports.dicom_source import SourceInstances, drawn_regions, offset
from sesamoid.reports.outlines import outlines

_LATERALITY = {"R": codes.SCT.Right, "L": codes.SCT.Left}
_SCOORD_SHIFT = 0.5
"""An SCOORD counts from the corner of the first pixel, ours from its centre (PS3.3 C.18.6.1.2)."""


def image_group(
    result: found.Result, sources: SourceInstances, review: found.Review | None = None
) -> MeasurementsAndQualitativeEvaluations:
    """Grade, reasons, notes, categories, and measurements that belong to no region (TID 1501)."""
    header, number = sources.of(result.grade.frame)
    letter = result.grade.letter
    regions = {region.identifier for region in drawn_regions(result)}
    loose = [m for m in result.measurements if not regions.intersection(m.evidence)]
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(
            identifier=coded.short(f"{result.application} image"),
            uid=coded.stable_uid(str(header.SOPInstanceUID), result.application, "image"),
        ),
        algorithm_id=_model(result),
        measurements=_measurements(loose),
        qualitative_evaluations=[
            QualitativeEvaluation(coded.IMAGE_QUALITY, coded.QUALITY[letter]),
            QualitativeEvaluation(coded.QUALITY_ASSESSMENT, coded.ASSESSMENT[letter]),
            QualitativeEvaluation(coded.QUALITY_STANDARD, coded.INSTITUTIONAL_STANDARD),
            QualitativeEvaluation(
                coded.LOCAL_GRADE,
                CodedConcept(f"GRADE_{letter.value}", LOCAL_SCHEME, f"Grade {letter.value}"),
            ),
            *_standing(review, result.grade),
        ],
        source_images=[
            SourceImageForMeasurementGroup(
                header.SOPClassUID, header.SOPInstanceUID, [number] if number else None
            )
        ],
    )
    _comment(group, [*_texts(result, loose), *_reviewed(review, [result.grade, *loose])])
    if review is not None:
        rejected = (f"{one.name} ({one.key}): {one.sentence}" for one in review.rejected)
        _comment(group, [review.summary, *rejected])
    return group


def region_groups(
    result: found.Result,
    sources: SourceInstances,
    segmentation: Segmentation | None,
    review: found.Review | None = None,
) -> list[PlanarROIMeasurementsAndQualitativeEvaluations]:
    """One planar ROI group a region (TID 1410); its place is a segment or a polygon.

    A region in several parts has one polygon, the largest part's; a segment has them all.
    """
    groups = []
    for segment, region in enumerate(drawn_regions(result), start=1):
        header, number = sources.of(region.frame)
        name, uid = coded.tracking(result, str(header.SOPInstanceUID), region)
        own = result.of(region.identifier)
        side = _LATERALITY.get(result.image.attributes.get("laterality", "")[:1].upper())
        structure = coded.concept(region.structure.code)
        drawn = review is not None and review.about(region).by_hand
        place: dict[str, object] = (
            {"referenced_segment": _segment(segmentation, segment, header, number)}
            if segmentation is not None
            else {"referenced_region": _polygon(result, region, header, number)}
        )
        group = PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=TrackingIdentifier(identifier=name, uid=uid),
            finding_type=structure,
            finding_category=coded.ANATOMICAL_STRUCTURE,
            algorithm_id=None if drawn else _model(result),
            finding_sites=[FindingSite(structure, laterality=side)] if side else None,
            measurements=[*_measurements(own), *([] if drawn else _confidence(result, region))],
            qualitative_evaluations=_standing(review, region) or None,
            **place,
        )
        _comment(group, [*_unmeasured(own), *_reviewed(review, [region, *own])])
        groups.append(group)
    return groups


def _standing(
    review: found.Review | None, finding: found.Region | found.Grade
) -> list[QualitativeEvaluation]:
    if review is None:
        return []
    return [QualitativeEvaluation(coded.REVIEW, coded.REVIEWED[review.about(finding).standing])]


def _reviewed(
    review: found.Review | None,
    findings: Iterable[found.Region | found.Grade | found.Measurement],
) -> list[str]:
    """Who decided on each, and when."""
    if review is None:
        return []
    judged = [review.about(one) for one in findings]
    return [
        f"Review: {one.name} {one.sentence}{f' ({one.comment})' if one.comment else ''}"
        for one in judged
    ]


def _segment(
    segmentation: Segmentation, segment: int, header: Dataset, number: int | None
) -> ReferencedSegmentationFrame:
    reference = ReferencedSegmentationFrame(
        sop_class_uid=segmentation.SOPClassUID,
        sop_instance_uid=segmentation.SOPInstanceUID,
        frame_number=segment_frame(segmentation, segment),
        segment_number=segment,
        source_image=SourceImageForSegmentation(
            header.SOPClassUID, header.SOPInstanceUID, [number] if number else None
        ),
    )
    # highdicom writes both numbers; the standard allows one of them (PS3.3 table 10-3), and the
    # item is named after the frame, of which each segment has one.
    del reference[0].ReferencedSOPSequence[0].ReferencedSegmentNumber
    return reference


def _polygon(
    result: found.Result, region: found.Region, header: Dataset, number: int | None
) -> ImageRegion:
    shift = np.asarray(offset(result, header)) + _SCOORD_SHIFT
    points = (outlines(region.mask)[0].points + shift)[:, ::-1]  # to (column, row)
    return ImageRegion(
        graphic_type=GraphicTypeValues.POLYLINE,
        graphic_data=np.vstack([points, points[:1]]),
        source_image=SourceImageForRegion(
            header.SOPClassUID, header.SOPInstanceUID, [number] if number else None
        ),
    )


def _measurements(measurements: Iterable[found.Measurement]) -> list[Measurement]:
    """Those that have a value; a NUM without one cannot be read back by highdicom 0.28."""
    return [_measurement(m, m.value) for m in measurements if m.value is not None]


def _measurement(measurement: found.Measurement, value: float) -> Measurement:
    spread = measurement.uncertainty
    properties = None
    if spread is not None:
        properties = MeasurementProperties(
            upper_measurement_uncertainty=float(max(0.0, spread.high - value)),
            lower_measurement_uncertainty=float(max(0.0, value - spread.low)),
        )
    return Measurement(
        name=coded.concept(measurement.quantity.code),
        value=float(value),
        unit=coded.unit_concept(measurement.unit),
        algorithm_id=AlgorithmIdentification(
            name="Sesamoid measure", version=__version__, parameters=[measurement.method or "none"]
        ),
        properties=properties,
    )


def _confidence(result: found.Result, region: found.Region) -> list[Measurement]:
    if region.confidence is None:
        return []
    return [
        Measurement(
            name=coded.concept(region.confidence_is.code),
            value=float(region.confidence),
            unit=coded.unit_concept("1"),
            algorithm_id=_model(result),
        )
    ]


def _model(result: found.Result) -> AlgorithmIdentification:
    model = result.model
    return AlgorithmIdentification(
        name=model.name,
        version=model.version,
        parameters=[
            f"weights SHA-256 {model.sha256}",
            f"training data: {model.origin.value}; {model.trained_on}",
        ],
        family=coded.ARTIFICIAL_INTELLIGENCE,
        manufacturer=coded.MANUFACTURER,
    )


def _texts(result: found.Result, loose: list[found.Measurement]) -> list[str]:
    grade = result.grade
    texts = [NOT_A_MEDICAL_DEVICE, f"Status: {result.status}"]
    texts.append(f"Grade {grade.letter.value}, score {grade.score:.2f}, by {grade.rule}")
    texts += [f"Grade reason: {reason}" for reason in grade.reasons]
    texts += [f"Sub-score {s.name} {s.score:.2f}: {s.detail}" for s in grade.sub_scores]
    for category in result.categories:
        probability = dict(category.probabilities)[category.choice]
        texts.append(f"{category.name}: {category.choice} (probability {probability:.2f})")
    texts += [f"Note: {note}" for note in result.notes]
    return texts + _unmeasured(loose)


def _unmeasured(measurements: tuple[found.Measurement, ...] | list[found.Measurement]) -> list[str]:
    return [f"{m.quantity.name}: no value, {m.reason}" for m in measurements if m.value is None]


def _comment(group: object, texts: list[str]) -> None:
    content = group[0].ContentSequence  # type: ignore[index]
    for text in texts:
        content.append(
            TextContentItem(
                name=coded.COMMENT,
                value=text,
                relationship_type=RelationshipTypeValues.CONTAINS,
            )
        )
