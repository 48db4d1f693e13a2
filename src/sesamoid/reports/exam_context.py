"""What the report of one picture takes from the exam that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from sesamoid.findings import Review


@dataclass(frozen=True)
class StudyIdentity:
    """Under which identifiers a picture that is no DICOM file is wrapped as one.

    The same exam gives the same identifiers, so that reports written twice refer to one study.

    Parameters
    ----------
    study_uid, series_uid, instance_uid : str
    number : int
        Of the picture in the exam, from 1.
    patient : str
        A pseudonym.
    side : str
        ``"left"``, ``"right"`` or empty.
    """

    study_uid: str
    series_uid: str
    instance_uid: str
    number: int
    patient: str
    side: str = ""


@dataclass(frozen=True)
class ExamContext:
    """What is known of a picture beyond its result.

    Parameters
    ----------
    review : Review, optional
        Of the result: every file then says which findings a human accepted, and what was
        rejected is neither measured nor drawn.
    study : StudyIdentity, optional
    """

    review: Review | None = None
    study: StudyIdentity | None = None
