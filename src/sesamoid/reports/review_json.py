"""How findings stand after a review, as plain types for JSON."""

from __future__ import annotations

from typing import Any

from sesamoid.findings import Judged, Result, Review


def add_review(entry: dict[str, Any], result: Result, review: Review) -> None:
    """Write into a result's entry how each finding stands, and what was rejected.

    Parameters
    ----------
    entry : dict
        From `result_to_dict`; written to.
    result : Result
        ``review.result``.
    review : Review
    """
    entry["grade"]["review"] = judged_as_json(review.about(result.grade))
    for name in ("regions", "measurements", "lines", "landmarks", "categories"):
        for content, finding in zip(entry[name], getattr(result, name), strict=True):
            content["review"] = judged_as_json(review.about(finding))
    entry["review"] = {
        "summary": review.summary,
        "counts": {standing.value: count for standing, count in review.counts.items()},
        "rejected": [
            {"key": one.key, "name": one.name, "kind": one.kind, **judged_as_json(one)}
            for one in review.rejected
        ],
    }


def judged_as_json(one: Judged) -> dict[str, Any]:
    """How one finding stands, who decided, and when."""
    return {
        "standing": one.standing.value,
        "reviewer": one.reviewer,
        "at": None if one.when is None else one.when.isoformat(timespec="seconds"),
        "comment": one.comment,
    }
