"""The table of how virtual pictures vary, ``variation.yaml``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import yaml

Rng = np.random.Generator


@cache
def variation() -> dict[str, Any]:
    """The table that ships; read, not changed."""
    folder = resources.files("sesamoid.virtual.acquisition")
    content: dict[str, Any] = yaml.safe_load(folder.joinpath("variation.yaml").read_text("utf-8"))
    return content


def between(rng: Rng, limits: tuple[float, float] | list[float]) -> float:
    """A number between two."""
    return float(rng.uniform(limits[0], limits[1]))


def either_side(rng: Rng, limits: tuple[float, float] | list[float]) -> float:
    """A number between two, with a random sign."""
    return between(rng, limits) * float(rng.choice((-1, 1)))
