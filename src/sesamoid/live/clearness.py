"""How clearly a picture is grade A: near the edge of a grade the assistant is often wrong."""

from __future__ import annotations

from sesamoid.findings import GradeLetter
from sesamoid.live.assessment import Assessment
from sesamoid.live.settings import ClearSettings


def clearness(assessment: Assessment, rule: ClearSettings) -> float:
    """The weakest of score, probability of the plane and tendon echoes, over what is clear.

    From 1 on the grade is clear; 0 where the picture is not grade A. What was not assessed counts
    as clear.
    """
    grade, evidence = assessment.grade, assessment.evidence
    if grade is None or grade.letter is not GradeLetter.A:
        return 0.0
    shares = [
        grade.score / rule.score,
        assessment.probabilities[assessment.plane] / rule.probability,
    ]
    if evidence is not None:
        shares += [echo / rule.tendon_echo for echo in evidence.tendon_echo.values()]
    return min(shares)
