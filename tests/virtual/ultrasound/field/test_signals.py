"""Piece by piece is as all at once: the same echoes as PyMUST's own `simus`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.ultrasound import preset, probe
from sesamoid.virtual.ultrasound.field.array import SEGMENTS, FieldArray
from sesamoid.virtual.ultrasound.field.beamforming import beamformed
from sesamoid.virtual.ultrasound.field.signals import THRESHOLD_DB, element_signals
from sesamoid.virtual.ultrasound.field.ways import way_db

pymust = pytest.importorskip("pymust")

DEPTH_MM = 9.0


def array() -> FieldArray:
    """Half a wavelength from element to element: pieces leave out the grating lobes of others."""
    machine = preset("aster-a3")
    usual = machine.settings(frequency_mhz=10.0, looks=1)
    return replace(FieldArray.of(machine, usual, probe("L38")), elements=140, pitch_mm=0.077)


@pytest.mark.parametrize("angle", [0.0, 0.15])
def test_signals_are_those_of_simus(angle):
    rng, own = np.random.default_rng(1), array()
    x, z = rng.uniform(-2, 2, 900).astype("f4"), rng.uniform(4, DEPTH_MM, 900).astype("f4")
    strength = rng.standard_normal(900).astype("f4")
    mine = element_signals(own, angle, x, z, strength, DEPTH_MM)

    options = pymust.utils.Options()
    options.dBThresh, options.ElementSplitting = THRESHOLD_DB, SEGMENTS
    delays = own.delays_us(angle)[None] * 1e-6
    whole = own.part(0, own.elements)
    signals, _ = pymust.simus(x * 1e-3, z * 1e-3, strength, delays, whole, options)
    samples = min(len(signals), len(mine))
    pictures = [
        beamformed(
            own, angle, one[:samples].astype("f4"), np.linspace(-1, 1, 11), np.linspace(5, 8, 60)
        ).ravel()
        for one in (mine, signals)
    ]
    scale = np.vdot(pictures[1], pictures[0]) / np.vdot(pictures[1], pictures[1])
    left = np.linalg.norm(pictures[0] - scale * pictures[1]) / np.linalg.norm(pictures[0])
    assert left < 0.05
    assert abs(np.angle(scale)) < 0.02


def test_a_shadow_lies_along_the_wave():
    """Behind a spot that takes 30 dB, on the line at the wave's angle and nowhere else."""
    grid = SliceGrid(101, 81, 10.0, 8.0)
    loss = np.zeros((101, 81), np.float32)
    loss[20, 40] = 30.0
    angle = float(np.arctan(0.3))
    summed = way_db(loss, angle, grid)
    row, column = np.nonzero(summed > 1)
    expected = 40 + (row - 20) * 0.1 * 0.3 / 0.1
    assert row.min() == 20
    assert np.abs(column - expected).max() <= 1
    assert summed[80, 58] == pytest.approx(30 / np.cos(angle), rel=1e-4)
    np.testing.assert_allclose(way_db(loss, 0.0, grid)[50:, 40], 30)
