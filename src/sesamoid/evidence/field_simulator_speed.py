"""The virtual scanner's speed beside a field simulator's, PyMUST, where that is installed."""

from __future__ import annotations

import importlib.util
import time
from typing import Any

import numpy as np

from sesamoid.evidence.timing import Timing
from sesamoid.virtual.pose import SliceGrid

ELEMENTS, FREQUENCY_HZ, BANDWIDTH_PERCENT, SPEED = 128, 12e6, 60.0, 1540.0
PATCH_SCATTERERS = 1024
"""Of the measured scene; the field simulator's time grows in proportion to it."""


def beside_field_simulator(
    frame_ms: float, grid: SliceGrid, *, repeats: int
) -> dict[str, Any] | None:
    """One plane wave of PyMUST's SIMUS on a patch with as many scatterers per mm2 as `grid` has.

    PyMUST gives the elements' signals only, without tissue, beam forming or labels; a picture of
    focused lines would take one such call a line.

    Parameters
    ----------
    frame_ms : float
        Processor time of the virtual scanner's whole frame; theirs is taken alike.
    grid : SliceGrid
        One scatterer a sample.

    Returns
    -------
    dict or None
        None where PyMUST is not installed. `ratio` is measured, a patch of theirs against a whole
        frame of ours; `ratio_same_scene` is the same with their time scaled to as many scatterers.
    """
    if importlib.util.find_spec("pymust") is None:
        return None
    import pymust
    from threadpoolctl import threadpool_limits

    share = PATCH_SCATTERERS / (grid.rows * grid.columns)
    width, height = (side * share**0.5 / 1000 for side in (grid.width_mm, grid.depth_mm))
    array = pymust.utils.Param()
    array.fc, array.fs, array.c, array.radius = FREQUENCY_HZ, 4 * FREQUENCY_HZ, SPEED, np.inf
    array.pitch = grid.width_mm / 1000 / ELEMENTS
    array.kerf, array.width = 0.1 * array.pitch, 0.9 * array.pitch
    array.Nelements, array.bandwidth = ELEMENTS, BANDWIDTH_PERCENT
    rng = np.random.default_rng(0)
    x = rng.uniform(-width / 2, width / 2, PATCH_SCATTERERS)
    z = rng.uniform(-height / 2, height / 2, PATCH_SCATTERERS) + grid.depth_mm / 2000
    strength = rng.standard_normal(PATCH_SCATTERERS)
    times = []
    # Processor time counts every thread, also those that wait for each other: one, like ours.
    with threadpool_limits(limits=1):
        for _ in range(repeats):
            started = time.process_time()
            pymust.simus(x, z, strength, np.zeros((1, ELEMENTS)), array)
            times.append((time.process_time() - started) * 1000)
    timing = Timing.of(times)
    return {
        "what": (
            f"PyMUST SIMUS, one plane wave, {ELEMENTS} elements, 12 MHz, {PATCH_SCATTERERS} "
            f"scatterers in {1000 * width:.1f} x {1000 * height:.1f} mm (as dense as our samples); "
            "signals only"
        ),
        **timing.as_dict(),
        "ratio": timing.p50_ms / frame_ms,
        "ratio_same_scene": timing.p50_ms / share / frame_ms,
    }
