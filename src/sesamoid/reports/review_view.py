"""What the HTML page shows of a human review."""

from __future__ import annotations

from typing import Any

from sesamoid.findings import Judged, Measurement, Review
from sesamoid.findings.review import Finding
from sesamoid.reports.wording import printable

Context = dict[str, Any]


def said(note: str, review: Review | None, measurement: Measurement) -> bool:
    """Whether the mark beside a measurement says the same as its note."""
    if review is None:
        return False
    return note.rstrip(".").lower() == review.about(measurement).sentence.lower()


def stands(review: Review | None, finding: Finding) -> Context | None:
    """How a finding stands; None where nothing was reviewed at all."""
    return None if review is None else _judged(review.about(finding))


def _judged(one: Judged) -> Context:
    return {
        "key": one.key,
        "name": one.name,
        "standing": one.standing.value,
        "style": one.standing.name.lower(),
        "sentence": printable(one.sentence),
        "comment": printable(one.comment),
        "by_hand": one.by_hand,
    }


def reviewed(review: Review | None) -> Context | None:
    """The summary and what was rejected; what went with something else is counted there."""
    if review is None:
        return None
    rejected = review.rejected
    keys = {one.key for one in rejected}

    def owner(key: str) -> str:
        return key.partition("#")[0] if "#" in key else key.rpartition("/")[0]

    mine = [one for one in rejected if owner(one.key) not in keys]
    return {
        "summary": review.summary,
        "rejected": [
            {**_judged(one), "with_it": sum(owner(other.key) == one.key for other in rejected)}
            for one in mine
        ],
    }
