import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.measure import relative_echogenicity

from .shapes import ellipse, rectangle


def scene():
    mask = rectangle((80, 80), 30, 30, 20, 20)
    return np.where(mask, 30, 60).astype(np.uint8), mask


def test_ratio_of_inside_to_ring():
    grey, mask = scene()
    assert relative_echogenicity(grey, mask, (1, 1)).ratio == pytest.approx(0.5)


def test_is_the_same_for_any_gain():
    grey, mask = scene()
    assert relative_echogenicity(grey * 2.5, mask, (1, 1)).ratio == pytest.approx(0.5)


def test_a_few_bright_pixels_in_the_ring_do_not_matter():
    grey, mask = scene()
    grey[28, 30:40] = 255
    assert relative_echogenicity(grey, mask, (1, 1)).ratio == pytest.approx(0.5)


def test_ring_is_as_wide_as_asked_in_mm_for_any_spacing():
    grey, mask = scene()
    ring = relative_echogenicity(grey, mask, (0.5, 0.25), ring_width=2.0).ring_mask
    assert (ring[:, 40].sum(), ring[40].sum()) == (8, 16)


def test_other_structures_are_left_out():
    grey, mask = scene()
    other = rectangle((80, 80), 30, 50, 20, 10)
    grey[other] = 0
    assert relative_echogenicity(grey, mask, (1, 1), exclude=other).ratio == pytest.approx(0.5)


def test_only_the_scan_area_counts():
    grey, mask = scene()
    within = np.zeros_like(mask)
    within[:52] = True
    ring = relative_echogenicity(grey, mask, (1, 1), ring_width=10, within=within).ring_mask
    assert not ring[52:].any()


def test_black_surroundings_give_no_ratio():
    mask = ellipse(10, 8)
    with pytest.raises(SesamoidError, match="no echo"):
        relative_echogenicity(np.where(mask, 50, 0), mask, (1, 1))


def test_a_ring_of_a_few_pixels_is_no_reference():
    grey, mask = scene()
    with pytest.raises(SesamoidError, match="wider"):
        relative_echogenicity(grey, mask, (1, 1), ring_width=0.1)
