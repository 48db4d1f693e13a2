"""One labelled frame against what a network makes of it: plain numbers, to be summed up later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Plane, Protocol
from sesamoid.findings import GradeLetter
from sesamoid.imaging import Crop
from sesamoid.live import NO_PLANE
from sesamoid.measure import dice, hausdorff_95

from .assessor import WristHandAssessor, plane_chances
from .evidence import POSE
from .look import PlaneLook, PlaneNames
from .plane_masks import parts_of_classes
from .task import pose_error


@dataclass(frozen=True)
class FrameTruthRow:
    """What is known of a labelled frame; None where it is not.

    Parameters
    ----------
    name, person : str
    plane : str
        Id, or ``"none"``.
    nearest : str, optional
    grade : str, optional
        As a picture of `nearest`.
    reversed : bool
    excess : float, optional
        Largest error of the pose in tolerances.
    pose : tuple of float, optional
        In the order of `POSE`, from `nearest`.
    mode : str
        How the frame was made; empty for real ones.
    """

    name: str
    person: str
    plane: str
    nearest: str | None = None
    grade: str | None = None
    reversed: bool = False
    excess: float | None = None
    pose: tuple[float, ...] | None = None
    mode: str = ""


@dataclass(frozen=True)
class ScoredFrame:
    """A frame and what a network made of it.

    Parameters
    ----------
    truth : FrameTruthRow
    chances : tuple of float
        By plane, then none.
    nearest : str
    grade : str, optional
        None where what looked at the frame gives no grade.
    pose, pose_sd : tuple of float
        From the true nearest plane; empty where it is not told.
    dice : dict of str to float
        By label of the frame's plane; where truth or prediction has it.
    hd95_mm : dict of str to float
        Where both have it, and the scale is known.
    seconds : float
    """

    truth: FrameTruthRow
    chances: tuple[float, ...]
    nearest: str
    grade: str | None = None
    pose: tuple[float, ...] = ()
    pose_sd: tuple[float, ...] = ()
    dice: Mapping[str, float] = field(default_factory=dict)
    hd95_mm: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


def score_frame(
    truth: FrameTruthRow,
    frame: NDArray[np.uint8],
    labels: NDArray[np.uint8] | None,
    assessor: WristHandAssessor,
    *,
    area: Crop,
    spacing_mm: tuple[float, float] | None,
    drawn: frozenset[int] | None = None,
) -> ScoredFrame:
    """Look at a frame and compare.

    Parameters
    ----------
    truth : FrameTruthRow
    frame : ndarray of uint8, shape (rows, columns)
    labels : ndarray of uint8, shape (rows, columns), optional
        Classes as the network has them.
    assessor : WristHandAssessor
    area : Crop
        Where the scan lies.
    spacing_mm : (row, column), optional
    drawn : frozenset of int, optional
        Classes that the data set outlines wherever they are seen; all where left out. Labels made
        of others are not scored.
    """
    names, rule = assessor.looker.task, assessor.protocol
    look = assessor.look(frame, area, spacing_mm=spacing_mm)
    found = assessor.judge(look, frame, area, spacing_mm=spacing_mm)
    seen = score_look(truth, look, labels, names, rule, spacing_mm=spacing_mm, drawn=drawn)
    pose: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    if truth.nearest is not None:
        index = names.planes.index(truth.nearest)
        pose = tuple(float(value) for value in look.pose[index])
        spread = tuple(float(value) for value in look.pose_sd[index])
    letter = GradeLetter.C if found.grade is None else found.grade.letter
    return replace(seen, grade=letter.value, pose=pose, pose_sd=spread, seconds=found.seconds)


def score_look(
    truth: FrameTruthRow,
    look: PlaneLook,
    labels: NDArray[np.uint8] | None,
    names: PlaneNames,
    rule: Protocol,
    *,
    spacing_mm: tuple[float, float] | None,
    drawn: frozenset[int] | None = None,
) -> ScoredFrame:
    """Compare plane and anatomy; grade and pose stay open.

    Parameters
    ----------
    look : PlaneLook
    names : PlaneNames
        Of the look.
    rule : Protocol
    truth, labels, spacing_mm, drawn
        See `score_frame`.
    """
    chances = plane_chances(look, names.planes)
    overlaps: dict[str, float] = {}
    distances: dict[str, float] = {}
    if labels is not None and truth.plane != NO_PLANE:
        plane = rule.plane(truth.plane)
        overlaps, distances = label_figures(
            look.labels, labels, plane, names.classes, spacing_mm, drawn=drawn
        )  # fmt: skip
    return ScoredFrame(
        truth,
        tuple(chances[name] for name in (*names.planes, NO_PLANE)),
        names.planes[int(np.argmax(look.nearest))],
        dice=overlaps,
        hd95_mm=distances,
    )


def label_figures(
    predicted: NDArray[np.uint8],
    truth: NDArray[np.uint8],
    plane: Plane,
    classes: tuple[str, ...],
    spacing_mm: tuple[float, float] | None,
    *,
    drawn: frozenset[int] | None = None,
) -> tuple[dict[str, float], dict[str, float]]:
    """Dice and HD95 in mm of each label of a plane; labels that neither map has are left out.

    So are labels of which a class is not among `drawn`, where that is given.
    """
    overlaps: dict[str, float] = {}
    distances: dict[str, float] = {}
    for label, values in label_values(plane, classes).items():
        if drawn is not None and not drawn.issuperset(values):
            continue
        a, b = np.isin(predicted, values), np.isin(truth, values)
        if not a.any() and not b.any():
            continue
        overlaps[label] = dice(a, b)
        if a.any() and b.any() and spacing_mm is not None:
            distances[label] = hausdorff_95(a, b, spacing_mm)
    return overlaps, distances


def label_values(plane: Plane, classes: tuple[str, ...]) -> dict[str, list[int]]:
    """Values of the label map by label of a plane, optional labels included."""
    found: dict[str, list[int]] = {}
    for value, keys in parts_of_classes(plane, classes).items():
        for key in keys:
            values = found.setdefault(key.split(":")[0], [])
            if value not in values:
                values.append(value)
    return {label: found[label] for label in plane.labels if label in found}


def truth_of_row(row: Mapping[str, Any], protocol: Protocol) -> FrameTruthRow:
    """From a row of ``truth.parquet``."""
    return FrameTruthRow(
        name=row["name"],
        person=str(row["person"]),
        plane=row["plane"],
        nearest=row["nearest_plane"],
        grade=row["grade"],
        reversed=bool(row["reversed"]),
        excess=float(row["excess"]),
        pose=tuple(pose_error(row, name) for name in POSE),
        mode=row["mode"] or "",
    )
