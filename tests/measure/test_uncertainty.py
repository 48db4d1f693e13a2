import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from sesamoid.errors import SesamoidError
from sesamoid.measure import area, area_interval, axis_interval, perimeter, short_and_long_axis

from .shapes import ellipse


def blurred(sigma):
    mask = np.pad(ellipse(25, 12), 15)
    probability = gaussian_filter(mask.astype(float), sigma)
    return probability, probability >= 0.5


def test_holds_the_value():
    probability, mask = blurred(3)
    interval = area_interval(probability, mask, (0.1, 0.1))
    assert interval.low < area(mask, (0.1, 0.1)) < interval.high


def test_a_sure_model_leaves_the_pixel_term():
    mask = np.pad(ellipse(25, 12), 15)
    interval = area_interval(mask.astype(float), mask, (0.1, 0.1))
    half = 0.05 * perimeter(mask, (0.1, 0.1))
    value = area(mask, (0.1, 0.1))
    assert (interval.low, interval.high) == pytest.approx((value - half, value + half))


def test_less_sure_is_wider():
    widths = [
        (lambda i: i.high - i.low)(area_interval(*blurred(sigma), (1, 1))) for sigma in (1, 3, 6)
    ]
    assert widths == sorted(widths)


def test_more_coverage_is_wider():
    probability, mask = blurred(4)
    narrow, wide = (area_interval(probability, mask, (1, 1), coverage=c) for c in (0.5, 0.95))
    assert wide.low < narrow.low
    assert narrow.high < wide.high


def test_does_not_grow_into_another_structure():
    probability, mask = blurred(6)
    other = np.zeros_like(mask)
    other[:, : mask.shape[1] // 3] = True
    other &= ~mask
    free = area_interval(probability, mask, (1, 1))
    assert area_interval(probability, mask, (1, 1), exclude=other).high < free.high


def test_far_islands_do_not_count():
    probability, mask = blurred(2)
    with_island = probability.copy()
    with_island[:4, :4] = 0.4
    assert area_interval(with_island, mask, (1, 1)) == area_interval(probability, mask, (1, 1))


@pytest.mark.parametrize(("axis", "index"), [("short", 0), ("long", 1)])
def test_axis_interval_holds_its_axis(axis, index):
    probability, mask = blurred(3)
    interval = axis_interval(probability, mask, (0.1, 0.2), axis=axis)
    length = short_and_long_axis(mask, (0.1, 0.2))[index].length
    assert interval.low < length < interval.high


def test_says_that_it_is_the_model_s():
    assert "model uncertainty" in area_interval(*blurred(2), (1, 1)).method


def test_scales_with_the_square_of_the_spacing():
    one, ten = (area_interval(*blurred(3), (s, s)) for s in (1, 10))
    assert ten.low == pytest.approx(100 * one.low)


def test_impossible_coverage_is_refused():
    with pytest.raises(SesamoidError, match="coverage"):
        area_interval(*blurred(2), (1, 1), coverage=1.0)
