"""Virtual muscles as training images: every angle from 5 to 40 degrees, exactly labelled."""

from __future__ import annotations

from sesamoid.learning.oriented_data import PartlyLabelled
from sesamoid.models.bundle import TrainingData
from sesamoid.virtual.muscle import draw_muscle, picture


def virtual_cases(count: int, *, first_seed: int = 0) -> tuple[PartlyLabelled, ...]:
    """`count` virtual muscles with both labels, in the order of `data_sets.STRUCTURES`."""
    cases = []
    for seed in range(first_seed, first_seed + count):
        one = picture(draw_muscle(seed))
        cases.append(
            PartlyLabelled(f"virtual/{seed}", one.pixels, None, (one.aponeuroses, one.fascicles))
        )
    return tuple(cases)


def virtual_data(count: int) -> TrainingData:
    """How a manifest names them."""
    return TrainingData(
        "virtual muscle", "Apache-2.0", "drawn by Sesamoid, nobody was scanned", "virtual", count
    )
