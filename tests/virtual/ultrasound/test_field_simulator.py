"""Beside a field simulator, PyMUST (Garcia 2022): same points, aperture, frequency, pulse length.

The tolerances of widths and SNR were set before the first comparison, from what differs by design:
the scanner's beam is a Gaussian, PyMUST's that of a rectangular aperture of real elements with a
wide band.
- Lateral width at the focus: 15 % (the -6 dB width is the narrow-band one, elements have a
  directivity); one depth of field away from it: 30 % (there the profile is no Gaussian).
- Speckle SNR: 10 %; the standard error over about 400 resolution cells is 4 % on either
  side. (With ten scatterers of normal strength in a cell it lies below 1.91 in both.)
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from sesamoid.virtual.ultrasound import Scanner
from sesamoid.virtual.ultrasound.scatterers import scatterer_envelope
from tests.virtual.ultrasound import field_simulator as field
from tests.virtual.ultrasound.scenes import plain

pymust = pytest.importorskip("pymust")

FOCUS_MM = field.FOCUS * 1e3
PATCH_MM, PER_MM2, PATCHES = (5.8, 2.6), 200, 6
STORED = Path(__file__).with_name("field_speckle.npz")
BEAMS = 769
"""As fine as points need that lie anywhere; an odd number, so that one is in the middle."""


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    """With the pulse length of the array in PyMUST."""
    depths = field.FOCUS + np.arange(-0.5e-3, 0.5e-3, 4e-6)
    pulse = field.line(pymust, *(np.array([v]) for v in (0.0, field.FOCUS, 1.0)), depths)
    wavelength = field.SPEED / field.FREQUENCY_HZ
    machine = plain(
        probe="L38",
        frequency_mhz=field.FREQUENCY_HZ / 1e6,
        depth_mm=25.0,
        focus_mm=FOCUS_MM,
    )
    cycles = 2 * field.half_width(depths, pulse) / wavelength
    made = replace(machine.preset, cycles=cycles, f_number=field.F_NUMBER)
    return Scanner(made, machine.settings)


def lateral_widths(scanner: Scanner, depth_mm: float) -> tuple[float, float]:
    """(ours, PyMUST's) in mm, of a point at a depth."""
    grid = scanner.grid(columns=BEAMS)
    envelope = scatterer_envelope(scanner, [0.0], [depth_mm], [1.0], grid=grid)
    beams = np.linspace(-grid.width_mm / 2, grid.width_mm / 2, grid.columns)
    ours = field.half_width(beams, envelope.max(axis=0))
    offsets = np.arange(-1.2, 1.21, 0.06) * 1e-3
    depths = depth_mm * 1e-3 + np.arange(-0.5e-3, 0.5e-3, 10e-6)
    one = np.array([1.0])
    peaks = [
        field.line(pymust, -one * x, one * depth_mm * 1e-3, one, depths).max() for x in offsets
    ]
    return ours, field.half_width(offsets, np.array(peaks)) * 1e3


@dataclass(frozen=True)
class Patches:
    """Points drawn at random, and where both look at them."""

    x: np.ndarray
    z: np.ndarray
    strength: np.ndarray
    beams: np.ndarray
    depths: np.ndarray
    cells: tuple[np.ndarray, ...]

    def theirs(self, patch: int, beam: int) -> np.ndarray:
        """PyMUST's envelope of one line, over the depths."""
        x, z, strength = self.x[patch], self.z[patch], self.strength[patch]
        near = np.abs(x - self.beams[beam]) < 1.0
        here = (x[near] - self.beams[beam]) * 1e-3, z[near] * 1e-3, strength[near]
        return field.line(pymust, *here, self.depths)


@pytest.fixture(scope="module")
def drawn(scanner) -> Patches:
    rng = np.random.default_rng(1)
    beams = np.arange(-1.8, 1.81, 0.2)
    grid = scanner.grid(columns=BEAMS)
    column = np.rint((beams + grid.width_mm / 2) / grid.spacing_mm[1]).astype(int)
    beams = column * grid.spacing_mm[1] - grid.width_mm / 2
    row = np.arange(*np.rint((FOCUS_MM + np.array([-0.9, 0.9])) / grid.spacing_mm[0]).astype(int))
    count = round(PATCH_MM[0] * PATCH_MM[1] * PER_MM2)
    points = [
        (
            rng.uniform(-0.5, 0.5, count) * PATCH_MM[0],
            FOCUS_MM + rng.uniform(-0.5, 0.5, count) * PATCH_MM[1],
            rng.standard_normal(count),
        )
        for _ in range(PATCHES)
    ]
    x, z, strength = (np.array(one) for one in zip(*points, strict=True))
    return Patches(x, z, strength, beams, row * grid.spacing_mm[0] * 1e-3, np.ix_(row, column))


@pytest.fixture(scope="module")
def patches(scanner, drawn) -> tuple[np.ndarray, np.ndarray]:
    """Envelopes (ours, PyMUST's) of the same patches of scatterers, shape (patch, depth, beam).

    PyMUST's take minutes, so they are stored; `SESAMOID_FIELD=new` makes them anew.
    """
    if os.environ.get("SESAMOID_FIELD") == "new":
        lines = [[drawn.theirs(p, b) for b in range(len(drawn.beams))] for p in range(PATCHES)]
        theirs = np.swapaxes(np.array(lines), 1, 2)
        np.savez_compressed(
            STORED, theirs=theirs.astype(np.float32), strength=drawn.strength[:, :8]
        )
    with np.load(STORED) as stored:
        np.testing.assert_array_equal(stored["strength"], drawn.strength[:, :8])
        theirs = stored["theirs"]
    assert theirs.shape == (PATCHES, len(drawn.depths), len(drawn.beams))
    grid = scanner.grid(columns=BEAMS)
    ours = [
        scatterer_envelope(scanner, *one, grid=grid)[drawn.cells]
        for one in zip(drawn.x, drawn.z, drawn.strength, strict=True)
    ]
    return np.array(ours), theirs


def snr(envelope: np.ndarray) -> float:
    return float(envelope.mean() / envelope.std())


def test_lateral_width_at_the_focus(scanner):
    ours, theirs = lateral_widths(scanner, FOCUS_MM)
    assert ours == pytest.approx(theirs, rel=0.15)


def test_lateral_width_beyond_the_focus(scanner):
    away = FOCUS_MM + scanner.point_spread.depth_of_field_mm
    ours, theirs = lateral_widths(scanner, away)
    assert theirs > 1.2 * scanner.point_spread.lateral_mm
    assert ours == pytest.approx(theirs, rel=0.30)


@pytest.mark.parametrize(("patch", "beam"), [(0, 0), (2, 9), (5, 18)])
def test_what_is_stored_is_what_the_field_simulator_gives(patches, drawn, patch, beam):
    stored = patches[1][patch, :, beam]
    now = drawn.theirs(patch, beam)
    np.testing.assert_allclose(stored, now, rtol=1e-3, atol=1e-4 * now.max())


def test_speckle_snr(patches):
    ours, theirs = patches
    assert snr(ours) == pytest.approx(snr(theirs), rel=0.10)


def test_speckle_is_the_same_pattern(patches):
    """Not only its statistics: the bright and dark spots lie in the same places.

    Added after a first comparison had given 0.82; its limit was not set in advance.
    """
    ours, theirs = patches
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.7
