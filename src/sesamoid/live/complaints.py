"""What is wrong with the picture itself and what to do about it: contact, depth, gain, parts."""

from __future__ import annotations

from collections.abc import Iterator

from sesamoid.anatomy import GradeRule, Plane
from sesamoid.live.assessment import Assessment
from sesamoid.live.directions import compass
from sesamoid.live.instruction import Act, Instruction
from sesamoid.live.settings import ClearSettings, GuidanceSettings
from sesamoid.measure import PlaneEvidence, tendons_across

NO_CONTACT, REVERSED = 20.0, 10.0
"""Severities of what comes before everything else, because nothing else can be judged then."""
LOST = 0.8
"""Share of both halves of the face without contact that is no contact at all."""
SLIGHT = 0.5
"""Severity from which something that only lowers the score is told, short of grade A."""
FORCES_C = 1.0
"""Added to the severity of what makes the picture unacceptable (grade C)."""


def complaints(
    assessment: Assessment,
    plane: Plane,
    rule: GradeRule,
    settings: GuidanceSettings,
    clear: ClearSettings,
) -> dict[str, Instruction]:
    """Everything that is wrong with the picture, by a key that stays the same from frame to frame.

    Severities are in units of what is still good, so that they compare with errors of the pose in
    tolerances: 1 at the edge, more beyond.
    """
    found = dict(_contact(assessment, plane, settings))
    if assessment.evidence is not None:
        for key, one in _seen(assessment.evidence, plane, rule, clear):
            found.setdefault(key, one)
    return found


def no_contact(assessment: Assessment) -> dict[str, Instruction]:
    """The one complaint that is about no plane: the probe is not on the skin."""
    if assessment.lift_off is None or min(assessment.lift_off) <= LOST:
        return {}
    text = "put the probe on the skin, with gel"
    return {"contact": Instruction(Act.CONTACT, text, severity=NO_CONTACT)}


def toggle(plane: Plane) -> Instruction:
    """For a picture that shows tendons and nothing wrong: only moving tells how bright they get."""
    text = "tilt slowly to and fro for the brightest tendons"
    return Instruction(Act.FAN, text, plane.id, SLIGHT, compass(plane).across)


def _contact(
    assessment: Assessment, plane: Plane, settings: GuidanceSettings
) -> Iterator[tuple[str, Instruction]]:
    if assessment.lift_off is None:
        return
    left, right = assessment.lift_off
    here = compass(plane)
    worst = max(left, right)
    if worst < settings.lift_off:
        return
    severity = worst / settings.lift_off
    if min(left, right) >= settings.lift_off:
        yield "contact", Instruction(Act.CONTACT, "more gel, lighter hand", plane.id, severity)
        return
    side = here.right.opposite if left > right else here.right
    text = f"more gel {here.words(side).side}"
    yield f"contact {side}", Instruction(Act.CONTACT, text, plane.id, severity, side)


def _seen(
    evidence: PlaneEvidence, plane: Plane, rule: GradeRule, clear: ClearSettings
) -> Iterator[tuple[str, Instruction]]:
    if evidence.reversed:
        text = f"turn the probe round: {plane.left} belongs at the left of the screen"
        yield "reversed", Instruction(Act.TURN_ROUND, text, plane.id, REVERSED)
    yield from _depth(evidence, plane, rule)
    yield from _gain(evidence, plane, rule)
    yield from _centre(evidence, plane, rule)
    yield from _parts(evidence, plane, rule, clear)


def _depth(
    evidence: PlaneEvidence, plane: Plane, rule: GradeRule
) -> Iterator[tuple[str, Instruction]]:
    fill = evidence.depth_fill
    cut = [key for key in plane.critical if key in evidence.depth_cut]
    score = 1.0 if fill is None else rule.depth_fill.score(fill)
    severity = 1 + (1 - score) + (FORCES_C if cut else 0.0)
    if evidence.depth_cut or (fill is not None and fill > rule.depth_fill.good[1]):
        yield "depth", Instruction(Act.DEPTH, "increase depth", plane.id, severity, amount=1)
    elif fill is not None and fill < rule.depth_fill.good[0]:
        yield "depth", Instruction(Act.DEPTH, "reduce depth", plane.id, severity, amount=-1)


