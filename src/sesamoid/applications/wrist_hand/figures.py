"""From scored frames to figures: planes, labels, grades; intervals by person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.evidence.classification import calibration_error, reliability
from sesamoid.live import NO_PLANE

from .figure_intervals import Floats, interval, known
from .scored import ScoredFrame

LETTERS = ("C", "B", "A")


def plane_figures(rows: Sequence[ScoredFrame], rule: Protocol) -> dict[str, Any]:
    """How well planes are recognised.

    ``macro_f1`` is the mean F1 over the protocol's planes; frames of no plane weigh together as
    much as those of the planes do, however many of either there are. ``macro_f1_clear`` leaves out
    the frames between one tolerance and the number of them that the protocol calls another plane,
    where being inside is a matter of a hair. The interval resamples people.
    """
    names = [*(plane.id for plane in rule.planes), NO_PLANE]
    chances = np.array([row.chances for row in rows], dtype=np.float64)
    truth, chosen = true_and_chosen(rows, rule)
    people = [row.truth.person for row in rows]
    clear = clear_of_doubt(rows, rule)
    out: dict[str, Any] = {
        "n_inside": int((truth < len(names) - 1).sum()),
        "n_none": int((truth == len(names) - 1).sum()),
        "ece": calibration_error(chances / chances.sum(axis=1, keepdims=True), truth),
        "reliability": reliability(chances, truth),
        "names": names,
        "confusion": confusion(truth, chosen, len(names)).tolist(),
        "ci95": {},
    }
    of_all = f1_by_plane(truth, chosen, len(names))
    out["macro_f1"] = _mean(of_all)
    out["f1"] = {n: known(v) for n, v in zip(names[:-1], of_all, strict=True)}
    out["macro_f1_clear"] = _mean(f1_by_plane(truth[clear], chosen[clear], len(names)))
    out["n_clear"] = int(clear.sum())

    def macro(index: Floats) -> float:
        which = index.astype(int)
        return float(np.nanmean(f1_by_plane(truth[which], chosen[which], len(names))))

    interval(out, "macro_f1", np.arange(len(rows), dtype=float), people, macro)
    return out


def true_and_chosen(
    rows: Sequence[ScoredFrame], rule: Protocol
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Index of each frame's plane and of the likeliest one; the last index is none."""
    names = [*(plane.id for plane in rule.planes), NO_PLANE]
    truth = np.array([names.index(row.truth.plane) for row in rows])
    return truth, np.array([row.chances for row in rows], dtype=np.float64).argmax(axis=1)


def clear_of_doubt(rows: Sequence[ScoredFrame], rule: Protocol) -> NDArray[np.bool_]:
    """Which frames ``macro_f1_clear`` counts; see `plane_figures`."""
    return np.array([_is_clear(row, rule) for row in rows])


def f1_by_plane(truth: NDArray[np.intp], chosen: NDArray[np.intp], classes: int) -> Floats:
    """F1 of each plane (all classes but the last, none); NaN of a plane that is not there.

    Frames of none are weighted so that they count as much as all others together.
    """
    none = classes - 1
    inside, outside = int((truth != none).sum()), int((truth == none).sum())
    weight = np.where(truth == none, inside / max(outside, 1), 1.0)
    out = np.full(classes - 1, np.nan)
    for plane in range(classes - 1):
        if not (truth == plane).any():
            continue
        right = float((weight * ((truth == plane) & (chosen == plane))).sum())
        said, there = (float((weight * (x == plane)).sum()) for x in (chosen, truth))
        out[plane] = 2 * right / (said + there)
    return out


def confusion(truth: NDArray[np.intp], chosen: NDArray[np.intp], classes: int) -> NDArray[np.intp]:
    """Counts, truth in rows."""
    out = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(out, (truth, chosen), 1)
    return out


