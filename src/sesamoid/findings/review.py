"""What reviewers made of a result: which findings a human accepted, changed or rejected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sesamoid.findings.evidence import Landmark, Line, Region
from sesamoid.findings.grades import Category, Grade
from sesamoid.findings.keys import GRADE_KEY, category_key, measurement_keys
from sesamoid.findings.measurements import Measurement
from sesamoid.findings.results import Decision, Result

Finding = Region | Line | Landmark | Measurement | Category | Grade


class Standing(StrEnum):
    """What the last decision on a finding made of it."""

    PENDING = "not reviewed"
    ACCEPTED = "accepted"
    MODIFIED = "modified"
    REJECTED = "rejected"


_BY_VERDICT = {
    "accept": Standing.ACCEPTED,
    "modify": Standing.MODIFIED,
    "reject": Standing.REJECTED,
}


@dataclass(frozen=True)
class Judged:
    """How one finding stands.

    Parameters
    ----------
    key, name : str
    kind : str
        ``"region"``, ``"line"``, ``"landmark"``, ``"measurement"``, ``"category"``, ``"grade"``.
    standing : Standing
        By the last decision.
    by_hand : bool
        A person changed it at some time, whatever was decided later.
    reviewer : str
    when : datetime, optional
    comment : str
    """

    key: str
    name: str
    kind: str
    standing: Standing = Standing.PENDING
    by_hand: bool = False
    reviewer: str = ""
    when: datetime | None = None
    comment: str = ""

    @property
    def sentence(self) -> str:
        """E.g. ``"accepted by anna, 2026-11-21"``."""
        if self.when is None:
            return self.standing.value
        return f"{self.standing.value} by {self.reviewer}, {self.when:%Y-%m-%d}"


@dataclass(frozen=True)
class Review:
    """A result and how each of its findings stands.

    Parameters
    ----------
    result : Result
        Without what was rejected.
    judged : tuple of Judged
        All findings, the rejected ones included.
    """

    result: Result
    judged: tuple[Judged, ...]

    def about(self, finding: Finding) -> Judged:
        """How a finding of `result` stands."""
        return self._by_key[_key_in(self.result, finding)]

    @property
    def rejected(self) -> tuple[Judged, ...]:
        """What is not in `result` any more, and the grade where that was rejected."""
        return tuple(one for one in self.judged if one.standing is Standing.REJECTED)

    @property
    def counts(self) -> dict[Standing, int]:
        """How many findings stand how."""
        return {s: sum(one.standing is s for one in self.judged) for s in Standing}

    @property
    def summary(self) -> str:
        """In one line, for the head of a report."""
        counts = self.counts
        if counts[Standing.PENDING] == len(self.judged):
            return "No finding was reviewed by a human."
        order = (Standing.ACCEPTED, Standing.MODIFIED, Standing.REJECTED, Standing.PENDING)
        parts = [f"{counts[standing]} {standing.value}" for standing in order if counts[standing]]
        return f"Of {len(self.judged)} findings: {', '.join(parts)}."

    @property
    def _by_key(self) -> dict[str, Judged]:
        return {one.key: one for one in self.judged}


def review_of(result: Result, decisions: Iterable[Decision]) -> Review:
    """How the findings of a result stand; the last decision on each counts.

    Parameters
    ----------
    result : Result
        With all findings, as they are after the decisions.
    decisions : iterable of Decision
        In the order in which they were made; ``finding`` is a finding's key.
    """
    made = tuple(decisions)
    last = {one.finding: one for one in made}
    changed = {one.finding for one in made if one.verdict == "modify"}
    judged = tuple(
        _judged(key, name, kind, last.get(key), key in changed) for key, name, kind in _all(result)
    )
    gone = {one.key for one in judged if one.standing is Standing.REJECTED}
    keys = measurement_keys(result.measurements)
    kept = replace(
        result,
        regions=tuple(one for one in result.regions if one.identifier not in gone),
        lines=tuple(one for one in result.lines if one.identifier not in gone),
        landmarks=tuple(one for one in result.landmarks if one.identifier not in gone),
        measurements=tuple(
            one for key, one in zip(keys, result.measurements, strict=True) if key not in gone
        ),
        categories=tuple(one for one in result.categories if category_key(one) not in gone),
    )
    return Review(kept, judged)


def _all(result: Result) -> list[tuple[str, str, str]]:
    """Key, name and kind of every finding."""
    found = [(GRADE_KEY, f"Image grade {result.grade.letter.value}", "grade")]
    found += [(category_key(one), f"{one.name}: {one.choice}", "category") for one in
              result.categories]  # fmt: skip
    found += [(one.identifier, one.structure.name, "region") for one in result.regions]
    found += [(one.identifier, one.name, "line") for one in result.lines]
    found += [(one.identifier, one.name, "landmark") for one in result.landmarks]
    keys = measurement_keys(result.measurements)
    found += [
        (key, one.quantity.name, "measurement")
        for key, one in zip(keys, result.measurements, strict=True)
    ]
    return found


def _judged(key: str, name: str, kind: str, decision: Decision | None, by_hand: bool) -> Judged:
    if decision is None:
        return Judged(key, name, kind)
    standing = _BY_VERDICT[decision.verdict]
    return Judged(
        key, name, kind, standing, by_hand, decision.reviewer, decision.when, decision.comment
    )


def _key_in(result: Result, finding: Finding) -> str:
    if isinstance(finding, Grade):
        return GRADE_KEY
    if isinstance(finding, Category):
        return category_key(finding)
    if isinstance(finding, Measurement):
        keys = measurement_keys(result.measurements)
        for key, one in zip(keys, result.measurements, strict=True):
            if one is finding:
                return key
        return keys[result.measurements.index(finding)]
    return finding.identifier
