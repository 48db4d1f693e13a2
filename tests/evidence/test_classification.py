import numpy as np
import pytest
from scipy.stats import norm

from sesamoid.errors import SesamoidError
from sesamoid.evidence.classification import (
    accuracy,
    auc,
    balanced_accuracy,
    brier,
    by_person,
    calibration_error,
    fit_temperature,
    macro_auc,
    people_interval,
    reliability,
)
from sesamoid.learning.texture_classifier import tempered


def two(p):
    p = np.asarray(p, dtype=float)
    return np.stack([1 - p, p], axis=1)


def test_auc_by_counting_pairs():
    # Positives 0.4 and 0.8 against 0.1, 0.4, 0.5: 1 + 0.5 + 0, then 3, of 6 pairs.
    found = auc(np.array([0.1, 0.4, 0.5, 0.4, 0.8]), np.array([0, 0, 0, 1, 1], bool))
    assert found == pytest.approx(4.5 / 6)


def test_auc_of_two_normals_is_closed_form():
    rng = np.random.default_rng(0)
    scores = np.concatenate([rng.normal(0, 1, 20000), rng.normal(1.2, 1, 20000)])
    assert auc(scores, np.arange(40000) >= 20000) == pytest.approx(
        norm.cdf(1.2 / np.sqrt(2)), abs=0.005
    )


def test_auc_without_both_groups_is_undefined():
    assert np.isnan(auc(np.ones(3), np.ones(3, bool)))


def test_macro_auc_is_the_mean_of_one_against_the_rest():
    pytest.importorskip("sklearn")
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 60)
    truth = rng.integers(0, 3, 60)
    assert macro_auc(p, truth) == pytest.approx(roc_auc_score(truth, p, multi_class="ovr"))


def test_accuracies_of_uneven_groups():
    truth = np.array([0] * 8 + [1] * 2)
    said = two([0.1] * 10)
    assert accuracy(said, truth) == pytest.approx(0.8)
    assert balanced_accuracy(said, truth) == pytest.approx(0.5)


def test_brier_of_sure_right_and_sure_wrong():
    assert brier(two([1.0, 0.0]), np.array([1, 0])) == 0
    assert brier(two([0.0, 1.0]), np.array([1, 0])) == 2


def test_a_calibrated_classifier_has_no_calibration_error():
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, 40000)
    truth = (rng.uniform(0, 1, 40000) < p).astype(int)
    assert calibration_error(two(p), truth) < 0.01
    sure = [row["mean_probability"] for row in reliability(two(p), truth)]
    assert sure == pytest.approx([0.55, 0.65, 0.75, 0.85, 0.95], abs=0.01)


def test_temperature_undoes_overconfidence():
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.95, 20000)
    truth = (rng.uniform(0, 1, 20000) < p).astype(int)
    sharpened = tempered(two(p), 0.5)
    assert fit_temperature(sharpened, truth, np.ones(20000)) == pytest.approx(2, rel=0.05)


def test_a_few_people_told_apart_bring_no_certainty():
    truth = np.array([0, 0, 0, 1, 1, 1])
    found = fit_temperature(two([0.2, 0.3, 0.2, 0.8, 0.7, 0.9]), truth, np.ones(6))
    assert found == pytest.approx(0.5, rel=0.01)


def test_interval_covers_the_true_auc():
    """Of 60 studies of 2 x 30 people with a true AUC of 0.80, some 95 % of intervals hold it."""
    shift = np.sqrt(2) * norm.ppf(0.8)
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 30)
    hits = 0
    for _ in range(60):
        scores = rng.normal(size=60) + shift * truth
        found = people_interval(macro_auc, two(scores), truth, n=150)
        hits += found.low <= 0.8 <= found.high
    assert 0.88 <= hits / 60 <= 0.99


def test_people_are_resampled_and_not_their_images():
    """Fifty copies of each image bring no certainty."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1], 12)
    scores = rng.normal(size=24) + truth
    once = people_interval(macro_auc, two(scores), truth, n=400)
    often = people_interval(
        macro_auc,
        two(np.repeat(scores, 50)),
        np.repeat(truth, 50),
        people=np.repeat(np.arange(24), 50),
        n=400,
    )
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-9)
    assert often.clusters == 24


def test_one_person_has_no_interval():
    with pytest.raises(SesamoidError, match="one person"):
        people_interval(accuracy, two([0.1, 0.2, 0.9]), np.array([0, 0, 1]), n=10)


def test_images_of_a_person_are_averaged():
    said, truth = by_person(two([0.2, 0.4, 0.9]), np.array([0, 0, 1]), ["x", "x", "y"])
    assert said[:, 1] == pytest.approx([0.3, 0.9])
    assert truth.tolist() == [0, 1]