def segmentation_figures(rows: Sequence[ScoredFrame], rule: Protocol) -> dict[str, Any]:
    """Dice and HD95 of the published key labels on their planes, and of every label.

    Frames count that are truly inside tolerance and, where their grade is known, of grade A or B:
    standard pictures. ``mean_dice`` is the mean over the published labels of each one's mean over
    frames; a label that only the truth or only the network has counts 0.
    """
    good = standard_pictures(rows)
    key_labels = {one.label: one for one in rule.published_labels}
    published = {
        label: [row for row in good if row.truth.plane in one.planes]
        for label, one in key_labels.items()
    }
    out: dict[str, Any] = {"ci95": {}, "n_frames": len(good)}
    by_label = {label: _label_entry(own, label) for label, own in published.items()}
    means = [entry["dice"] for entry in by_label.values() if entry["dice"] is not None]
    out["mean_dice"] = float(np.mean(means)) if len(means) == len(key_labels) else None
    out["mean_dice_of"] = len(means)
    out["published"] = by_label
    everywhere = [label for plane in rule.planes for label in plane.labels]
    out["labels"] = {
        label: _label_entry(good, label) for label in dict.fromkeys(everywhere)
    }  # fmt: skip
    shown = [row for row in rows if row.truth.plane != NO_PLANE and row.truth.grade == "C"]
    values = [value for row in shown for value in row.dice.values()]
    out["mean_dice_of_grade_c"] = float(np.mean(values)) if values else None
    used = [row for row in good if row.dice]
    people = [row.truth.person for row in used]
    if out["mean_dice"] is not None:
        table = published_dice(used, rule)
        interval(
            out, "mean_dice", np.arange(len(used), dtype=float), people,
            lambda index: mean_of_labels(table[index.astype(int)]),
        )  # fmt: skip
    return out


def standard_pictures(rows: Sequence[ScoredFrame]) -> list[ScoredFrame]:
    """Frames inside tolerance and, where their grade is known, of grade A or B."""
    return [row for row in rows if row.truth.plane != NO_PLANE and row.truth.grade in (None, *"AB")]


def published_dice(rows: Sequence[ScoredFrame], rule: Protocol) -> Floats:
    """Dice of the published key labels, shape (frames, labels); NaN where one does not count."""
    return np.array(
        [
            [
                row.dice.get(one.label, np.nan) if row.truth.plane in one.planes else np.nan
                for one in rule.published_labels
            ]
            for row in rows
        ],
        dtype=np.float64,
    ).reshape(len(rows), len(rule.published_labels))


def mean_of_labels(table: Floats) -> float:
    """Mean over labels of each one's mean over frames; 0 where no label counts anywhere."""
    counts = np.isfinite(table).sum(axis=0)
    there = counts > 0
    means = np.nansum(table, axis=0)[there] / counts[there]
    return float(means.mean()) if there.any() else 0.0


def _label_entry(rows: Sequence[ScoredFrame], label: str) -> dict[str, Any]:
    own = [row for row in rows if label in row.dice]
    values = [row.dice[label] for row in own]
    away = [row.hd95_mm[label] for row in own if label in row.hd95_mm]
    out: dict[str, Any] = {
        "n": len(values),
        "dice": float(np.mean(values)) if values else None,
        "median_dice": float(np.median(values)) if values else None,
        "hd95_mm": float(np.mean(away)) if away else None,
        "median_hd95_mm": float(np.median(away)) if away else None,
        "ci95": {},
    }
    if values:
        interval(out, "dice", np.array(values), [row.truth.person for row in own], None)
    return out


def grade_figures(rows: Sequence[ScoredFrame]) -> dict[str, Any]:
    """Agreement of grades with the truth, as a picture of the nearest plane."""
    known = [row for row in rows if row.truth.grade is not None]
    out: dict[str, Any] = {"n": len(known), "quadratic_kappa": None, "ci95": {}}
    if not known:
        return out
    truth = np.array([LETTERS.index(str(row.truth.grade)) for row in known])
    given = np.array([LETTERS.index(str(row.grade)) for row in known])
    out["quadratic_kappa"] = quadratic_kappa(truth, given)
    out["agreement"] = float((truth == given).mean())
    out["confusion"] = confusion(truth, given, len(LETTERS)).tolist()
    out["letters"] = list(LETTERS)
    people = [row.truth.person for row in known]

    def kappa(index: Floats) -> float:
        which = index.astype(int)
        return quadratic_kappa(truth[which], given[which])

    interval(out, "quadratic_kappa", np.arange(len(known), dtype=float), people, kappa)
    return out


def quadratic_kappa(truth: NDArray[np.intp], given: NDArray[np.intp]) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968); 1 where both are one same grade."""
    classes = len(LETTERS)
    seen = confusion(truth, given, classes).astype(float)
    away = (np.arange(classes)[:, None] - np.arange(classes)) ** 2
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    chance = float((away * expected).sum())
    return 1.0 if chance == 0 else float(1 - (away * seen).sum() / chance)


def _is_clear(row: ScoredFrame, rule: Protocol) -> bool:
    if row.truth.plane != NO_PLANE or row.truth.excess is None:
        return True
    return row.truth.excess > rule.checks.wrong_plane_factor or row.truth.excess <= 1


def _mean(values: Floats) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None
