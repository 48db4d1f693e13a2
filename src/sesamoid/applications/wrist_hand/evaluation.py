"""Figures of the assistant's eye on labelled frames, as ``metrics.json`` carries them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sesamoid.anatomy import Protocol
from sesamoid.errors import DataError
from sesamoid.findings import ModelReference

from .assessor import WristHandAssessor
from .evaluation_set import EvaluationSet, in_classes, read_set
from .figures import grade_figures, plane_figures, segmentation_figures
from .look import Looker
from .pose_figures import pose_figures
from .scanned import scanned_protocol
from .scored import ScoredFrame, score_frame
from .task import joint_settings

Progress = Callable[[int, int], None]


def evaluate(
    data: Path,
    looker: Looker,
    *,
    model: ModelReference,
    scanned: Protocol | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Figures on a data set, each with its 95 % interval by resampling people.

    Parameters
    ----------
    data : Path
        See `evaluation_set.read_set`.
    looker : Looker
    model : ModelReference
    scanned : Protocol, optional
        The one that ships if left out.
    progress : callable, optional
        Told how many frames are done, of how many.
    """
    rule = scanned_protocol(scanned)
    found = read_set(data, rule, looker.task.classes)
    if not found.frames:
        raise DataError("the data set holds no frame", path=data, fix="simulate some.")
    rows = score_set(found, WristHandAssessor(looker, rule), progress)
    content = figures(rows, rule)
    return {
        "schema": "sesamoid-metrics-v1",
        "application": "wrist_hand",
        "date": datetime.now(UTC).date().isoformat(),
        "model": {
            "name": model.name, "version": model.version, "sha256": model.sha256,
            "method": "network", "trained_on": model.trained_on, "origin": model.origin.value,
        },
        "data": {
            "name": found.name, "folder": data.resolve().name, "licence": found.licence,
            "part": found.part,
            "origin": found.origin.value,
        },
        "protocol": f"{rule.id} {rule.version}",
        **content,
        "table": {
            "title": f"{model.name} {model.version} on {found.name} ({found.origin.value}; "
            f"{len(rows)} frames)",
            "columns": ["figure", "value", "95 % interval"],
            "rows": figures_rows(content),
        },
    }  # fmt: skip


def score_set(
    found: EvaluationSet, assessor: WristHandAssessor, progress: Progress | None = None
) -> list[ScoredFrame]:
    """Every frame of a set, scored one after the other."""
    rows = []
    classes = assessor.looker.task.classes
    drawn = frozenset(classes.index(name) for name in found.classes)
    for number, one in enumerate(found.frames, start=1):
        frame, labels, area = one.read()
        if labels is not None and found.classes != classes:
            labels = in_classes(labels, found.classes, classes)
        scored = score_frame(
            one.truth, frame, labels, assessor, area=area, spacing_mm=one.spacing_mm, drawn=drawn
        )  # fmt: skip
        rows.append(scored)
        if progress is not None:
            progress(number, len(found.frames))
    return rows


def figures(rows: Sequence[ScoredFrame], rule: Protocol) -> dict[str, Any]:
    """All figures of scored frames."""
    capture = {name: float(e["capture"]) for name, e in joint_settings()["pose"].items()}
    return {
        "n_images": len(rows),
        "n_people": len({row.truth.person for row in rows}),
        "plane": plane_figures(rows, rule),
        "segmentation": segmentation_figures(rows, rule),
        "grade": grade_figures(rows),
        "pose": pose_figures(rows, capture),
    }


def figures_rows(content: dict[str, Any]) -> list[list[str]]:
    """Name, value and interval of the main figures."""
    wanted = (
        ("plane.macro_f1", "plane", "macro_f1"),
        ("plane.macro_f1_clear", "plane", "macro_f1_clear"),
        ("plane.ece", "plane", "ece"),
        ("segmentation.mean_dice", "segmentation", "mean_dice"),
        ("grade.quadratic_kappa", "grade", "quadratic_kappa"),
        ("pose.median_mm", "pose", "median_mm"),
        ("pose.median_deg", "pose", "median_deg"),
    )
    rows = []
    for name, part, key in wanted:
        value, spread = content[part].get(key), content[part].get("ci95", {}).get(key)
        rows.append(
            [
                name,
                "" if value is None else f"{value:.3f}",
                "" if spread is None else f"{spread[0]:.3f} to {spread[1]:.3f}",
            ]
        )
    return rows
