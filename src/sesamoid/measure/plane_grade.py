"""Grade A, B or C of a picture of a standard plane, by the rule of its protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sesamoid.anatomy import GradeRule, Plane
from sesamoid.findings.grades import Grade, GradeLetter, SubScore
from sesamoid.measure import plane_aspects as words
from sesamoid.measure.plane_aspects import Aspect, aspects, of_category
from sesamoid.measure.plane_evidence import PlaneEvidence

WORTH_A_REASON = 0.02
"""Of the score: what an aspect must cost to be named as a reason; words only."""


@dataclass(frozen=True)
class _Fault:
    """What limits the grade: "C" forces it, "B" is the best it can be."""

    limit: str
    text: str


def plane_grade(evidence: PlaneEvidence, plane: Plane, rule: GradeRule, *, frame: int = 0) -> Grade:
    """Grade what a picture shows of a plane.

    Parameters
    ----------
    evidence : PlaneEvidence
    plane : Plane
    rule : GradeRule
        Of the plane's protocol: ``protocol.grading``.
    frame : int

    Returns
    -------
    Grade
        A: no fault and a score of at least `rule.a_score`; B: nothing that forces C and at least
        `rule.b_score`; C: otherwise. Sub-scores only of what was assessed; the score is their
        weighted mean. Reasons are plain words, worst first; none for A.

    Raises
    ------
    SesamoidError
        The evidence names a part that the plane does not have.

    Notes
    -----
    Clinical facts 1.4, a proposal: published are only the words exemplary and unacceptable.
    """
    evidence.check(plane)
    scored = aspects(evidence, plane, rule)
    total = sum(rule.weights[name] for name in scored)
    score = sum(rule.weights[name] * aspect.score for name, aspect in scored.items())
    score = float(score / total) if total > 0 else 0.0
    faults = [fault for fault in _faults(evidence, plane, rule) if fault.limit != "none"]
    faults.sort(key=lambda fault: fault.limit, reverse=True)
    letter = _letter(score, faults, rule)
    return Grade(
        letter=letter,
        score=score,
        sub_scores=tuple(SubScore(n, float(a.score), a.detail) for n, a in scored.items()),
        reasons=() if letter is GradeLetter.A else _reasons(score, faults, scored, rule),
        rule=rule.citation,
        frame=frame,
    )


def _letter(score: float, faults: list[_Fault], rule: GradeRule) -> GradeLetter:
    limits = {fault.limit for fault in faults}
    if "C" in limits or score < rule.b_score:
        return GradeLetter.C
    return GradeLetter.B if "B" in limits or score < rule.a_score else GradeLetter.A


def _reasons(
    score: float, faults: list[_Fault], scored: dict[str, Aspect], rule: GradeRule
) -> tuple[str, ...]:
    """Faults first; then, where the score is below that of A, what cost most of it."""
    reasons = [f"{fault.limit}: {fault.text}" for fault in faults]
    if score < rule.b_score:
        reasons.insert(
            sum(fault.limit == "C" for fault in faults),
            f"C: overall score {score:.2f} is below {rule.b_score:.2f}",
        )
    if score >= rule.a_score:
        return tuple(reasons)
    named = {fault.text for fault in faults}
    total = sum(rule.weights[name] for name in scored)
    cost = {n: rule.weights[n] * (1 - a.score) / total for n, a in scored.items()}
    for name in sorted(scored, key=lambda n: -cost[n]):
        if cost[name] >= WORTH_A_REASON or not reasons:
            reasons += [f"B: {text}" for text in scored[name].complaints if text not in named]
    return tuple(reasons)


def _faults(evidence: PlaneEvidence, plane: Plane, rule: GradeRule) -> Iterator[_Fault]:
    limit = rule.faults
    if evidence.plane_probability < rule.plane_probability_from:
        text = f"not plane {plane.id}: probability {evidence.plane_probability:.2f}"
        yield _Fault(limit["wrong_plane"], text)
    if evidence.reversed:
        text = f"shown the wrong way round: {plane.left} belongs at the left"
        yield _Fault(limit["wrong_plane"], text)
    for key in plane.parts:
        found = {limit[kind] for kind in _part_faults(key, evidence, plane, rule)} - {"none"}
        if found:
            yield _Fault(max(found), words.part_text(key, evidence, plane))
    for key, share in of_category(evidence.continuity, plane, "bone").items():
        if share < rule.cortex_least:
            yield _Fault(limit["broken_cortex"], words.cortex_text(key, share, plane))
    for key, echo in of_category(evidence.tendon_echo, plane, "tendon").items():
        if echo < rule.tendon_echo_least:
            yield _Fault(limit["anisotropy"], words.tendon_text(key, echo, plane))
    if evidence.centre_offset is not None and abs(evidence.centre_offset) > rule.centre_span:
        yield _Fault(limit["off_centre"], words.centre_text(evidence.centre_offset))
    for band, value, text in words.gain(evidence, rule):
        if band.is_fault(value):
            yield _Fault(limit["gain"], text)


def _part_faults(key: str, evidence: PlaneEvidence, plane: Plane, rule: GradeRule) -> Iterator[str]:
    critical = plane.parts[key][1].critical
    if evidence.visibility.get(key, 0.0) < rule.present_from:
        yield "missing_critical" if critical else "missing_minor"
    if critical and key in evidence.depth_cut:
        yield "depth_cuts_critical"
    if critical and key in evidence.dropout:
        yield "dropout_over_critical"
