"""What the sweeps add up to: acquisition, grades, wrong planes, time; with and without guidance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sesamoid.evidence.bootstrap import bootstrap_ci

Rows = Sequence[dict[str, Any]]
TARGETS = {
    "acquired": (">=", 0.981), "grade_a": (">=", 0.933), "grade_c": ("<=", 0.019),
    "wrong_plane": ("<=", 0.01),
}  # fmt: skip
"""Of the guided arm. Tang 2026 [R:Tang, clinical facts 1.1] reports the first three of people; the
last is this project's own [P]."""


def sweep_figures(rows: Rows) -> dict[str, Any]:
    """Figures of both arms, and what guidance gains on the people who were scanned in both.

    Every share says what it is of: ``acquired`` of all planes that were to be scanned; grades and
    ``wrong_plane`` of the pictures that were kept, judged by the simulator's truth.
    """
    arms = {"guided": [r for r in rows if r["guided"]]}
    free = [r for r in rows if not r["guided"]]
    if free:
        arms["unguided"] = free
    out: dict[str, Any] = {"arms": {name: arm_figures(own) for name, own in arms.items()}}
    guided = out["arms"]["guided"]
    out["targets"] = {
        name: {
            "target": f"{sign} {limit}",
            "value": guided[name]["value"],
            "met": guided[name]["value"] is not None
            and (
                guided[name]["value"] >= limit if sign == ">=" else guided[name]["value"] <= limit
            ),
        }
        for name, (sign, limit) in TARGETS.items()
    }
    if free:
        out["gain"] = _gain(arms["guided"], free)
    out["missed"] = [
        {key: row[key] for key in ("person", "machine", "plane", "kept", "true_grade", "reasons")}
        for row in arms["guided"]
        if not row["acquired"]
    ]
    return out


def arm_figures(rows: Rows) -> dict[str, Any]:
    """Of one arm, each with its interval by person."""
    kept = [row for row in rows if row["kept"]]
    seconds = _exam_seconds(rows)
    return {
        "people": len({row["person"] for row in rows}),
        "planes": len(rows),
        "kept": len(kept),
        "acquired": _share(rows, lambda row: row["acquired"]),
        "grade_a": _share(kept, lambda row: row["true_grade"] == "A"),
        "grade_b": _share(kept, lambda row: row["true_grade"] == "B"),
        "grade_c": _share(kept, lambda row: row["true_grade"] == "C"),
        "grade_a_of_all": _share(rows, lambda row: row["acquired"] and row["true_grade"] == "A"),
        "wrong_plane": _share(kept, lambda row: row["wrong"]),
        "grade_agrees": _share(kept, lambda row: row["grade"] == row["true_grade"]),
        "exam_seconds": {
            "median": float(np.median(list(seconds.values()))) if seconds else None,
            **_spread(list(seconds.values())),
        },
        "by_plane": {
            plane: {
                "acquired": float(np.mean([r["acquired"] for r in own])),
                "grade_a": _mean([r["true_grade"] == "A" for r in own if r["kept"]]),
                "median_seconds": float(np.median([r["seconds"] for r in own])),
            }
            for plane in dict.fromkeys(row["plane"] for row in rows)
            if (own := [row for row in rows if row["plane"] == plane])
        },
    }


def _gain(guided: Rows, free: Rows) -> dict[str, Any]:
    """Difference of the arms, paired by person."""
    both = {row["person"] for row in guided} & {row["person"] for row in free}
    out: dict[str, Any] = {"people": len(both)}
    for name in ("acquired", "grade_a"):
        per = []
        for person in sorted(both):
            with_, without = (
                float(np.mean([_counts(row, name) for row in arm if row["person"] == person]))
                for arm in (guided, free)
            )
            per.append(with_ - without)
        out[name] = {"mean": _mean(per), **_spread(per)}
    seconds = [_exam_seconds(arm) for arm in (guided, free)]
    less = [seconds[1][person] - seconds[0][person] for person in sorted(both)]
    out["seconds_saved"] = {"mean": _mean(less), **_spread(less)}
    return out


def _counts(row: dict[str, Any], name: str) -> bool:
    good = bool(row["acquired"])
    return good if name == "acquired" else good and row["true_grade"] == "A"


def _exam_seconds(rows: Rows) -> dict[int, float]:
    out: dict[int, float] = {}
    for row in rows:
        out[row["person"]] = out.get(row["person"], 0.0) + row["seconds"]
    return out


def _share(rows: Rows, holds: Any) -> dict[str, Any]:
    values = [float(bool(holds(row))) for row in rows]
    if not values:
        return {"value": None, "n": 0, "of": 0, "ci95": None}
    people = [row["person"] for row in rows]
    interval = None
    # Resampling what never, or always, happened says nothing of how often it may.
    if len(set(people)) > 1 and len(set(values)) > 1:
        found = bootstrap_ci(values, people, method="percentile")
        interval = [found.low, found.high]
    return {
        "value": float(np.mean(values)), "n": int(sum(values)), "of": len(values),
        "ci95": interval,
    }  # fmt: skip


def _spread(values: Sequence[float]) -> dict[str, Any]:
    if len(values) < 2:
        return {"ci95": None}
    found = bootstrap_ci(list(values), method="percentile")
    return {"ci95": [found.low, found.high]}


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if len(values) else None
