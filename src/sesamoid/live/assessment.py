"""What is made of one live frame, and who makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.findings import Grade
from sesamoid.imaging import Outlines
from sesamoid.measure import PlaneEvidence

NO_PLANE = "none"
"""In place of a plane's id where the picture is of no standard plane."""


@dataclass(frozen=True)
class Estimate:
    """A value with its standard deviation, both in one unit."""

    value: float
    sd: float

    def __post_init__(self) -> None:
        if not np.isfinite(self.value) or not self.sd >= 0:
            raise SesamoidError(f"an estimate of {self.value} with deviation {self.sd}")


@dataclass(frozen=True)
class PoseOffset:
    """Where the probe is, seen from where it should be, along and about the standard pose's axes.

    The signs are those of `sesamoid.virtual.acquisition.PoseError`, in the frame of a right hand
    (left hands are right hands in a mirror), with the picture shown as the protocol wants it:
    the picture's right is along, axial x lateral is across.

    Parameters
    ----------
    plane : str
        Id of the standard plane that the offset is from.
    along_mm, across_mm : Estimate
        Slid along the face; across the plane.
    rotation_deg, tilt_deg : Estimate
        Turned about the beam; about the face (fanning).
    rock_deg : Estimate, optional
        Turned within the plane (heel and toe); None where it is not known.
    """

    plane: str
    along_mm: Estimate
    across_mm: Estimate
    rotation_deg: Estimate
    tilt_deg: Estimate
    rock_deg: Estimate | None = None

    def parts(self) -> dict[str, Estimate]:
        """What is known, by the names that `sesamoid.anatomy.PoseTolerance` has for it."""
        known = {
            "along_mm": self.along_mm,
            "across_mm": self.across_mm,
            "rotation_deg": self.rotation_deg,
            "tilt_deg": self.tilt_deg,
        }
        return known if self.rock_deg is None else {**known, "rock_deg": self.rock_deg}


@dataclass(frozen=True)
class SeenPart:
    """How much of one part of a plane is seen.

    Parameters
    ----------
    visibility : float
        0..1, as `sesamoid.measure.part_visibility` gives it.
    area_mm2 : float, optional
        Of its outline; None without calibration.
    grey : float, optional
        Mean grey inside its outline, 0..255; of tendons only that are cut across, which the probe's
        tilt makes darker.
    """

    visibility: float
    area_mm2: float | None = None
    grey: float | None = None


@dataclass(frozen=True)
class Assessment:
    """What is made of one frame.

    Parameters
    ----------
    plane : str
        Id of the standard plane, or ``"none"``.
    probabilities : mapping of str to float
        By plane id and ``"none"``; they sum to 1.
    grade : Grade, optional
        As a picture of `plane`, or of the plane of `pose` where there is none; None: not graded.
    pose : PoseOffset, optional
    seen : mapping of str to SeenPart
        By the part keys of the plane: ``"Pis"``, ``"D&Ss:index"``.
    evidence : PlaneEvidence, optional
        What the grade was made from; guidance reads depth, gain, contact and edges from it.
    lift_off : (left, right), optional
        Share of each half of the face without contact, 0..1; None: measured on the frame.
    outlines : Outlines, optional
        Label map.
    label_names : tuple of str
        By the values of the label map; the first, for nothing, is empty.
    sharpness : float
        Larger is sharper; comparable between frames of one session only.
    digit : int, optional
        Finger, of a plane that exists on several.
    seconds : float
        That the assessment took.
    """

    plane: str
    probabilities: Mapping[str, float]
    grade: Grade | None = None
    pose: PoseOffset | None = None
    seen: Mapping[str, SeenPart] = field(default_factory=dict)
    evidence: PlaneEvidence | None = None
    lift_off: tuple[float, float] | None = None
    outlines: Outlines | None = field(default=None, repr=False)
    label_names: tuple[str, ...] = ()
    sharpness: float = 0.0
    digit: int | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        total = sum(self.probabilities.values())
        if not abs(total - 1) <= 1e-3:  # NaN too
            raise SesamoidError(f"probabilities of planes sum to {total:.4f}, not 1")
        if self.plane not in self.probabilities:
            raise SesamoidError(f"plane {self.plane!r} has no probability")

    def grade_as(self, plane: str) -> Grade | None:
        """The grade as a picture of `plane`; None where the frame was graded as of another one."""
        of = self.plane
        if of == NO_PLANE and self.pose is not None:
            of = self.pose.plane
        return self.grade if of == plane else None

    @property
    def labels(self) -> NDArray[np.uint8] | None:
        """The label map on the frame's pixels, made when it is first asked for."""
        return None if self.outlines is None else self.outlines.on_frame


class Assessor(Protocol):
    """Whatever makes an assessment of a frame: a network, a script, the truth."""

    def assess(
        self,
        frame: NDArray[np.uint8],
        *,
        spacing_mm: tuple[float, float] | None,
        time_s: float,
    ) -> Assessment:
        """Assess one frame.

        Parameters
        ----------
        frame : ndarray of uint8, shape (rows, columns)
            Grey, shown as the protocol wants it; not to be written to.
        spacing_mm : (row, column), optional
        time_s : float
            Of the frame, on the source's clock.
        """
        ...
