"""A field simulator's scanner that is small enough for tests: 6.4 x 8 mm, three waves."""

from __future__ import annotations

from dataclasses import replace

from sesamoid.virtual.pose import SliceGrid
from sesamoid.virtual.ultrasound import preset
from sesamoid.virtual.ultrasound.field import FieldScanner


class SmallScanner(FieldScanner):
    """With few beams and samples."""

    def grid(self, *, rows: int = 160, columns: int = 40) -> SliceGrid:
        return super().grid(rows=rows, columns=columns)


def small(**settings) -> SmallScanner:
    """One look, no filter, and a machine that compensates nothing."""
    machine = replace(preset("aster-a3"), compensation=0, noise_db=-200, sharpen=0)
    usual = {"probe": "L38", "depth_mm": 8.0, "focus_mm": 4.0, "frequency_mhz": 10.0}
    chosen = machine.settings(**{**usual, "looks": 1, "speckle_reduction": 0.0, **settings})
    scanner = SmallScanner(machine, chosen, picture_shape=(160, 128))
    scanner.probe = replace(scanner.probe, width_mm=6.4)
    return scanner
