"""How well the probe's offset from its plane is told, and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .evidence import POSE
from .figure_intervals import Floats, interval, known
from .scored import ScoredFrame


def pose_figures(rows: Sequence[ScoredFrame], capture: Mapping[str, float]) -> dict[str, Any]:
    """Errors of the pose where the probe is within the capture range of its nearest plane.

    ``median_mm`` is that of the length of the error along and across; ``median_deg`` that of the
    three angles' root sum of squares, about the angle of the turn that is left. Frames whose
    nearest plane was taken for another are counted apart: their offset would be from elsewhere.

    Most frames lie near their plane, where to guess no error at all is not far wrong. So the same
    medians are given for that guess (``unmoved``), for frames beyond a tolerance (``off_plane``),
    and of each error the share that is left of it (``left``: mean error of the estimate over mean
    error of the guess).
    """
    there = [row for row in rows if _in_range(row, capture)]
    used = [row for row in there if row.nearest == row.truth.nearest]
    out: dict[str, Any] = {
        "n": len(used), "n_in_range": len(there),
        "share_nearest_right": len(used) / len(there) if there else None,
        "median_mm": None, "median_deg": None, "ci95": {},
    }  # fmt: skip
    if not used:
        return out
    true = np.array([row.truth.pose for row in used], dtype=float)
    error = np.array([row.pose for row in used], dtype=float) - true
    people = [row.truth.person for row in used]
    away, turned = _sizes(error)
    out |= _medians(error) | {"unmoved": _medians(true)}
    off = np.array([row.truth.excess is not None and row.truth.excess > 1 for row in used])
    if off.any():
        out["off_plane"] = {
            "n": int(off.sum()), **_medians(error[off]), "unmoved": _medians(true[off]),
            "left": _left(error[off], true[off]),
        }  # fmt: skip
    out["axes"] = {
        name: {
            "median": float(np.median(np.abs(error[:, i]))),
            "p95": float(np.percentile(np.abs(error[:, i]), 95)),
            "bias": float(error[:, i].mean()),
        }
        for i, name in enumerate(POSE)
    }
    spread = np.array([row.pose_sd for row in used], dtype=float)
    out["within_two_sd"] = float((np.abs(error) <= 2 * spread).mean())
    for key, values in (("median_mm", away), ("median_deg", turned)):
        interval(out, key, values, people, lambda x: float(np.median(x)))
    return out


def _sizes(error: Floats) -> tuple[Floats, Floats]:
    """Lengths in mm and angles in degrees of errors in the order of `POSE`, shape (n, 5)."""
    return np.hypot(error[:, 0], error[:, 1]), np.sqrt((error[:, 2:] ** 2).sum(axis=1))


def _medians(error: Floats) -> dict[str, float]:
    away, turned = _sizes(error)
    return {"median_mm": float(np.median(away)), "median_deg": float(np.median(turned))}


def _left(error: Floats, true: Floats) -> dict[str, float | None]:
    """Mean size of each error over that of the truth: 1 where nothing is known of it."""
    there = np.abs(true).mean(axis=0)
    share = np.divide(np.abs(error).mean(axis=0), there, out=np.full(5, np.nan), where=there > 0)
    return {name: known(value) for name, value in zip(POSE, share, strict=True)}


def _in_range(row: ScoredFrame, capture: Mapping[str, float]) -> bool:
    truth = row.truth
    if truth.pose is None or truth.reversed or truth.nearest is None:
        return False
    limits = [capture[name] for name in POSE]
    return all(abs(v) <= limit for v, limit in zip(truth.pose, limits, strict=True))
