"""Figures of the held-out predictions of a texture recipe, person by person."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.evidence.classification import (
    accuracy,
    balanced_accuracy,
    brier,
    by_person,
    calibration_error,
    interval_dict,
    macro_auc,
    people_interval,
    reliability,
)
from sesamoid.evidence.texture_groups import HeldOut


def assess(held_out: HeldOut, *, n: int = 2000, seed: int = 0) -> dict[str, Any]:
    """Figures of each model, person by person, with intervals over people.

    Parameters
    ----------
    held_out : HeldOut
    n : int
        Resamples.
    seed : int

    Returns
    -------
    dict
        ``groups``, ``people``, ``images``, ``folds``; ``models.<name>`` with ``person`` (AUC,
        accuracy, balanced accuracy: estimate and ci95), ``image`` (AUC), ``calibration`` before
        and after, ``confusion`` (true by said, people); ``forest_minus_network`` (AUC, paired)
        where both are there; ``family_importance``.
    """
    out: dict[str, Any] = {
        "groups": list(held_out.groups),
        "people": len(set(held_out.people)),
        "images": len(held_out.people),
        "folds": len(np.unique(held_out.fold)),
        "models": {},
        "family_importance": held_out.family_importance,
    }
    whose = np.unique(np.asarray(held_out.people), return_inverse=True)[1]
    each = {}
    for model, own in held_out.calibrated.items():
        said, truth = by_person(own, held_out.truth, held_out.people)
        before, _ = by_person(held_out.raw[model], held_out.truth, held_out.people)
        each[model] = said
        person = {
            name: interval_dict(people_interval(statistic, said, truth, n=n, seed=seed))
            for name, statistic in (
                ("auc", macro_auc),
                ("accuracy", accuracy),
                ("balanced_accuracy", balanced_accuracy),
            )
        }
        confusion = np.zeros((len(held_out.groups),) * 2, dtype=int)
        np.add.at(confusion, (truth, said.argmax(axis=1)), 1)
        out["models"][model] = {
            "person": person,
            "image": {
                "auc": interval_dict(
                    people_interval(macro_auc, own, held_out.truth, people=whose, n=n, seed=seed)
                )
            },
            "calibration": {
                "brier": brier(said, truth),
                "brier_before": brier(before, truth),
                "expected_error": calibration_error(said, truth),
                "expected_error_before": calibration_error(before, truth),
                "reliability": reliability(said, truth),
                "temperature": held_out.temperatures[model],
            },
            "confusion": confusion.tolist(),
        }
    if set(each) == {"forest", "network"}:
        classes = len(held_out.groups)

        def difference(both: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
            return macro_auc(both[:, :classes], truth) - macro_auc(both[:, classes:], truth)

        both = np.hstack([each["forest"], each["network"]])
        out["forest_minus_network"] = interval_dict(
            people_interval(difference, both, truth, n=n, seed=seed)
        )
    return out
