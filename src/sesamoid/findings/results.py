"""A result: findings on one image by one application and model. An exam: a person's results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.findings.evidence import Landmark, Line, Region
from sesamoid.findings.grades import Category, Grade
from sesamoid.findings.measurements import Measurement
from sesamoid.findings.series import TimeSeries
from sesamoid.imaging import Crop, Image


class DataOrigin(StrEnum):
    """Where figures or training data come from; never mixed in one figure."""

    REAL = "real"
    VIRTUAL = "virtual"
    BOTH = "real and virtual"
    NONE = "none"


@dataclass(frozen=True)
class ModelReference:
    """Which model made a result.

    Parameters
    ----------
    name, version : str
    sha256 : str
        Of the weights.
    trained_on : str
        Data sets with licence and credit, in a sentence.
    origin : DataOrigin
        Of the training data.
    card : str
        File name of the model card inside the bundle.
    """

    name: str
    version: str
    sha256: str
    trained_on: str
    origin: DataOrigin
    card: str


@dataclass(frozen=True)
class Result:
    """What one application says of one image.

    Parameters
    ----------
    application : str
    image : Image
        As read, furniture included.
    model : ModelReference
    grade : Grade
    regions, lines, landmarks, measurements, categories : tuples of findings
    status : str
        See the property.
    notes : tuple of str
        For the reader of the report: what limits this result.
    scan_area : Crop, optional
        The part of the original frame that was analysed.
    evidence_map : ndarray, optional
        Class-evidence maps (classes, rows, columns), float32 in 0..1, original pixels.
    evidence_classes : tuple of str
        Class of each map.
    seconds : float
        Time the analysis took, reading excluded.
    series : tuple of TimeSeries
        Quantities over the frames of a cine.
    extras : dict
        Flat fields that the application adds to the image's entry in ``results.json``.
    """

    application: str
    image: Image
    model: ModelReference
    grade: Grade
    regions: tuple[Region, ...] = ()
    lines: tuple[Line, ...] = ()
    landmarks: tuple[Landmark, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    categories: tuple[Category, ...] = ()
    notes: tuple[str, ...] = ()
    scan_area: Crop | None = None
    evidence_map: NDArray[np.float32] | None = None
    evidence_classes: tuple[str, ...] = ()
    seconds: float = 0.0
    frames_analysed: tuple[int, ...] = (0,)
    settings: dict[str, Any] = field(default_factory=dict)
    series: tuple[TimeSeries, ...] = ()
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """``"measured"``, ``"not measurable"`` or ``"nothing measured"``.

        Not measurable is an image of grade C. Nothing was measured where every number that was
        looked for has a reason in place of a value.
        """
        if not self.grade.measurable:
            return "not measurable"
        return "nothing measured" if self.why_nothing else "measured"

    @property
    def why_nothing(self) -> str:
        """The first reason, where every measurement has one in place of a value; else empty."""
        if not self.measurements or any(m.value is not None for m in self.measurements):
            return ""
        return self.measurements[0].reason or "no value"

    def of(self, evidence: str) -> tuple[Measurement, ...]:
        """The measurements that came from one region, line or landmark."""
        return tuple(m for m in self.measurements if evidence in m.evidence)


@dataclass(frozen=True)
class Decision:
    """What a human reviewer decided on one finding."""

    finding: str
    verdict: str
    reviewer: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True)
class Exam:
    """A person's results and the decisions on them."""

    identifier: str
    results: tuple[Result, ...]
    decisions: tuple[Decision, ...] = ()
