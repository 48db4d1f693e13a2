"""How near the analysis comes to the exact numbers of virtual muscles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from sesamoid.imaging import Image, Provenance
from sesamoid.imaging.read import read_image
from sesamoid.measure.muscle import MuscleArchitecture
from sesamoid.virtual.muscle import draw_muscle, picture
from sesamoid.virtual.muscle.dataset import KnownMuscle

from .looking import Look

BOUNDS = {"thickness": 2.0, "pennation": 1.0, "fascicle length": 3.0}
"""What is aimed at: %, degrees, %."""
UNITS = {"thickness": "%", "pennation": "degrees", "fascicle length": "%"}
ANGLE_BINS = (5.0, 10.0, 20.0, 30.0, 40.1)


@dataclass(frozen=True)
class VirtualErrors:
    """Absolute errors on one virtual muscle, in `UNITS`; None where the number was refused.

    Parameters
    ----------
    image : str
    pennation_deg : float
        True.
    errors : dict
        By the names of `BOUNDS`.
    """

    image: str
    pennation_deg: float
    errors: dict[str, float | None]


def errors_on_drawn(look: Look, seeds: Sequence[int]) -> list[VirtualErrors]:
    """Errors on virtual muscles drawn for the purpose, one for each seed."""
    rows = []
    for seed in seeds:
        one = picture(draw_muscle(seed))
        known = KnownMuscle.of(one, Path(f"virtual/{seed}"))
        image = Image(one.pixels[None], Provenance(known.image, "virtual"))
        rows.append(compare(image.with_spacing(one.spacing_mm), known, look))
    return rows


def virtual_errors(known: KnownMuscle, look: Look) -> VirtualErrors:
    """Analyse a virtual picture as a user's file is, and compare."""
    image = read_image(known.image).with_spacing((known.mm_per_pixel, known.mm_per_pixel))
    return compare(image, known, look)


def compare(image: Image, known: KnownMuscle, look: Look) -> VirtualErrors:
    """`virtual_errors` of an image in memory."""
    found = look.architecture(look(image.grey(), None), None, image, frame=0, repeats=0)
    return VirtualErrors(known.image.name, known.truth["pennation_deg"], _errors(found, known))


def _errors(found: MuscleArchitecture, known: KnownMuscle) -> dict[str, float | None]:
    thickness, pennation = found.thickness_mm.value, found.pennation_deg.value
    length, true_length = found.fascicle_length_mm.value, known.truth["fascicle_length_mm"]
    errors: dict[str, float | None] = dict.fromkeys(BOUNDS)
    if thickness is not None:
        errors["thickness"] = 100 * abs(thickness / known.thickness_mm - 1)
    if pennation is not None:
        errors["pennation"] = abs(pennation - known.truth["pennation_deg"])
    if length is not None and math.isfinite(true_length):
        errors["fascicle length"] = 100 * abs(length / true_length - 1)
    return errors


def virtual_summary(rows: Sequence[VirtualErrors]) -> dict[str, Any]:
    """Median, 95th percentile and share within `BOUNDS` of each number, also by true angle."""
    out: dict[str, Any] = {"n_images": len(rows), "origin": "virtual"}
    for name in BOUNDS:
        entry = _summed(rows, name)
        entry["by_pennation"] = {
            f"{low:g}-{math.floor(high):g}": _summed(
                [row for row in rows if low <= row.pennation_deg < high], name
            )
            for low, high in pairwise(ANGLE_BINS)
        }
        out[name] = entry
    return out


def _summed(rows: Sequence[VirtualErrors], name: str) -> dict[str, Any]:
    known = [row.errors[name] for row in rows if row.errors[name] is not None]
    values = np.array(known, dtype=float)
    entry: dict[str, Any] = {"n": len(values), "refused": len(rows) - len(values)}
    if len(values):
        entry |= {
            "median": float(np.median(values)),
            "p95": float(np.percentile(values, 95)),
            "within_percent": float(100 * np.mean(values <= BOUNDS[name])),
        }
    return entry


def virtual_table(title: str, found: dict[str, Any]) -> dict[str, Any]:
    """`virtual_summary` as title, columns and rows of text."""
    rows = []
    for name, bound in BOUNDS.items():
        whole = found[name]
        parts = [("all", whole), *whole["by_pennation"].items()]
        for angles, entry in parts:
            if entry["n"]:
                rows.append(
                    [
                        f"{name}, pennation {angles}",
                        f"{entry['n']} ({entry['refused']} refused)",
                        f"{entry['median']:.2f} {UNITS[name]}",
                        f"{entry['p95']:.2f}",
                        f"{entry['within_percent']:.0f} % within {bound:g} {UNITS[name]}",
                    ]
                )
    return {
        "title": title,
        "columns": ["number", "images", "median error", "p95", ""],
        "rows": rows,
    }
