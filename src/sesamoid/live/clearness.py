"""How clearly a picture is grade A: near the edge of a grade the assistant is often wrong."""

from __future__ import annotations

from sesamoid.findings import GradeLetter
from sesamoid.live.assessment import Assessment
from sesamoid.live.settings import ClearSettings


def clearness(assessment: Assessment, rule: ClearSettings, *, loss: float = 0.0) -> float:
    """The weakest of score, plane's probability, tendon echoes and bone lines, over what is clear.

    From 1 on the grade is clear; 0 where the picture is not grade A. What was not assessed counts
    as clear.

    Parameters
    ----------
    assessment : Assessment
    rule : ClearSettings
    loss : float
        Grey levels by which a tendon is darker than it was seen (`Brightness.loss`).
    """
    grade, evidence = assessment.grade, assessment.evidence
    if grade is None or grade.letter is not GradeLetter.A:
        return 0.0
    shares = [
        grade.score / rule.score,
        assessment.probabilities[assessment.plane] / rule.probability,
        1 - max(0.0, loss - rule.grey_loss) / rule.grey_span,
    ]
    if evidence is not None:
        shares += [echo / rule.tendon_echo for echo in evidence.tendon_echo.values()]
        shares += [shown / rule.continuity for shown in evidence.continuity.values()]
    return max(0.0, min(shares))


def shows_tendons(assessment: Assessment) -> bool:
    """Whether turning the probe may make the picture better: tendons are seen."""
    return any(part.grey is not None for part in assessment.seen.values())
