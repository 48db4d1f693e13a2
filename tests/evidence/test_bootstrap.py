import numpy as np
import pytest
from scipy import stats

from sesamoid.errors import SesamoidError
from sesamoid.evidence.bootstrap import bootstrap_ci


def sample(n=60, seed=0):
    return np.random.default_rng(seed).normal(0.7, 0.1, n)


def test_interval_of_a_normal_mean_is_near_the_textbook_one():
    values = sample(200)
    expected = stats.t.interval(0.95, 199, values.mean(), stats.sem(values))
    found = bootstrap_ci(values)
    assert (found.low, found.high) == pytest.approx(expected, abs=0.003)


def test_the_same_seed_gives_the_same_interval():
    assert bootstrap_ci(sample(), seed=4) == bootstrap_ci(sample(), seed=4)


def test_copies_of_an_image_add_no_certainty():
    values = sample(30)
    groups = np.arange(30)
    alone = bootstrap_ci(values)
    copied = bootstrap_ci(np.repeat(values, 5), np.repeat(groups, 5))
    assert (copied.low, copied.high) == pytest.approx((alone.low, alone.high), abs=1e-9)


def test_ignoring_groups_would_be_narrower():
    values, groups = np.repeat(sample(20), 6), np.repeat(np.arange(20), 6)
    honest, naive = bootstrap_ci(values, groups), bootstrap_ci(values)
    assert honest.high - honest.low > 1.5 * (naive.high - naive.low)


def test_another_statistic():
    found = bootstrap_ci(sample(), statistic=np.median, n=400)
    assert found.low < found.estimate == np.median(sample()) < found.high


def test_groups_of_any_label():
    found = bootstrap_ci(sample(6), ["a", "a", "b", "b", "c", "d"], n=200)
    assert (found.values, found.clusters) == (6, 4)


def test_equal_values_have_no_width():
    found = bootstrap_ci(np.ones(10))
    assert (found.low, found.estimate, found.high) == (1, 1, 1)


def test_percentile_method_says_so():
    assert "percentile" in bootstrap_ci(sample(), method="percentile", n=200).method


def test_covers_the_truth_about_as_often_as_it_says():
    hits = 0
    for seed in range(120):
        found = bootstrap_ci(sample(40, seed), n=300, coverage=0.9)
        hits += found.low <= 0.7 <= found.high
    assert 0.80 <= hits / 120 <= 0.97


@pytest.mark.parametrize(
    ("values", "groups"),
    [([0.5], None), ([0.1, 0.2], ["a", "a"]), ([0.1, np.nan], None), ([0.1, 0.2], ["a"])],
    ids=["one value", "one group", "nan", "lengths"],
)
def test_what_cannot_be_resampled_is_refused(values, groups):
    with pytest.raises(SesamoidError):
        bootstrap_ci(values, groups)
