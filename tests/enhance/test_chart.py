import numpy as np
import pytest

from sesamoid.enhance import figure_of_merit, speckle_chart


def test_the_same_seed_gives_the_same_picture():
    first, again, other = (speckle_chart(seed, side=128, averaged=4) for seed in (0, 0, 1))
    assert np.array_equal(first.pixels, again.pixels)
    assert not np.array_equal(first.pixels, other.pixels)
    assert np.array_equal(first.edges, other.edges)


def test_speckle_varies_as_one_look_of_log_rayleigh():
    chart = speckle_chart(0, averaged=4)
    # SD of the logarithm of a Rayleigh envelope is 5.57 dB (pi^2 / 24 in nepers squared).
    assert chart.pixels[chart.even].std() == pytest.approx(5.57 / 60 * 255, rel=0.08)


def test_the_clean_picture_is_the_mean_and_its_edges_are_the_true_ones():
    chart = speckle_chart(0)
    assert chart.clean[chart.even].mean() == pytest.approx(chart.pixels[chart.even].mean(), abs=1.5)
    assert figure_of_merit(chart.clean, chart.edges) > 0.8


def test_little_is_clipped():
    pixels = speckle_chart(0, averaged=4).pixels
    assert ((pixels == 0) | (pixels == 255)).mean() < 0.01
