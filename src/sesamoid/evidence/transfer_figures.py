"""Figures of a comparison of starts: Dice of each, and paired differences, with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.bootstrap import bootstrap_ci
from sesamoid.evidence.cross_validation import FoldFigures
from sesamoid.evidence.transfer import Count, TransferPlan, TransferRun, name_of

PerImage = dict[tuple[str, Count], dict[str, NDArray[np.float64]]]


def transfer_figures(
    plan: TransferPlan,
    runs: Sequence[TransferRun],
    results: Sequence[FoldFigures],
    *,
    subject: str,
) -> dict[str, Any]:
    """Mean Dice of each arm on each number of images, and `subject` less each other arm.

    Each image counts once, from the fold that never saw it; over several seeds its Dice is
    averaged first. Intervals resample groups of images: they tell nothing of another draw of
    training images or of other random weights.

    Parameters
    ----------
    plan : TransferPlan
    runs, results
        Of the same order.
    subject : str
        The arm whose gain is asked for; no differences where it is not among them.

    Returns
    -------
    dict
        ``counts.<count>.starts.<arm>.<structure>`` and ``.differences.<other>.<structure>``, each
        ``{mean, ci95}``; ``runs``, one row each.
    """
    structures = plan.manifest.classes[1:]
    dice = _per_image(plan, runs, results)
    counts: dict[str, Any] = {}
    for count in plan.counts:
        of_arm = {arm.name: dice[arm.name, count] for arm in plan.arms}
        own = [run for run in runs if run.count == count]
        counts[name_of(count)] = {
            "images": sorted({len(run.fold.training) for run in own}),
            "steps": plan.recipe.steps_for(count),
            "starts": {
                name: {s: _spread(values[s], plan.groups) for s in structures}
                for name, values in of_arm.items()
            },
            "differences": {
                other: {s: _spread(of_arm[subject][s] - values[s], plan.groups) for s in structures}
                for other, values in of_arm.items()
                if subject in of_arm and other != subject
            },
        }
    return {
        "counts": counts,
        "runs": [
            {
                "start": run.arm,
                "count": name_of(run.count),
                "fold": run.fold.number,
                "seed": run.seed,
                "trained_on": [case.name for case in run.fold.training],
                "minutes": None if np.isnan(found.minutes) else round(found.minutes, 2),
                "precision": found.precision,
                **{
                    s: float(np.mean([row.dice for row in found.rows if row.structure == s]))
                    for s in structures
                },
            }
            for run, found in zip(runs, results, strict=True)
        ],
    }


def _per_image(
    plan: TransferPlan, runs: Sequence[TransferRun], results: Sequence[FoldFigures]
) -> PerImage:
    """Mean Dice over seeds, shape (images,), by arm and count, then by structure."""
    place = {case.name: index for index, case in enumerate(plan.cases)}
    sums: PerImage = {}
    for run, found in zip(runs, results, strict=True):
        own = sums.setdefault((run.arm, run.count), {})
        for row in found.rows:
            values = own.setdefault(row.structure, np.zeros(len(plan.cases)))
            values[place[row.image]] += row.dice / plan.seeds
    return sums


def _spread(values: NDArray[np.float64], groups: NDArray[np.int64]) -> dict[str, Any]:
    found = bootstrap_ci(values, groups)
    return {"mean": found.estimate, "ci95": [found.low, found.high]}


def transfer_table(figures: dict[str, Any], *, title: str, subject: str) -> dict[str, Any]:
    """The figures as a table for people: Dice of each start, then the differences."""
    rows = []
    for count, entry in figures["counts"].items():
        for name, values in entry["starts"].items():
            rows.append([count, name, *_cells(values, signed=False)])
        for other, values in entry["differences"].items():
            rows.append([count, f"{subject} - {other}", *_cells(values, signed=True)])
    first = next(iter(figures["counts"].values()))["starts"]
    columns = [
        text for s in next(iter(first.values())) for text in (f"Dice of {s}", "95 % interval")
    ]
    return {"title": title, "columns": ["images", "start", *columns], "rows": rows}


def _cells(values: dict[str, Any], *, signed: bool) -> list[str]:
    shape = "+.3f" if signed else ".3f"
    cells = []
    for one in values.values():
        low, high = one["ci95"]
        cells += [f"{one['mean']:{shape}}", f"{low:{shape}} to {high:{shape}}"]
    return cells


def findings(figures: dict[str, Any], *, what: str) -> list[str]:
    """In words, one sentence a comparison: does `what` help? Decided by the interval alone."""
    out = []
    for count, entry in figures["counts"].items():
        for other, values in entry["differences"].items():
            said = [f"{name} {_word(one)}" for name, one in values.items()]
            images = "all images" if count == "all" else f"{count} images"
            out.append(f"{images}, {what} against {other}: {', '.join(said)}.")
    return out


def _word(one: dict[str, Any]) -> str:
    low, high = one["ci95"]
    interval = f"({low:+.3f} to {high:+.3f})"
    if low > 0:
        return f"better by {one['mean']:.3f} {interval}"
    if high < 0:
        return f"worse by {-one['mean']:.3f} {interval}"
    return f"no difference shown {interval}"
