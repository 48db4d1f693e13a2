"""The joint network beside the published pair: the same frames, the same figures, in pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.anatomy import Protocol
from sesamoid.errors import ModelError
from sesamoid.live import NO_PLANE

from .assessor import WristHandAssessor
from .evaluation import Progress, labelled_set, metrics, pictures
from .figure_intervals import Floats, interval
from .figures import (
    clear_of_doubt,
    f1_by_plane,
    mean_of_labels,
    published_dice,
    standard_pictures,
    true_and_chosen,
)
from .look import Looker, PlaneLooker
from .scanned import scanned_protocol
from .scored import ScoredFrame, score_frame, score_look

NOT_LOWER = 0.01
"""[P] How much lower the interval of a difference may reach where "not lower" is said."""
Statistic = Callable[[Floats], float]


@dataclass(frozen=True)
class Comparison:
    """Figures of both, each as in ``metrics.json``, and what lies between them.

    Parameters
    ----------
    joint, pair : dict
    differences : dict
        What ``comparison.json`` holds.
    """

    joint: dict[str, Any]
    pair: dict[str, Any]
    differences: dict[str, Any]


def compare(
    data: Path,
    looker: Looker,
    pair: PlaneLooker,
    *,
    model: dict[str, Any],
    pair_model: dict[str, Any],
    scanned: Protocol | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Score both on every frame of a data set.

    Parameters
    ----------
    data : Path
        See `evaluation_set.read_set`.
    looker : Looker
        The joint network.
    pair : PlaneLooker
        Of the same planes and classes.
    model, pair_model : dict
        What is said of either; see `comparison_models`.
    scanned, progress
        See `evaluation.evaluate`.

    Raises
    ------
    ModelError
        They were trained for other planes or classes.
    """
    rule, names = scanned_protocol(scanned), pair.task
    for what in ("planes", "classes"):
        if getattr(names, what) != getattr(looker.task, what):
            raise ModelError(
                f"the pair was trained for other {what} than the joint network",
                fix="train both with the same version.",
            )
    assessor = WristHandAssessor(looker, rule)
    found = labelled_set(data, rule, names.classes)
    drawn = found.drawn(names.classes)
    ours: list[ScoredFrame] = []
    theirs: list[ScoredFrame] = []
    for one, frame, labels, area in pictures(found, names.classes, progress):
        spacing = one.spacing_mm
        ours.append(
            score_frame(
                one.truth, frame, labels, assessor, area=area, spacing_mm=spacing, drawn=drawn
            )
        )
        look = pair.look(frame, scan_area=area, spacing_mm=spacing)
        theirs.append(
            score_look(one.truth, look, labels, names, rule, spacing_mm=spacing, drawn=drawn)
        )
    joint = metrics(found, ours, rule, model=model)
    other = metrics(found, theirs, rule, model=pair_model)
    return Comparison(joint, other, _content(joint, other, differences(ours, theirs, rule)))


def differences(
    ours: Sequence[ScoredFrame], theirs: Sequence[ScoredFrame], rule: Protocol
) -> dict[str, dict[str, Any]]:
    """Joint less pair, with intervals that draw the same people for both.

    Parameters
    ----------
    ours, theirs : sequence of ScoredFrame
        Of the same frames in the same order.
    rule : Protocol
    """
    out = {}
    both = (ours, theirs)
    if any(row.truth.plane != NO_PLANE for row in ours):
        use = np.flatnonzero(clear_of_doubt(ours, rule)).tolist()
        clear = tuple([rows[i] for i in use] for rows in both)
        for name, sides in (("plane.macro_f1", both), ("plane.macro_f1_clear", clear)):
            out[name] = _difference(sides[0], *(_macro_f1(rows, rule) for rows in sides))
    good = [standard_pictures(rows) for rows in both]
    tables = [published_dice(rows, rule) for rows in good]
    if all(np.isfinite(table).any(axis=0).all() for table in tables):
        out["segmentation.mean_dice"] = _difference(good[0], *map(_mean_dice, tables))
    return out


def _macro_f1(rows: Sequence[ScoredFrame], rule: Protocol) -> Statistic:
    truth, chosen = true_and_chosen(rows, rule)
    classes = len(rule.planes) + 1

    def of(index: Floats) -> float:
        which = index.astype(int)
        return float(np.nanmean(f1_by_plane(truth[which], chosen[which], classes)))

    return of


def _mean_dice(table: Floats) -> Statistic:
    return lambda index: mean_of_labels(table[index.astype(int)])


def _difference(rows: Sequence[ScoredFrame], ours: Statistic, theirs: Statistic) -> dict[str, Any]:
    """A figure of both on `rows`, and the interval of what lies between."""
    index = np.arange(len(rows), dtype=float)
    one, other = ours(index), theirs(index)
    spread: dict[str, Any] = {"ci95": {}}
    people = [row.truth.person for row in rows]
    interval(spread, "difference", index, people, lambda drawn: ours(drawn) - theirs(drawn))
    ci95 = spread["ci95"].get("difference")
    return {
        "joint": one, "pair": other, "difference": one - other, "ci95": ci95,
        "finding": _finding(ci95),
    }  # fmt: skip


def _finding(ci95: Sequence[float] | None) -> str:
    if ci95 is None:
        return "not known: one person only"
    low, high = ci95
    if low > 0:
        return "higher"
    if high < 0:
        return "lower"
    return f"not lower by {NOT_LOWER:g}" if low > -NOT_LOWER else "no difference is shown"


def _content(
    joint: dict[str, Any], pair: dict[str, Any], found: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    origin = joint["data"]["origin"]
    shared = ("application", "date", "protocol", "n_images", "n_people", "data")
    return {
        "schema": "sesamoid-comparison-v1",
        "origin": origin,
        **{key: joint[key] for key in shared},
        "model": joint["model"],
        "reference": pair["model"],
        "not_lower": NOT_LOWER,
        "differences": found,
        "table": {
            "title": f"{joint['model']['name']} beside the {pair['model']['name']}: "
            f"{joint['data']['name']} ({origin}; {joint['n_images']} frames of "
            f"{joint['n_people']} people)",
            "columns": ["figure", "joint", "pair", "difference", "95 % interval", "joint is"],
            "rows": [
                [
                    name, f"{row['joint']:.3f}", f"{row['pair']:.3f}", f"{row['difference']:+.3f}",
                    "" if row["ci95"] is None else "{:+.3f} to {:+.3f}".format(*row["ci95"]),
                    row["finding"],
                ]
                for name, row in found.items()
            ],
        },
    }  # fmt: skip
