"""The flat fields of a muscle image's entry in ``results.json``, with their confidences."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from sesamoid.measure.muscle import Estimate, MuscleArchitecture

REPORTED = (
    "thickness_px",
    "pennation_deg",
    "fascicle_angle_deg",
    "deep_aponeurosis_angle_deg",
    "superficial_aponeurosis_angle_deg",
    "fascicle_length_px",
    "aponeurosis_distance_px",
    "superficial_pennation_deg",
)
"""Flat fields of an image's entry in ``results.json``, in pixels and degrees of the original."""


def flat_fields(found: MuscleArchitecture) -> dict[str, Any]:
    """The numbers of `REPORTED` (None where there is none), their confidences and reasons."""
    estimates = {name: getattr(found, name) for name in REPORTED}
    return {
        **{name: estimate.value for name, estimate in estimates.items()},
        "confidence": {
            name: confidence(name, estimate)
            for name, estimate in estimates.items()
            if estimate.known and estimate.standard_error is not None
        },
        "reasons": {
            name: estimate.reason for name, estimate in estimates.items() if not estimate.known
        },
    }


def confidence(name: str, estimate: Estimate) -> float:
    """0 to 1 from the standard error; see ``confidence.yaml``."""
    limits = _confidence_limits()
    if estimate.value is None or estimate.standard_error is None:
        return 0.0
    worthless = limits["degrees"].get(name)
    if worthless is None:
        worthless = limits["relative"][name] * abs(estimate.value)
    return float(round(np.clip(1 - estimate.standard_error / max(worthless, 1e-9), 0, 1), 3))


@cache
def _confidence_limits() -> dict[str, Any]:
    text = resources.files("sesamoid.applications.muscle").joinpath("confidence.yaml")
    limits: dict[str, Any] = yaml.safe_load(text.read_text("utf-8"))["worthless"]
    return limits
