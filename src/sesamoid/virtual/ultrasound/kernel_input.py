"""What goes into the kernels, in the form that they take."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.virtual.section import Section


def kernel_maps(section: Section) -> tuple[NDArray[Any], ...]:
    """The maps of a section, contiguous and of the right types."""
    return (
        np.ascontiguousarray(section.tissue, dtype=np.uint8),
        np.ascontiguousarray(section.facing, dtype=np.float32),
        np.ascontiguousarray(section.fibre, dtype=np.float32),
        np.ascontiguousarray(section.material, dtype=np.float32),
        # The kernels are compiled without infinities.
        np.minimum(section.gap_mm, np.float32(1e6), dtype=np.float32),
    )


def salt(*numbers: int) -> np.uint64:
    """One 64-bit number out of several."""
    state = 0
    for number in numbers:
        state = (state ^ (number + 1)) * 0x9E3779B97F4A7C15 % 2**64
        state ^= state >> 29
    return np.uint64(state)
