"""Figures of the assistant's eye on labelled frames, as ``metrics.json`` carries them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import Protocol
from sesamoid.errors import DataError
from sesamoid.findings import ModelReference
from sesamoid.imaging import Crop

from .assessor import WristHandAssessor
from .evaluation_set import EvaluationSet, LabelledFrame, in_classes, read_set
from .figures import grade_figures, plane_figures, segmentation_figures
from .look import Looker
from .measured_parts import number, spread
from .pose_figures import pose_figures
from .scanned import scanned_protocol
from .scored import ScoredFrame, score_frame
from .task import joint_settings

Progress = Callable[[int, int], None]
UNDIVIDED = (
    "No part of this data set is kept for testing: all of it was scored. Figures on pictures that "
    "the model was trained on are too good."
)


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
    found = labelled_set(data, rule, looker.task.classes)
    rows = score_set(found, WristHandAssessor(looker, rule), progress)
    return metrics(found, rows, rule, model=model_entry(model))


def labelled_set(data: Path, rule: Protocol, classes: Sequence[str]) -> EvaluationSet:
    """See `evaluation_set.read_set`; DataError where it holds no frame."""
    found = read_set(data, rule, classes)
    if not found.frames:
        raise DataError("the data set holds no frame", path=data, fix="simulate some.")
    return found


def model_entry(model: ModelReference, method: str = "network") -> dict[str, Any]:
    """What is said of the model in ``metrics.json``."""
    return {
        "name": model.name, "version": model.version, "sha256": model.sha256,
        "method": method, "trained_on": model.trained_on, "origin": model.origin.value,
    }  # fmt: skip


def metrics(
    found: EvaluationSet, rows: Sequence[ScoredFrame], rule: Protocol, *, model: dict[str, Any]
) -> dict[str, Any]:
    """All of ``metrics.json`` from the scored frames of a set."""
    content = figures(rows, rule)
    return {
        "schema": "sesamoid-metrics-v1",
        "application": "wrist_hand",
        "date": datetime.now(UTC).date().isoformat(),
        "model": model,
        "data": data_entry(found),
        "protocol": f"{rule.id} {rule.version}",
        **content,
        **({} if found.part == "test" else {"warning": UNDIVIDED}),
        "table": {
            "title": f"{model['name']} {model['version']} on {found.name} ({found.origin.value}; "
            f"{len(rows)} frames)",
            "columns": ["figure", "value", "95 % interval"],
            "rows": figures_rows(content),
        },
    }


def data_entry(found: EvaluationSet) -> dict[str, Any]:
    """What is said of the data set."""
    return {
        "name": found.name, "folder": found.folder, "licence": found.licence, "part": found.part,
        "origin": found.origin.value,
    }  # fmt: skip


def score_set(
    found: EvaluationSet, assessor: WristHandAssessor, progress: Progress | None = None
) -> list[ScoredFrame]:
    """Every frame of a set, scored one after the other."""
    drawn = found.drawn(assessor.looker.task.classes)
    return [
        score_frame(
            one.truth, frame, labels, assessor, area=area, spacing_mm=one.spacing_mm, drawn=drawn
        )
        for one, frame, labels, area in pictures(found, assessor.looker.task.classes, progress)
    ]


def pictures(
    found: EvaluationSet, classes: Sequence[str], progress: Progress | None = None
) -> Iterator[tuple[LabelledFrame, NDArray[np.uint8], NDArray[np.uint8] | None, Crop]]:
    """Each frame of a set with its pixels, its labels in the network's values, and its scan."""
    for done, one in enumerate(found.frames, start=1):
        frame, labels, area = one.read()
        if labels is not None and found.classes != tuple(classes):
            labels = in_classes(labels, found.classes, classes)
        yield one, frame, labels, area
        if progress is not None:
            progress(done, len(found.frames))


def figures(rows: Sequence[ScoredFrame], rule: Protocol) -> dict[str, Any]:
    """All figures of scored frames; none of grade and pose where no frame was given a grade."""
    out = {
        "n_images": len(rows),
        "n_people": len({row.truth.person for row in rows}),
        "plane": plane_figures(rows, rule),
        "segmentation": segmentation_figures(rows, rule),
    }
    if any(row.grade is not None for row in rows):
        capture = {name: float(e["capture"]) for name, e in joint_settings()["pose"].items()}
        out |= {"grade": grade_figures(rows), "pose": pose_figures(rows, capture)}
    return out


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
        if part not in content:
            continue
        figure = content[part]
        rows.append([name, number(figure.get(key)), spread(figure.get("ci95", {}).get(key))])
    return rows
