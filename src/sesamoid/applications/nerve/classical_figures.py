"""The classical route on the folds of the network: every classifier, and the one that ships."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.applications.nerve.classical import FILE_NAME, ClassicalSettings
from sesamoid.applications.nerve.classical_comparison import compare
from sesamoid.applications.nerve.classical_tiles import tiles_of
from sesamoid.applications.nerve.classical_training import fit
from sesamoid.evidence.bootstrap import bootstrap_ci
from sesamoid.imaging import atomic_path
from sesamoid.imaging.raw_dataset import LabelledImage


def classical_figures(
    cases: Sequence[LabelledImage],
    folds: NDArray[np.int64],
    groups: NDArray[np.int64],
    kept: Path,
) -> dict[str, Any]:
    """Per-image Dice of each classifier over all folds, with 95 % intervals over groups.

    Parameters
    ----------
    cases : sequence of LabelledImage
    folds, groups : ndarray of int, shape (images,)
    kept : Path
        JSON file that a finished comparison is read back from.

    Returns
    -------
    dict
        ``classifiers.<name>.<class>`` with ``mean`` and ``ci95``.
    """
    split = folds.tolist()
    if kept.is_file():
        content: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if content["folds"] == split:
            return content
    settings = ClassicalSettings()
    tiles = [tiles_of(case.grey, settings.tiles) for case in cases]
    found = compare(tiles, [case.label for case in cases], folds, groups=groups, settings=settings)
    classifiers = {}
    for one in found:
        classifiers[one.classifier] = {
            name: _spread(values, groups[one.cases]) for name, values in one.dice.items()
        }
    content = {"n_images": len(cases), "folds": split, "classifiers": classifiers}
    with atomic_path(kept) as path:
        path.write_text(json.dumps(content), encoding="utf-8")
    return content


def _spread(values: NDArray[np.float64], groups: NDArray[np.int64]) -> dict[str, Any]:
    interval = bootstrap_ci(values, groups)
    return {"mean": interval.estimate, "ci95": [interval.low, interval.high]}


def write_classical(
    cases: Sequence[LabelledImage], groups: NDArray[np.int64], bundle: Path
) -> Path:
    """Fit the classical route on all images and write it into the bundle."""
    model = fit([case.grey for case in cases], [case.label for case in cases], groups=groups)
    model.save(bundle / FILE_NAME)
    return bundle / FILE_NAME
