"""The aspects of a plane picture's quality: each a score 0..1, what was measured, plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sesamoid.anatomy import Axis, Band, GradeRule, Plane, structure
from sesamoid.measure.plane_evidence import PlaneEvidence

SEEN_FROM = 0.05
"""Below this visibility a part is called "not seen" instead of partly visible; words only."""

Judged = tuple[Band, float, str]
"""Where a value is good, the value, and what to say of it."""


@dataclass(frozen=True)
class Aspect:
    """Score of one aspect, what was measured, and what is wrong with it, worst first."""

    score: float
    detail: str
    complaints: tuple[str, ...]


def aspects(evidence: PlaneEvidence, plane: Plane, rule: GradeRule) -> dict[str, Aspect]:
    """Those that were assessed, by name, in the order of `sesamoid.anatomy.ASPECTS`."""
    bones = of_category(evidence.continuity, plane, "bone")
    tendons = of_category(evidence.tendon_echo, plane, "tendon")
    found = {
        "structures": _structures(evidence, plane, rule),
        "centring": _centring(evidence.centre_offset, rule),
        "continuity": _mean(bones, "bone lines {:.0%} complete", plane, cortex_text),
        "anisotropy": _mean(tendons, "tendon echo {:.2f} of normal", plane, tendon_text),
        "depth": _depth(evidence.depth_fill, rule.depth_fill),
        "gain": _worst(list(gain(evidence, rule))),
        "artefact": _worst(list(_artefact(evidence, rule))),
    }
    return {name: aspect for name, aspect in found.items() if aspect is not None}


def of_category(values: Mapping[str, float], plane: Plane, category: str) -> dict[str, float]:
    """The values that belong to required parts of a category of structure."""
    return {
        key: values[key]
        for key, (part, _) in plane.parts.items()
        if key in values and structure(part.structures[0]).category == category
    }


def tendons_across(values: Mapping[str, float], plane: Plane) -> dict[str, float]:
    """The values that belong to required tendons which the plane cuts across.

    A tilt of the probe darkens those. Along a tendon it is a rock that does, of which a picture
    tells how much.
    """
    return of_category(values, plane, "tendon") if plane.axis is Axis.TRANSVERSE else {}


def gain(evidence: PlaneEvidence, rule: GradeRule) -> Iterator[Judged]:
    """What was measured of the gain."""
    grey, usable = evidence.mean_grey, evidence.usable
    if grey is not None:
        low, high = rule.grey.good
        side = "gain low: " if grey < low else "gain high: " if grey > high else ""
        yield rule.grey, grey, f"{side}mean grey {grey:.0f} of 255"
    if usable is not None:
        yield rule.usable, usable, f"{1 - usable:.0%} of the picture is black or saturated"


def part_text(key: str, evidence: PlaneEvidence, plane: Plane) -> str:
    """What is wrong with a part: 'pisiform cut off at the right edge (35% visible)'."""
    title = plane.parts[key][0].title
    seen = evidence.visibility.get(key, 0.0)
    causes = []
    if key in evidence.depth_cut:
        causes.append("cut off at the bottom: the picture is too shallow")
    if key in evidence.edge_cut:
        causes.append(f"cut off at the {evidence.edge_cut[key]} edge")
    if key in evidence.dropout:
        causes.append("without contact above it")
    if not causes:
        return f"{title} not seen" if seen < SEEN_FROM else f"{title} only {seen:.0%} visible"
    return f"{title} {', '.join(causes)} ({seen:.0%} visible)"


def cortex_text(key: str, share: float, plane: Plane) -> str:
    """Of a broken bone line."""
    return f"bone line of the {plane.parts[key][0].title} broken ({share:.0%} shown)"


def tendon_text(key: str, echo: float, plane: Plane) -> str:
    """Of a tendon that the beam does not meet at a right angle."""
    title = plane.parts[key][0].title
    return f"{title} dark: the beam is not at a right angle (echo {echo:.2f} of normal)"


def centre_text(offset: float) -> str:
    """Of structures beside the middle."""
    side = "left" if offset < 0 else "right"
    return f"structures lie {abs(offset):.0%} of the width to the {side} of the middle"


def _structures(evidence: PlaneEvidence, plane: Plane, rule: GradeRule) -> Aspect:
    weight = {
        key: rule.critical_weight if needed.critical else rule.minor_weight
        for key, (_, needed) in plane.parts.items()
    }
    seen = {key: float(evidence.visibility.get(key, 0.0)) for key in weight}
    lost = {key: weight[key] * (1 - seen[key]) for key in weight}
    present = sum(value >= rule.present_from for value in seen.values())
    poor = sorted((key for key in lost if lost[key] > 0), key=lambda key: -lost[key])
    return Aspect(
        1 - sum(lost.values()) / sum(weight.values()),
        f"{present} of {len(seen)} structures present",
        tuple(part_text(key, evidence, plane) for key in poor[:2]),
    )


def _centring(offset: float | None, rule: GradeRule) -> Aspect | None:
    if offset is None:
        return None
    text = centre_text(offset)
    return Aspect(max(0.0, 1 - abs(offset) / rule.centre_span), text, (text,))


def _mean(
    values: Mapping[str, float],
    detail: str,
    plane: Plane,
    words: Callable[[str, float, Plane], str],
) -> Aspect | None:
    if not values:
        return None
    score = float(np.mean(np.clip(list(values.values()), 0, 1)))
    worst = min(values, key=lambda key: values[key])
    return Aspect(score, detail.format(score), (words(worst, values[worst], plane),))


def _depth(fill: float | None, band: Band) -> Aspect | None:
    if fill is None:
        return None
    detail = f"structures reach to {fill:.0%} of the depth of the picture"
    advice = "less depth would show them larger" if fill < band.good[0] else "set more depth"
    return Aspect(band.score(fill), detail, (f"{detail}: {advice}",))


def _artefact(evidence: PlaneEvidence, rule: GradeRule) -> Iterator[Judged]:
    lift_off, reverberation = evidence.lift_off, evidence.reverberation
    if lift_off is not None:
        yield rule.lift_off, lift_off, f"no contact over {lift_off:.0%} of the probe"
    if reverberation is not None:
        yield (
            rule.reverberation,
            reverberation,
            f"reverberation over {reverberation:.0%} of the picture",
        )


def _worst(judged: list[Judged]) -> Aspect | None:
    """The worst one counts, and all that cost anything are named."""
    if not judged:
        return None
    judged = sorted(judged, key=lambda item: item[0].score(item[1]))
    band, value, text = judged[0]
    poor = tuple(words for limits, number, words in judged if limits.score(number) < 1)
    return Aspect(band.score(value), text, poor)
