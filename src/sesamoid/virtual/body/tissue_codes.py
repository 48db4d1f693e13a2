"""Indices of the tissues that a body is made of."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from sesamoid.virtual.tissues import tissue_table

Tissues = dict[str, int]


class Codes(NamedTuple):
    """Indices that the kernels set by themselves, as in a `Section`."""

    air: int
    gel: int
    skin: int
    fat: int
    septum: int
    fascia: int
    perimysium: int
    ligament: int
    fascicle: int
    blood: int
    fluid: int
    cartilage: int
    cortex: int
    bone: int


@cache
def tissue_codes() -> Tissues:
    """Index of each tissue by name, as in a `Section`."""
    return {name: i for i, name in enumerate(tissue_table().names)}


@cache
def kernel_codes() -> Codes:
    """The same for the kernels."""
    return Codes(**{name: tissue_codes()[name] for name in Codes._fields})
