"""From pictures with their assessment to a `Result` that the reports room can write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, Protocol
from sesamoid.findings import Category, Grade, GradeLetter, ModelReference, Result
from sesamoid.imaging import Crop, Image
from sesamoid.live import NO_PLANE, Assessment

from .measuring import PlaneFindings, measure_plane
from .plane_masks import plane_masks

PLANE_CATEGORY = "Standard plane"


@dataclass(frozen=True)
class PlanePicture:
    """One picture of a plane.

    Parameters
    ----------
    plane : Plane
    grade : Grade
    labels : ndarray of uint8, shape (rows, columns)
        Classes on the pixels of the image.
    frame : int
        Of the image.
    visibility : mapping of str to float
        Of required parts, 0..1.
    probabilities : mapping of str to float, optional
        By plane.
    time_s : float, optional
        Within the examination.
    reason : str
        Why it was kept.
    """

    plane: Plane
    grade: Grade
    labels: NDArray[np.uint8]
    frame: int = 0
    visibility: Mapping[str, float] | None = None
    probabilities: Mapping[str, float] | None = None
    time_s: float | None = None
    reason: str = ""


def picture_of(found: Assessment, protocol: Protocol, *, frame: int) -> PlanePicture:
    """The picture that an assessment by `WristHandAssessor` makes, of the plane or the nearest one.

    A picture of no standard plane is grade C, whatever else is good about it.
    """
    assert found.grade is not None  # this assessor always grades and labels
    assert found.labels is not None
    nearest = max(
        (name for name in found.probabilities if name != NO_PLANE),
        key=lambda name: found.probabilities[name],
    )
    if found.plane != NO_PLANE:
        nearest = found.plane
    elif found.pose is not None:
        nearest = found.pose.plane
    grade = replace(found.grade, frame=frame)
    if found.plane == NO_PLANE:
        reason = f"C: no standard plane is seen; the nearest is {nearest}"
        grade = replace(grade, letter=GradeLetter.C, reasons=(reason, *grade.reasons))
    return PlanePicture(
        protocol.plane(nearest),
        grade,
        found.labels,
        frame,
        {key: seen.visibility for key, seen in found.seen.items()},
        found.probabilities,
    )


def result_of(
    image: Image,
    pictures: Sequence[PlanePicture],
    classes: Sequence[str],
    model: ModelReference,
    *,
    application: str,
    scan_area: Crop | None = None,
    notes: Sequence[str] = (),
    seconds: float = 0.0,
    settings: Mapping[str, Any] | None = None,
    **more: Any,
) -> Result:
    """The result of one image or cine, with one picture or one of each plane.

    Parameters
    ----------
    image : Image
    pictures : sequence of PlanePicture
        At least one; the best grade is the grade of the result.
    classes : sequence of str
        Names of the label values.
    model : ModelReference
    application : str
    scan_area, notes, seconds, settings
        Of the result.
    **more
        Further fields of `Result`.
    """
    found = PlaneFindings()
    for one in pictures:
        spacing = image.spacing_mm
        masks = plane_masks(
            one.labels, one.plane, classes,
            spacing_mm=None if spacing is None else (float(spacing[-2]), float(spacing[-1])),
        )  # fmt: skip
        found += measure_plane(
            image, one.plane, one.grade, masks, frame=one.frame,
            tag=f"@{one.frame}" if len(pictures) > 1 else "", visibility=one.visibility,
        )  # fmt: skip
    best = max(pictures, key=lambda one: (one.grade.measurable, one.grade.score))
    return Result(
        application=application,
        image=image,
        model=model,
        grade=best.grade,
        regions=found.regions if best.grade.measurable else (),
        lines=found.lines,
        measurements=found.measurements,
        categories=tuple(
            Category(PLANE_CATEGORY, tuple(one.probabilities.items()), frame=one.frame)
            for one in pictures
            if one.probabilities is not None
        ),
        notes=tuple(notes),
        scan_area=scan_area,
        seconds=seconds,
        frames_analysed=tuple(one.frame for one in pictures),
        settings=dict(settings or {}),
        extras={"planes": [_plane_entry(one) for one in pictures], **more.pop("extras", {})},
        **more,
    )


def _plane_entry(one: PlanePicture) -> dict[str, Any]:
    return {
        "plane": one.plane.id,
        "name": one.plane.name,
        "frame": one.frame,
        "grade": one.grade.letter.value,
        "score": round(one.grade.score, 4),
        "reasons": list(one.grade.reasons),
        "time_s": one.time_s,
        "reason_kept": one.reason,
    }
