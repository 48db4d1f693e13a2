"""What lingers: the afterglow of bone, the haze in fluid and in shadow."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.virtual.ultrasound import Scanner, presets
from tests.virtual.ultrasound.scenes import index, power_db, uniform


def mean_level(machine, tissue: str, rows: slice) -> float:
    """Over a band `rows` mm deep of a picture of muscle with `tissue` from 6 to 8 mm."""
    scanner = Scanner(machine)
    grid = scanner.grid()
    section = uniform(grid, "muscle")
    depth = np.linspace(0, grid.depth_mm, grid.rows)
    section.tissue[(depth > 6) & ((depth < 8) | (tissue == "cortex"))] = index(tissue)
    inside = (depth > rows.start) & (depth < rows.stop)
    return float(power_db(scanner.levels(section)[inside, 20:-20]))


@pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
def test_blood_stays_dark(machine):
    beside = mean_level(machine, "muscle", slice(6.8, 7.8))
    assert beside - mean_level(machine, "blood", slice(6.8, 7.8)) > 15


@pytest.mark.parametrize("machine", presets(), ids=lambda machine: machine.name)
def test_bone_is_a_bright_line_of_half_a_millimetre(machine):
    """Thick enough to be seen as on a screen, and soon gone."""
    above = mean_level(machine, "muscle", slice(4, 5))
    line = [mean_level(machine, "cortex", slice(at, at + 0.15)) for at in (5.95, 6.35, 7.5)]
    assert np.all(np.diff(line) < 0)
    assert line[0] - above > 15
    assert line[1] - above > 0
    assert line[2] - above < -10
