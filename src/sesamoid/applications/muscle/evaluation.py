"""Figures of a muscle model on labelled data sets."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sesamoid.applications.application import AnalysisSettings
from sesamoid.models import Manifest, bundle
from sesamoid.models.oriented import OrientedRuntime
from sesamoid.virtual.muscle.dataset import TRUTH, read_muscle_truth

from .card import figures_table
from .data_sets import read_muscle_images
from .folds import scan_groups
from .looking import looker
from .scoring import score_case, summary
from .virtual_accuracy import virtual_errors, virtual_summary, virtual_table


def evaluate(data: Path, *, model: str, threads: int = 0) -> dict[str, Any]:
    """Score aponeuroses and fascicle directions, with 95 % intervals over groups of scans.

    Parameters
    ----------
    data : Path
        See `sesamoid.applications.muscle.data_sets.muscle_sources`; or what ``sesamoid simulate
        muscle`` made: then the numbers of each muscle are compared with its exact ones.
    model : str
    threads : int
        For one inference; 0: all cores.
    """
    if (data / TRUTH).is_file():
        return _on_virtual(data, model=model, threads=threads)
    one = bundle(model)
    images = read_muscle_images(data)
    groups = scan_groups(images.cases)
    runtime = OrientedRuntime(one, threads=threads)
    rows = [score_case(case, runtime) for case in images.cases]
    found = summary(rows, {c.name: int(g) for c, g in zip(images.cases, groups, strict=True)})
    names = ", ".join(source.name for source in images.sources)
    manifest = one.manifest
    warning = None
    trained_on = {d.name for d in manifest.training_data}
    if trained_on & {source.name for source in images.sources}:
        warning = (
            "the model was trained on these very images, so the figures are too good; its card "
            "gives those of the cross-validation"
        )
    return {
        "schema": "sesamoid-metrics-v1",
        "application": "muscle",
        "model": _model(manifest),
        "data": {
            "name": names,
            "licence": ", ".join(sorted({source.licence for source in images.sources})),
            "part": "training",
        },
        **({"warning": warning} if warning else {}),
        **found,
        "table": figures_table(f"{manifest.name} {manifest.version} on {names}", found),
        "images": [asdict(row) for row in rows],
    }


def _on_virtual(data: Path, *, model: str, threads: int) -> dict[str, Any]:
    one = bundle(model)
    look = looker(one, AnalysisSettings(threads=threads))
    rows = [virtual_errors(known, look) for known in read_muscle_truth(data)]
    found = virtual_summary(rows)
    title = f"{one.manifest.name} {one.manifest.version} on {len(rows)} VIRTUAL muscles"
    return {
        "schema": "sesamoid-metrics-v1",
        "application": "muscle",
        "model": _model(one.manifest),
        "data": {"name": data.name, "origin": "virtual", "part": "test"},
        **found,
        "table": virtual_table(title, found),
        "images": [asdict(row) for row in rows],
    }


def _model(manifest: Manifest) -> dict[str, Any]:
    return {
        "name": manifest.name,
        "version": manifest.version,
        "sha256": manifest.weights_sha256,
        "method": "network",
        "trained_on": manifest.trained_on,
        "origin": manifest.origin,
    }
