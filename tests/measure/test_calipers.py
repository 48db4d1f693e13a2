import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesamoid.measure import feret

from .shapes import ellipse, rectangle


@given(angle=st.floats(0, 180), anisotropy=st.floats(0.5, 2))
@settings(max_examples=20, deadline=None)
def test_feret_of_an_ellipse_is_its_axes(angle, anisotropy):
    spacing = (1.0, anisotropy)
    shortest, longest = feret(ellipse(30, 15, angle_deg=angle, spacing=spacing), spacing)
    assert shortest.length == pytest.approx(30, abs=1.5 * max(spacing))
    assert longest.length == pytest.approx(60, abs=1.5 * max(spacing))


def test_a_row_of_pixels_is_as_long_as_its_pixels():
    _, longest = feret(rectangle((5, 20), 2, 3, 1, 10), (0.1, 0.1))
    assert longest.length == pytest.approx(1.0)


def test_shortest_is_never_longer_than_longest():
    rng = np.random.default_rng(0)
    for _ in range(20):
        mask = rng.random((12, 12)) > 0.8
        mask[6, 6] = True
        shortest, longest = feret(mask, (1, 1.3))
        assert shortest.length <= longest.length + 1e-9


def test_end_points_of_the_shortest_span_the_mask():
    shortest, _ = feret(rectangle((40, 40), 10, 5, 6, 30), (1, 1))
    rows = sorted((shortest.start[0], shortest.end[0]))
    assert rows == pytest.approx([9.5, 15.5])


def test_line_finding_keeps_the_end_points():
    _, longest = feret(ellipse(20, 8), (1, 1))
    line = longest.line("nerve-1/feret", "Longest diameter")
    assert line.length_px == pytest.approx(longest.length)
