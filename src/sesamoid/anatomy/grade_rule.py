"""The rule that turns what a picture shows into a grade A, B or C: numbers only, no pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sesamoid.anatomy.fields import Fields

ASPECTS = (
    "structures", "centring", "continuity", "anisotropy", "depth", "gain", "artefact",
)  # fmt: skip
"""What is scored 0..1, in the order of the clinical facts 1.4: S, C, K, T, D, G, R."""

FAULTS = (
    "wrong_plane", "missing_critical", "depth_cuts_critical", "dropout_over_critical",
    "missing_minor", "anisotropy", "gain", "off_centre", "broken_cortex",
)  # fmt: skip
"""What limits the grade whatever the score is."""

LIMITS = ("C", "B", "none")
"""What a fault may do: force C, allow B at best, or nothing."""


@dataclass(frozen=True)
class Band:
    """Where a value is good, where it is worth nothing, and from where it limits the grade.

    Parameters
    ----------
    good : tuple of float
        Inside, the score is 1.
    zero : tuple of float
        From here outward the score is 0; straight lines between.
    cap : tuple of float
        Outside, it is a fault; the whole line where it never is.
    """

    good: tuple[float, float]
    zero: tuple[float, float]
    cap: tuple[float, float] = (float("-inf"), float("inf"))

    def score(self, value: float) -> float:
        """0..1."""
        (low, high), (bottom, top) = self.good, self.zero
        if value < low:
            return max((value - bottom) / (low - bottom), 0.0) if low > bottom else 0.0
        if value > high:
            return max((top - value) / (top - high), 0.0) if top > high else 0.0
        return 1.0

    def is_fault(self, value: float) -> bool:
        """True outside `cap`."""
        return not self.cap[0] <= value <= self.cap[1]


@dataclass(frozen=True)
class GradeRule:
    """Weights and limits of the grade of a plane (clinical facts 1.4).

    Parameters
    ----------
    name, version, tag : str
        Of the rule; tag R: published, P: a proposal.
    protocol : str
        Name and version of the protocol that it belongs to.
    weights : mapping of str to float
        By `ASPECTS`; they sum to 1.
    faults : mapping of str to str
        By `FAULTS`; one of `LIMITS`.
    a_score, b_score : float
        Least score of A and of B.
    present_from : float
        A part is present from this visibility.
    plane_probability_from : float
        Below, the picture is not of this plane.
    critical_weight, minor_weight : float
        Of a part in the mean visibility.
    centre_span : float
        Offset of the critical structures from the centre of the picture, as a share of its width,
        at which nothing is left of that score; beyond, a fault.
    cortex_least, tendon_echo_least : float
        Below: a fault. Share of a bone's columns that show its line; a tendon's echo over that of
        the same tendon seen at a right angle.
    depth_fill, grey, usable, lift_off, reverberation : Band
        Of: depth of the deepest required structure over the depth of the picture; mean grey (of
        255) of the part above it; share of it neither black nor white; share of the aperture
        without contact; share of the picture that is reverberation.
    black_level, saturated_level : float
        Of 255: darker is black, brighter is white.
    """

    name: str
    version: str
    tag: str
    protocol: str
    weights: Mapping[str, float]
    faults: Mapping[str, str]
    a_score: float
    b_score: float
    present_from: float
    plane_probability_from: float
    critical_weight: float
    minor_weight: float
    centre_span: float
    cortex_least: float
    tendon_echo_least: float
    depth_fill: Band
    grey: Band
    usable: Band
    lift_off: Band
    reverberation: Band
    black_level: float
    saturated_level: float

    @property
    def citation(self) -> str:
        """One line that says which rule graded, and whether it is published."""
        status = "published" if self.tag == "R" else "proposal, not published"
        return f"{self.name} {self.version} of {self.protocol} (status {self.tag}: {status})"


def read_grade_rule(fields: Fields, protocol: str) -> GradeRule:
    """The rule from the ``grading`` part of a protocol file; SesamoidError names what is wrong."""
    importance, gain, artefact = (fields.child(k) for k in ("importance", "gain", "artefact"))
    rule = GradeRule(
        name=fields.text("rule"),
        version=fields.text("version"),
        tag=fields.text("tag", choices=("R", "M", "P")),
        protocol=protocol,
        weights=_weights(fields.child("weights")),
        faults=_faults(fields.child("faults")),
        a_score=fields.number("a_score", low=0, high=1),
        b_score=fields.number("b_score", low=0, high=1),
        present_from=fields.number("present_from", above=0, high=1),
        plane_probability_from=fields.number("plane_probability_from", low=0, high=1),
        critical_weight=importance.number("critical", above=0),
        minor_weight=importance.number("minor", low=0),
        centre_span=_single(fields.child("centring"), "span"),
        cortex_least=_single(fields.child("continuity"), "least"),
        tendon_echo_least=_single(fields.child("anisotropy"), "least"),
        depth_fill=_band(fields.child("depth"), 0, 1),
        grey=_band(gain.child("mean_grey"), 0, 255),
        usable=_band(gain.child("usable"), 0, 1),
        lift_off=_band(artefact.child("lift_off"), 0, 1),
        reverberation=_band(artefact.child("reverberation"), 0, 1),
        black_level=gain.number("black_level", low=0, high=255),
        saturated_level=gain.number("saturated_level", low=0, high=255),
    )
    if rule.b_score > rule.a_score:
        raise fields.error(
            f"is {rule.b_score}, above a_score {rule.a_score}",
            "b_score",
            fix="B asks for less than A.",
        )
    fields.get("source")
    for part in (fields, importance, gain, artefact):
        part.finish()
    return rule


def _weights(fields: Fields) -> Mapping[str, float]:
    weights = {aspect: fields.number(aspect, low=0) for aspect in ASPECTS}
    fields.finish()
    total = sum(weights.values())
    if abs(total - 1) > 1e-6:
        raise fields.error(f"sum to {total:.4g}, not 1", fix="change them so that they sum to 1.")
    return weights


def _faults(fields: Fields) -> Mapping[str, str]:
    faults = {fault: fields.text(fault, choices=LIMITS) for fault in FAULTS}
    fields.finish()
    return faults


def _single(fields: Fields, key: str) -> float:
    value = fields.number(key, above=0, high=1)
    fields.get("source")
    fields.finish()
    return value


def _band(fields: Fields, low: float, high: float) -> Band:
    band = Band(
        good=fields.pair("good", low=low, high=high),
        zero=fields.pair("zero", low=low, high=high),
        cap=fields.pair("cap", (float("-inf"), float("inf"))),
    )
    fields.get("source")
    fields.finish()
    if band.zero[0] > band.good[0] or band.zero[1] < band.good[1]:
        raise fields.error(f"is {list(band.zero)}", "zero", fix="let it enclose 'good'.")
    return band
