import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesamoid.errors import SesamoidError
from sesamoid.measure import distance_between

from .shapes import rectangle


@given(gap=st.integers(0, 20), row=st.floats(0.1, 3), column=st.floats(0.1, 3))
def test_gap_between_columns_is_counted_from_edge_to_edge(gap, row, column):
    first = rectangle((20, 60), 5, 5, 6, 8)
    second = rectangle((20, 60), 5, 13 + gap, 6, 8)
    found = distance_between(first, second, (row, column))
    assert found.length == pytest.approx(gap * column)


def test_diagonal_gap_mixes_both_spacings():
    first = rectangle((30, 30), 2, 2, 4, 4)
    second = rectangle((30, 30), 9, 10, 4, 4)
    assert distance_between(first, second, (2.0, 0.5)).length == pytest.approx(np.hypot(6, 2))


def test_overlap_has_no_distance():
    first = rectangle((30, 30), 2, 2, 10, 10)
    second = rectangle((30, 30), 8, 8, 10, 10)
    found = distance_between(first, second, (1, 1))
    assert found.length == 0
    assert first[int(found.start[0]), int(found.start[1])]


def test_end_points_lie_on_the_two_outlines_in_order():
    first = rectangle((30, 30), 2, 2, 4, 4)
    second = rectangle((30, 30), 2, 20, 4, 4)
    found = distance_between(first, second, (1, 1))
    assert (found.start[1], found.end[1]) == (5.5, 19.5)


def test_is_symmetric():
    rng = np.random.default_rng(1)
    first, second = rng.random((2, 40, 40)) > 0.99
    one, two = (distance_between(a, b, (1, 2)) for a, b in ((first, second), (second, first)))
    assert one.length == pytest.approx(two.length)


def test_brute_force_over_pixel_rectangles():
    rng = np.random.default_rng(2)
    first, second = rng.random((2, 25, 25)) > 0.985
    second &= ~first
    gaps = np.maximum(np.abs(np.argwhere(first)[:, None] - np.argwhere(second)[None]) - 1, 0)
    expected = np.hypot(gaps[..., 0] * 0.7, gaps[..., 1] * 1.9).min()
    assert distance_between(first, second, (0.7, 1.9)).length == pytest.approx(expected)


def test_shapes_must_agree():
    with pytest.raises(SesamoidError, match="same pixels"):
        distance_between(np.ones((3, 3), bool), np.ones((4, 3), bool), (1, 1))
