import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import zoom

from sesamoid.measure import area, ellipse_axes, flattening_ratio, short_and_long_axis

from .shapes import ellipse, rectangle


@given(
    short=st.floats(6, 18),
    aspect=st.floats(1.2, 4),
    angle=st.floats(-89, 89),
    anisotropy=st.floats(0.5, 2),
)
@settings(max_examples=30, deadline=None)
def test_axes_of_an_ellipse_whatever_size_angle_and_spacing(short, aspect, angle, anisotropy):
    spacing = (1.0, anisotropy)
    mask = ellipse(short * aspect, short, angle_deg=angle, spacing=spacing, offset=(0.3, -0.2))
    half_pixel = 0.5 * max(spacing)
    height, width = short_and_long_axis(mask, spacing)
    assert height.length == pytest.approx(2 * short, abs=half_pixel)
    assert width.length == pytest.approx(2 * short * aspect, abs=half_pixel)


def test_flattening_ratio_is_width_over_height():
    # 5.0 x 1.9 mm gives the published 2.66 (Mani 2011) up to rounding.
    mask = ellipse(2.5, 0.95, angle_deg=10, spacing=(0.03, 0.05))
    assert flattening_ratio(mask, (0.03, 0.05)) == pytest.approx(5.0 / 1.9, rel=0.01)


def test_flattening_ratio_is_one_or_more_for_an_upright_ellipse():
    assert flattening_ratio(ellipse(40, 16, angle_deg=90), (1, 1)) == pytest.approx(2.5, rel=0.02)


def test_non_square_spacing_agrees_with_the_resampled_mask():
    mask = ellipse(30, 12, angle_deg=33)
    squeezed = zoom(mask.astype(float), (1, 0.5), order=1, grid_mode=True, mode="nearest") > 0.5
    direct = short_and_long_axis(mask, (1, 1))
    stretched = short_and_long_axis(squeezed, (1, 2))
    assert [c.length for c in stretched] == pytest.approx([c.length for c in direct], rel=0.02)


def test_end_points_are_in_pixels_and_row_first():
    mask = rectangle((30, 60), 10, 20, 5, 30)
    short, long = short_and_long_axis(mask, (0.2, 0.1))
    assert long.start[0] == pytest.approx(12)
    assert long.start[1] < 20 < 49 < long.end[1]
    assert short.start[1] == pytest.approx(34.5)
    assert short.end[0] > short.start[0]


def test_caliper_length_is_that_between_its_end_points():
    spacing = (0.2, 0.07)
    _, long = short_and_long_axis(ellipse(4, 2, angle_deg=40, spacing=spacing), spacing)
    step = np.subtract(long.end, long.start) * spacing
    assert long.length == pytest.approx(np.hypot(*step))


@pytest.mark.parametrize("angle_deg", [-60, -20, 0, 20, 60])
def test_angle_is_positive_where_the_right_end_points_down(angle_deg):
    mask = ellipse(30, 10, angle_deg=angle_deg)
    assert ellipse_axes(mask, (1, 1)).angle_deg == pytest.approx(angle_deg, abs=1)


def test_area_of_the_ellipse_is_near_the_trace_area():
    mask = ellipse(25, 11, angle_deg=5)
    assert ellipse_axes(mask, (1, 1)).area == pytest.approx(area(mask, (1, 1)), rel=0.01)


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.rot90])
def test_lengths_do_not_change_with_flips_and_quarter_turns(turn):
    mask = ellipse(25, 11, angle_deg=31)
    before = [c.length for c in short_and_long_axis(mask, (1, 1))]
    assert [c.length for c in short_and_long_axis(turn(mask), (1, 1))] == pytest.approx(before)


def test_one_pixel_has_finite_axes():
    short, long = short_and_long_axis(rectangle((3, 3), 1, 1, 1, 1), (1, 1))
    assert short.length == pytest.approx(4 / np.sqrt(12))
    assert long.length == pytest.approx(short.length)
