"""Drawing a virtual muscle from the ranges of ``population.yaml`` by a seed."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

from sesamoid.errors import SesamoidError
from sesamoid.virtual.muscle.geometry import Geometry
from sesamoid.virtual.muscle.parameters import VirtualMuscle
from sesamoid.virtual.muscle.truth import truth_of

_ATTEMPTS = 200
_BAND_MARGIN_MM = 0.5


def draw_muscle(seed: int, *, rows: int = 512, columns: int = 512) -> VirtualMuscle:
    """A muscle from the population file; the same seed gives the same muscle.

    Raises
    ------
    SesamoidError
        No muscle of the population fits a picture of that shape.
    """
    rng = np.random.default_rng(seed)
    for _ in range(_ATTEMPTS):
        muscle = _attempt(rng, VirtualMuscle(seed=seed, rows=rows, columns=columns))
        if muscle is not None:
            return muscle
    raise SesamoidError(f"no muscle of the population fits {rows} x {columns} pixels")


@cache
def population() -> dict[str, Any]:
    """The ranges of ``population.yaml``."""
    text = resources.files(__package__).joinpath("population.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _pick(rng: np.random.Generator, name: str) -> float:
    entry = population()[name]
    if entry.get("law") == "log":
        return float(np.exp(rng.uniform(np.log(entry["low"]), np.log(entry["high"]))))
    return float(rng.uniform(entry["low"], entry["high"]))


def _attempt(rng: np.random.Generator, base: VirtualMuscle) -> VirtualMuscle | None:
    """One draw, or None where it does not fit the picture."""
    limits = population()
    pennation = _pick(rng, "pennation_deg")
    sine = math.sin(math.radians(pennation))
    # The angle is what the range has to be even in, so the length is drawn to suit it.
    lengths = limits["fascicle_length_mm"]
    thicknesses = limits["thickness_mm"]
    shortest = max(lengths["low"], thicknesses["low"] / sine)
    longest = min(lengths["high"], thicknesses["high"] / sine)
    length = math.exp(rng.uniform(math.log(shortest), math.log(longest)))
    thickness = length * sine
    turn = _pick(rng, "fascicle_turn_deg")
    deep_tilt = _pick(rng, "deep_tilt_deg")
    drawn = replace(
        base,
        mm_per_pixel=_pick(rng, "depth_mm") / base.rows,
        pennation_deg=pennation,
        rises_right=bool(rng.random() < 0.5),
        curvature_per_mm=0.0,
        thickness_mm=thickness,
        fat_depth_mm=_pick(rng, "fat_depth_mm"),
        deep_tilt_deg=deep_tilt,
        superficial_tilt_deg=deep_tilt + _pick(rng, "convergence_deg"),
        deep_bow_per_mm=_pick(rng, "bow_per_mm"),
        superficial_bow_per_mm=_pick(rng, "bow_per_mm"),
        ripple_mm=_pick(rng, "ripple_mm"),
        superficial_band_mm=_pick(rng, "superficial_band_mm"),
        deep_band_mm=_pick(rng, "deep_band_mm"),
        muscle_echo=_pick(rng, "muscle_echo"),
        fascicle_echo=_pick(rng, "fascicle_echo"),
        fascicle_spacing_mm=_pick(rng, "fascicle_spacing_mm"),
        fragment_length_mm=_pick(rng, "fragment_length_mm"),
        axial_blur_mm=_pick(rng, "axial_blur_mm"),
        lateral_blur_mm=_pick(rng, "lateral_blur_mm"),
        attenuation_db_per_mm=_pick(rng, "attenuation_db_per_mm"),
        dynamic_range_db=_pick(rng, "dynamic_range_db"),
    )
    flattest = math.cos(math.radians(limits["smallest_angle_deg"]["value"]))
    largest = 2 * (flattest - math.cos(math.radians(pennation))) / thickness
    curvature = min(max(math.radians(turn) / length, -largest), largest)
    drawn = replace(drawn, curvature_per_mm=curvature)
    return drawn if _fits(drawn) else None


def _fits(muscle: VirtualMuscle) -> bool:
    """True where both bands are in view over the whole width, one above the other."""
    geometry = Geometry.of(muscle)
    x = np.linspace(0, muscle.columns * muscle.mm_per_pixel, 33)
    upper, lower = geometry.superficial(x), geometry.deep(x)
    top = float(np.min(upper)) - muscle.superficial_band_mm
    bottom = float(np.max(lower)) + muscle.deep_band_mm
    deepest = muscle.rows * muscle.mm_per_pixel - population()["below_deep_mm"]["value"]
    smallest = population()["thickness_mm"]["low"] / 2
    in_view = top > _BAND_MARGIN_MM and bottom < deepest and np.min(lower - upper) > smallest
    # Edges that diverge can leave a fascicle without an end.
    return bool(in_view and math.isfinite(truth_of(muscle).fascicle_length_mm))
