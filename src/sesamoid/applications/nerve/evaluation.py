"""Figures of a model on a labelled data set, through the same path as an analysis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.applications.application import AnalysisSettings
from sesamoid.errors import DataError
from sesamoid.evidence.segmentation import compare_labels, summarise
from sesamoid.imaging.raw_dataset import RawDataset, load_case
from sesamoid.models import bundle

from .application import weights_digest


def evaluate(data: Path, settings: AnalysisSettings, *, model: str) -> dict[str, Any]:
    """Per-class figures with 95 % bootstrap intervals over images.

    The test part of the data set where it has labels, else the training part.

    Raises
    ------
    DataError
        The classes are not the model's, or there is nothing labelled.
    """
    from sesamoid.models.decide import label_map
    from sesamoid.models.runtime import resident_runtime

    one = bundle(model)
    dataset = RawDataset.read(data)
    expected = one.manifest.classes
    if dataset.classes != expected:
        raise DataError(
            f"its classes ({', '.join(dataset.classes)}) are not the model's "
            f"({', '.join(expected)})",
            path=data / "dataset.json",
            fix="name and number the labels as the model does.",
        )
    cases = dataset.labelled()
    if not cases:
        raise DataError("no labelled images", path=data, fix="add labelsTs or labelsTr.")
    rows = []
    runtime = None
    for case in cases:
        image = load_case(case, classes=len(expected))
        if settings.method == "classical":
            from .classical import load_classical

            predicted, _ = load_classical(one).predict_probabilities(image.grey)
        else:
            runtime = runtime or resident_runtime(one, settings.threads)
            predicted = label_map(runtime.probabilities([image.grey])[0], one.manifest)
        rows += compare_labels(case.name, np.asarray(predicted), image.label, expected[1:])
    part = "test" if cases[0] in dataset.test else "training"
    warning = None
    if part == "training" and dataset.name in {d.name for d in one.manifest.training_data}:
        warning = (
            "the model was trained on these very images, so the figures are too good; its card "
            "gives those of the cross-validation"
        )
    return {
        "schema": "sesamoid-metrics-v1",
        "application": "nerve",
        "model": {
            "name": one.manifest.name,
            "version": one.manifest.version,
            "sha256": weights_digest(one, settings.method),
            "method": settings.method,
            "trained_on": one.manifest.trained_on,
            "origin": one.manifest.origin,
        },
        "data": {"name": dataset.name, "licence": dataset.licence, "part": part},
        **({"warning": warning} if warning else {}),
        **summarise(rows),
        "images": [
            {
                "image": row.image,
                "class": row.structure,
                "dice": row.dice,
                "iou": row.iou,
                "nsd": row.nsd,
                "hd95_px": row.hd95_px,
            }
            for row in rows
        ],
    }
