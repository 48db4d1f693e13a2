"""What is known of a virtual frame: everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sesamoid.findings.grades import Grade
from sesamoid.measure.plane_evidence import PlaneEvidence
from sesamoid.virtual.acquisition.pose_error import PoseError
from sesamoid.virtual.acquisition.seen_structures import SeenStructure
from sesamoid.virtual.body.person import Person
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import ScanSettings

NO_PLANE = "none"


@dataclass(frozen=True)
class FrameTruth:
    """The truth of one frame.

    Parameters
    ----------
    person : Person
        Who was scanned: seed, pathologies, variants.
    sizes : mapping of str to float
        The person's true sizes by name, each with its unit as ending.
    machine : str
        Name of the preset.
    settings : ScanSettings
    pose : ProbePose
    time_s : float
    plane : str
        Id of the standard plane within whose tolerance the probe is, or ``"none"``.
    nearest : str
        Id of the standard plane that the probe is nearest to.
    digit : int or None
        Its finger, where it exists on several.
    error : PoseError
        Against the nearest plane.
    excess : float
        Largest error in units of its tolerance.
    reversed : bool
        Held the wrong way round for the nearest plane.
    contact : float
        Share of the probe's face that touches.
    grade : Grade
        As a picture of the nearest plane.
    evidence : PlaneEvidence
        What the grade was made from.
    structures : tuple of SeenStructure
    faults : tuple of str
        What was done wrong on purpose.
    """

    person: Person
    sizes: Mapping[str, float] = field(repr=False)
    machine: str
    settings: ScanSettings
    pose: ProbePose = field(repr=False)
    time_s: float
    plane: str
    nearest: str
    digit: int | None
    error: PoseError
    excess: float
    reversed: bool
    contact: float
    grade: Grade
    evidence: PlaneEvidence = field(repr=False)
    structures: tuple[SeenStructure, ...] = field(repr=False)
    faults: tuple[str, ...] = ()

    @property
    def parts(self) -> Mapping[str, float]:
        """Visibility 0..1 of what the nearest plane must show, by part key."""
        return self.evidence.visibility
