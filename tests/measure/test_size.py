import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure import area, centroid, depth

from .shapes import ellipse, rectangle


def test_area_counts_pixels_times_pixel_area():
    assert area(rectangle((9, 9), 1, 2, 3, 4), (0.5, 0.25)) == pytest.approx(12 * 0.125)


def test_area_of_nothing_is_zero():
    assert area(np.zeros((4, 4), bool), (1, 1)) == 0


@pytest.mark.parametrize("spacing", [(0.1, 0.1), (0.1, 0.05), (0.04, 0.1)])
def test_area_is_that_of_the_ellipse_whatever_the_spacing(spacing):
    # Median nerve at the inlet, 5.0 x 1.9 mm (clinical facts 1.3).
    mask = ellipse(2.5, 0.95, angle_deg=20, spacing=spacing)
    assert area(mask, spacing) == pytest.approx(np.pi * 2.5 * 0.95, rel=0.02)


def test_centroid_is_row_then_column():
    assert centroid(rectangle((9, 20), 2, 10, 3, 5)) == (3.0, 12.0)


def test_depth_uses_the_row_spacing():
    assert depth(rectangle((40, 9), 20, 2, 3, 3), (0.1, 7.0), skin_row=1) == pytest.approx(2.0)


def test_depth_follows_a_slanted_skin_line():
    skin = np.arange(20.0)
    assert depth(rectangle((40, 20), 30, 9, 1, 3), (1, 1), skin_row=skin) == pytest.approx(20)


def test_an_empty_mask_has_no_centre():
    with pytest.raises(SesamoidError, match="empty"):
        centroid(np.zeros((3, 3), bool))


@pytest.mark.parametrize("spacing", [(0.0, 1.0), (1.0, -1.0), (float("nan"), 1.0)])
def test_impossible_spacing_is_refused(spacing):
    with pytest.raises(SesamoidError, match="spacing"):
        area(np.ones((3, 3), bool), spacing)


def test_a_volume_is_refused():
    with pytest.raises(SesamoidError, match="two axes"):
        area(np.ones((3, 3, 3), bool), (1, 1))
