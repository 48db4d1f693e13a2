"""Thin bands of known thickness."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure.band import band_thickness, column_height, largest_thickness


def band(slope: float, thick_mm: float, spacing: tuple[float, float]) -> np.ndarray:
    """A band of `thick_mm` across itself, rising by `slope` (mm for mm)."""
    rows, columns = np.mgrid[:400, :300]
    down, along = rows * spacing[0], columns * spacing[1]
    away = (down - 12 - slope * (along - 15)) / np.hypot(1, slope)
    return np.abs(away) <= thick_mm / 2


@pytest.mark.parametrize("slope", [0.0, 0.4, -0.7])
@pytest.mark.parametrize("spacing", [(0.05, 0.05), (0.06, 0.1)])
def test_a_sloping_band_is_as_thick_as_it_is(slope: float, spacing: tuple[float, float]) -> None:
    mask = band(slope, 1.0, spacing)
    thickness, caliper = band_thickness(mask, spacing, middle=0.6)
    assert thickness == pytest.approx(1.0, abs=0.06)
    assert caliper.length == pytest.approx(thickness)
    way = np.subtract(caliper.end, caliper.start) * spacing
    along = np.array([slope, 1.0])
    assert abs(way @ along) < 0.05 * np.hypot(*along), "the caliper lies across"
    assert largest_thickness(mask, spacing).length == pytest.approx(1.0, abs=0.11)


def test_tapering_ends_do_not_count() -> None:
    mask = np.zeros((40, 100), bool)
    mask[10:16, 20:80] = True
    mask[12:14, :20] = mask[12:14, 80:] = True
    assert band_thickness(mask, (0.1, 0.1), middle=0.5)[0] == pytest.approx(0.6)
    assert band_thickness(mask, (0.1, 0.1))[0] < 0.5
    assert column_height(mask, (0.1, 0.1), middle=0.5) == pytest.approx(0.6)


def test_the_largest_circle_of_a_triangle_is_its_incircle() -> None:
    rows, columns = np.mgrid[:200, :300]
    # Right angle at the top left, legs 10 and 15 mm: the radius is a b / (a + b + c).
    mask = (rows / 10 + columns / 15) * 0.1 <= 1
    radius = 10 * 15 / (10 + 15 + np.hypot(10, 15))
    found = largest_thickness(mask, (0.1, 0.1))
    assert found.length == pytest.approx(2 * radius, abs=0.15)
    middle = np.add(found.start, found.end) / 2 * 0.1
    np.testing.assert_allclose(middle, radius, atol=0.15)


def test_one_pixel_is_one_pixel_thick() -> None:
    mask = np.zeros((9, 9), bool)
    mask[4] = True
    assert largest_thickness(mask, (0.2, 0.2)).length == pytest.approx(0.2, abs=0.06)
    assert band_thickness(mask, (0.2, 0.2))[0] == pytest.approx(0.2)


def test_nothing_has_no_thickness() -> None:
    empty = np.zeros((5, 5), bool)
    for call in (band_thickness, largest_thickness, column_height):
        with pytest.raises(SesamoidError):
            call(empty, (1.0, 1.0))