def _gain(
    evidence: PlaneEvidence, plane: Plane, rule: GradeRule
) -> Iterator[tuple[str, Instruction]]:
    grey = evidence.mean_grey
    if grey is None:
        return
    usable = evidence.usable
    score = min(rule.grey.score(grey), 1.0 if usable is None else rule.usable.score(usable))
    fault = rule.grey.is_fault(grey) or (usable is not None and rule.usable.is_fault(usable))
    if score >= 1:
        return
    low = grey < sum(rule.grey.good) / 2
    text = "increase gain" if low else "reduce gain"
    severity = 1 + (1 - score) + (FORCES_C if fault and rule.faults["gain"] == "C" else 0.0)
    if rule.grey.score(grey) >= 1 and not fault:
        severity = SLIGHT + (1 - SLIGHT) * (1 - score)  # worth a word only short of grade A
    yield "gain", Instruction(Act.GAIN, text, plane.id, severity, amount=1 if low else -1)


def _centre(
    evidence: PlaneEvidence, plane: Plane, rule: GradeRule
) -> Iterator[tuple[str, Instruction]]:
    """Structures beside the middle, where the pose alone does not say so: half way is enough."""
    offset = evidence.centre_offset
    if offset is None or abs(offset) < SLIGHT * rule.centre_span:
        return
    here = compass(plane)
    side = here.right if offset > 0 else here.right.opposite
    text = f"slide a little {here.words(side).toward}"
    severity = SLIGHT * abs(offset) / rule.centre_span
    yield "centre", Instruction(Act.SLIDE, text, plane.id, severity, side)


def _parts(
    evidence: PlaneEvidence, plane: Plane, rule: GradeRule, clear: ClearSettings
) -> Iterator[tuple[str, Instruction]]:
    """Parts that are cut off, dark or not there; what the pose does not explain."""
    here = compass(plane)
    dark = {
        key: _darkness(echo, rule.tendon_echo_least, clear.tendon_echo)
        for key, echo in tendons_across(evidence.tendon_echo, plane).items()
    }
    for key, (part, needed) in plane.parts.items():
        seen = evidence.visibility.get(key, 0.0)
        missing = seen < rule.present_from
        severity = 1 + (1 - seen) * (1.0 if needed.critical else 0.5)
        edge = evidence.edge_cut.get(key)
        if missing and edge is not None:
            side = here.right if edge == "right" else here.right.opposite
            text = f"slide a little {here.words(side).toward}: {part.title} is cut off"
            yield f"edge {key}", Instruction(Act.SLIDE, text, plane.id, severity, side)
        elif missing and key not in evidence.depth_cut:
            shows = "show" if _plural(part.title) else "shows"
            text = f"slide slowly to and fro until the {part.title} {shows}"
            yield f"part {key}", Instruction(Act.SWEEP, text, plane.id, severity, here.across)
        elif dark.get(key, 0.0) > 0:
            be = "are" if _plural(part.title) else "is"
            text = f"tilt slowly to and fro until the {part.title} {be} bright"
            yield f"dark {key}", Instruction(Act.FAN, text, plane.id, dark[key], here.across)


def _plural(title: str) -> bool:
    """Whether a part's name is of several: "flexor tendons of the index finger"."""
    return title.split(" of ")[0].endswith("tendons")


def _darkness(echo: float, least: float, clear: float) -> float:
    """Severity of a tendon's echo: 1.1 where it costs the grade, less short of clearly bright."""
    if echo < least:
        return 1.1
    return 0.0 if echo >= clear else SLIGHT + (1 - SLIGHT) * (clear - echo) / (clear - least)
