from __future__ import annotations

import numpy as np
import pytest

from sesamoid.virtual.ultrasound.pointspread import PointSpread, gaussian_peak, gaussian_rows


def spread(**changes) -> PointSpread:
    given = {"cycles": 2, "f_number": 3, "focus_mm": 10, "elevation_mm": 1, "lens_focus_mm": 15}
    return PointSpread.of(10.0, **{**given, **changes})


def test_widths_come_from_the_wavelength():
    # 1540 m/s at 10 MHz: 0.154 mm.
    assert spread().axial_mm == pytest.approx(0.154)
    assert spread().lateral_mm == pytest.approx(0.89 * 0.154 * 3)


def test_beam_is_narrowest_at_the_focus():
    depth = np.linspace(0, 30, 301)
    width = spread().lateral_at(depth)
    assert depth[width.argmin()] == pytest.approx(10)
    thickness = spread().elevation_at(depth)
    assert depth[thickness.argmin()] == pytest.approx(15)
    assert thickness.min() == pytest.approx(1)


def test_larger_aperture_is_sharper_over_a_shorter_depth():
    small, large = spread(f_number=4), spread(f_number=2)
    assert large.lateral_mm < small.lateral_mm
    assert large.depth_of_field_mm < small.depth_of_field_mm


def test_row_kernels_sum_to_one_and_have_the_asked_width():
    sigma = np.array([0.8, 1.5, 4.0])
    kernels, reach = gaussian_rows(sigma)
    offset = np.arange(kernels.shape[1]) - kernels.shape[1] // 2
    assert kernels.sum(axis=1) == pytest.approx(1)
    assert np.sqrt((kernels * offset**2).sum(axis=1)) == pytest.approx(sigma, rel=0.05)
    assert (reach >= 2.5 * sigma).all()


def test_pulse_has_peak_one():
    pulse = gaussian_peak(1.6)
    assert pulse.max() == 1
    np.testing.assert_array_equal(pulse, pulse[::-1])
