import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.features import dense_features


def image(shape=(96, 128)):
    return np.random.default_rng(0).integers(0, 255, shape).astype(np.float32)


def test_one_row_of_features_for_each_tile():
    features, names = dense_features(image(), step_px=4)
    assert features.shape == (24, 32, len(names))


def test_names_are_unique():
    _, names = dense_features(image())
    assert len(set(names)) == len(names)


def test_finite_even_where_black():
    features, _ = dense_features(np.zeros((96, 96)))
    assert np.isfinite(features).all()


def test_a_window_s_mean_and_sd_are_those_of_its_pixels():
    grey = image()
    features, names = dense_features(grey, step_px=4)
    window = grey[48 + 2 - 4 : 48 + 2 + 5, 64 + 2 - 4 : 64 + 2 + 5]
    found = features[12, 16]
    assert found[names.index("mean_9")] == pytest.approx(window.mean(), rel=1e-4)
    assert found[names.index("sd_9")] == pytest.approx(window.std(), rel=1e-3)


def test_place_runs_down_and_right():
    features, names = dense_features(image())
    row, column = features[..., names.index("row")], features[..., names.index("column")]
    assert row[0, 0] < row[-1, 0]
    assert column[0, 0] < column[0, -1]


def test_surroundings_are_named_as_seen():
    grey = np.zeros((160, 160), np.float32)
    grey[:80] = 100
    features, names = dense_features(grey)
    tile = features[21, 20]
    assert tile[names.index("mean_17_above_20")] > 50 > tile[names.index("mean_17_below_20")]


def test_a_small_image_is_refused():
    with pytest.raises(SesamoidError, match="65 pixels"):
        dense_features(np.ones((40, 200)))
