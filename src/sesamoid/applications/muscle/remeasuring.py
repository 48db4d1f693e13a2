"""Measuring again between aponeuroses that a person changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sesamoid.applications.application import AnalysisSettings
from sesamoid.errors import SesamoidError
from sesamoid.findings import GRADE_KEY, Result
from sesamoid.imaging import find_scan_area
from sesamoid.models import bundle

from .looking import METHODS, looker
from .measuring import muscle_findings

APONEUROSES = frozenset({"superficial_aponeurosis", "deep_aponeurosis"})


def remeasure(result: Result, changed: frozenset[str], *, model: str) -> Result:
    """`result` with the muscle between the aponeuroses as they are now; fascicles seen anew.

    Parameters
    ----------
    result : Result
        Of one frame.
    changed : frozenset of str
        Identifiers of regions.
    model : str
        Bundle that sees the fascicles.

    Raises
    ------
    SesamoidError
        The muscle itself was changed, which follows from its aponeuroses.
    """
    bands = [r for r in result.regions if r.structure.key in APONEUROSES]
    if GRADE_KEY in changed and not bands:
        return result
    if not any(name == GRADE_KEY or name.rpartition("-")[0] in APONEUROSES for name in changed):
        raise SesamoidError(
            "the muscle's outline follows from its aponeuroses", fix="change those instead."
        )
    image, frame = result.image, result.grade.frame
    area = result.scan_area or find_scan_area(image)
    method = str(result.settings.get("method", METHODS[0]))
    look = looker(bundle(model), AnalysisSettings(method=method))
    seen = look(image.grey(frame), area)
    drawn = np.zeros(image.size, dtype=np.float32)
    for region in bands:
        drawn[region.mask] = 1.0
    architecture = look.architecture(replace(seen, aponeurosis=drawn), area, image, frame=frame)
    found = muscle_findings(
        architecture, drawn, threshold=look.threshold, calibrated=image.calibrated, frame=frame
    )
    mine = {r.identifier: r for r in bands}
    regions = tuple(mine.get(r.identifier, r) for r in found.regions)
    fresh = {m.quantity.key for m in found.measurements}
    return replace(
        result,
        regions=regions,
        lines=found.lines,
        measurements=found.measurements
        + tuple(m for m in result.measurements if m.quantity.key not in fresh),
    )
