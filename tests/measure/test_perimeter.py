import numpy as np
import pytest
from scipy.special import ellipe

from sesamoid.errors import SesamoidError
from sesamoid.measure import area, circularity, outlines, perimeter

from .shapes import ellipse, rectangle


def true_perimeter(a, b):
    """Complete elliptic integral of the second kind."""
    return 4 * a * ellipe(1 - (b / a) ** 2)


@pytest.mark.parametrize("aspect", [1.0, 1.5, 2.66, 4.0])
@pytest.mark.parametrize("semi_short", [6, 10, 20, 40])
@pytest.mark.parametrize("angle_deg", [0, 11, 30, 45, 80])
def test_ellipse_within_two_per_cent(semi_short, aspect, angle_deg):
    a = semi_short * aspect
    mask = ellipse(a, semi_short, angle_deg=angle_deg, offset=(0.3, -0.2))
    assert perimeter(mask, (1, 1)) == pytest.approx(true_perimeter(a, semi_short), rel=0.02)


@pytest.mark.parametrize("aspect", [1.0, 2.66])
def test_small_ellipse_has_little_bias(aspect):
    errors = [
        perimeter(ellipse(4 * aspect, 4, angle_deg=d, offset=(o, -o)), (1, 1))
        / true_perimeter(4 * aspect, 4)
        - 1
        for d in range(0, 90, 15)
        for o in (-0.3, 0.0, 0.4)
    ]
    assert abs(np.mean(errors)) < 0.02


@pytest.mark.parametrize("spacing", [(0.1, 0.05), (0.05, 0.1), (0.06, 0.15)])
@pytest.mark.parametrize("angle_deg", [0, 35, 90])
def test_non_square_pixels(spacing, angle_deg):
    mask = ellipse(4.0, 1.8, angle_deg=angle_deg, spacing=spacing)
    assert perimeter(mask, spacing) == pytest.approx(true_perimeter(4.0, 1.8), rel=0.02)


def test_scale_equivariance():
    mask = ellipse(20, 9, angle_deg=17)
    assert perimeter(mask, (3, 3)) == pytest.approx(3 * perimeter(mask, (1, 1)))


@pytest.mark.parametrize("turn", [np.fliplr, np.flipud, np.rot90])
def test_invariant_to_flips_and_quarter_turns(turn):
    mask = ellipse(20, 9, angle_deg=17)
    assert perimeter(turn(mask), (1, 1)) == pytest.approx(perimeter(mask, (1, 1)), rel=2e-3)


def test_holes_do_not_count():
    mask = ellipse(20, 15)
    with_hole = mask.copy()
    with_hole[18:28, 20:28] = False
    assert perimeter(with_hole, (1, 1)) == pytest.approx(perimeter(mask, (1, 1)))


def test_parts_add_up():
    one = rectangle((60, 60), 5, 5, 20, 20)
    two = one | rectangle((60, 60), 35, 35, 20, 20)
    assert perimeter(two, (1, 1)) == pytest.approx(2 * perimeter(one, (1, 1)))


def test_outline_closes_along_the_image_edge():
    mask = np.ones((40, 40), bool)
    (outline,) = outlines(mask)
    assert outline.min() == pytest.approx(-0.5, abs=0.2)
    assert perimeter(mask, (1, 1)) == pytest.approx(160, rel=0.05)


def test_a_single_pixel_has_a_finite_outline():
    assert 0 < perimeter(rectangle((5, 5), 2, 2, 1, 1), (1, 1)) < 4.1


@pytest.mark.parametrize("radius", [6, 12, 30])
def test_circularity_of_a_disc_is_one(radius):
    assert circularity(ellipse(radius, radius), (1, 1)) == pytest.approx(1, abs=0.03)


def test_circularity_never_exceeds_one():
    for radius in np.linspace(2, 12, 30):
        assert circularity(ellipse(radius, radius), (1, 1)) <= 1


def test_circularity_of_an_ellipse_is_closed_form():
    mask = ellipse(30, 12, angle_deg=25)
    expected = 4 * np.pi * area(mask, (1, 1)) / true_perimeter(30, 12) ** 2
    assert circularity(mask, (1, 1)) == pytest.approx(expected, rel=0.03)


def test_nothing_has_no_perimeter():
    with pytest.raises(SesamoidError, match="empty"):
        perimeter(np.zeros((5, 5), bool), (1, 1))
