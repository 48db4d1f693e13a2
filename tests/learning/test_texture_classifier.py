import json
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sesamoid.errors import DataError, ModelError, SesamoidError
from sesamoid.learning.texture_classifier import TextureClassifier, tempered
from sesamoid.learning.texture_forest import ForestSettings, fit_forest
from sesamoid.learning.texture_recipe import (
    TextureNetworkSettings,
    TextureRecipe,
    example_weights,
    feature_table,
)
from sesamoid.learning.texture_tiles import corners, tiles
from sesamoid.learning.texture_training import fit_classifier, fit_models

from .textures import example, streaks, study, texture

RECIPE = TextureRecipe(
    families=("first_order", "glcm", "gabor"),
    forest=ForestSettings(trees=40),
    network=TextureNetworkSettings(
        side_px=32, widths=(8, 16, 24), epochs=6, batch_size=16, pieces_per_image=6
    ),
)


@pytest.fixture(scope="module")
def classifier():
    pytest.importorskip("torch")
    return fit_classifier(study(streaks, people=6), RECIPE, temperatures={"network": 2.0})


@pytest.mark.parametrize("model", ["forest", "network"])
def test_new_people_are_told_apart(classifier, model):
    new = study(streaks, people=5, images=1, seed=9)
    said = [classifier.predict(e.grey, e.region, model=model).probabilities for e in new]
    right = [probabilities[e.group] > 0.5 for e, probabilities in zip(new, said, strict=True)]
    assert np.mean(right) >= 0.9


def test_what_is_read_says_what_was_written(classifier, tmp_path):
    classifier.save(tmp_path / "c")
    again = TextureClassifier.load(tmp_path / "c")
    grey = texture(np.random.default_rng(3), blur=(1, 2))
    for model in ("forest", "network"):
        assert again.predict(grey, model=model) == classifier.predict(grey, model=model)
    assert again.described["people"] == {"a": 6, "b": 6}


def test_nothing_in_the_folder_is_pickled(classifier, tmp_path):
    classifier.save(tmp_path)
    with np.load(tmp_path / "forest.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "classifier.json", "forest.npz", "network.onnx",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["forest.npz", "network.onnx", "classifier.json"])
def test_a_changed_or_missing_file_is_refused(classifier, tmp_path, name):
    classifier.save(tmp_path)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:-7])
    with pytest.raises(ModelError, match="texture classifier"):
        TextureClassifier.load(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match="texture classifier"):
        TextureClassifier.load(tmp_path)


def test_a_forest_that_walks_in_a_circle_is_refused(classifier):
    arrays = classifier.forest.arrays()
    left = arrays["left"].copy()
    left[np.flatnonzero(arrays["feature"] >= 0)[0]] = 0
    with pytest.raises(ValueError, match="outside"):
        type(classifier.forest).from_arrays({**arrays, "left": left})


def test_a_part_that_the_format_does_not_know_is_refused(classifier, tmp_path):
    classifier.save(tmp_path)
    content = json.loads((tmp_path / "classifier.json").read_text())
    content["sha256"]["../elsewhere"] = "0"
    (tmp_path / "classifier.json").write_text(json.dumps(content))
    with pytest.raises(ModelError, match="unknown part"):
        TextureClassifier.load(tmp_path)


def test_an_image_unlike_the_training_is_flagged(classifier):
    like = texture(np.random.default_rng(3), blur=(0.8, 2.5))
    other = texture(np.random.default_rng(3), blur=(6, 6), mean=200, spread=8)
    assert classifier.predict(like).unlike_training < 0.2
    assert classifier.predict(other).unlike_training > 0.5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.zeros((64, 64), np.uint16),), "8 bits"),
        ((np.zeros((64, 64), np.uint8), np.zeros((64, 64), bool)), "empty"),
        ((np.zeros((64, 64), np.uint8), np.ones((3, 3), bool)), "another shape"),
    ],
)
def test_what_it_cannot_take_is_refused(classifier, arguments, message):
    with pytest.raises(SesamoidError, match=message):
        classifier.predict(*arguments)


def test_a_model_that_it_has_not_is_named(classifier):
    with pytest.raises(SesamoidError, match="no 'svm'"):
        classifier.predict(np.zeros((64, 64), np.uint8), model="svm")


def test_the_arrays_decide_as_scikit_learn_does():
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 7)).astype(np.float32)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype(int) + (x[:, 3] > 1)
    weights = rng.uniform(0.5, 2, 80)
    ours = fit_forest(x, y, weights, settings=ForestSettings(trees=25, minimal_leaf=3), seed=4)
    theirs = RandomForestClassifier(25, min_samples_leaf=3, max_features="sqrt", random_state=4)
    theirs.fit(x, y, sample_weight=weights)
    new = rng.normal(size=(200, 7)).astype(np.float32)
    assert ours.probabilities(new) == pytest.approx(theirs.predict_proba(new), abs=1e-6)


def test_the_same_seed_gives_the_same_models():
    pytest.importorskip("torch")
    examples = study(streaks, people=3, images=1)
    table = feature_table(examples, RECIPE.families).rows
    first, again = (fit_models(examples, RECIPE).probabilities(examples, table) for _ in range(2))
    assert all(np.array_equal(first[model], again[model]) for model in first)


def test_every_group_and_person_weighs_the_same():
    grey = np.zeros((8, 8), np.uint8)
    people = [("a", "1"), ("a", "1"), ("a", "2"), ("b", "3"), ("b", "4"), ("b", "5")]
    weights = example_weights([example(grey, group, person) for group, person in people])
    assert weights.mean() == pytest.approx(1)
    assert weights[:3].sum() == pytest.approx(weights[3:].sum())
    assert weights[0] + weights[1] == pytest.approx(weights[2])


def test_the_size_of_a_region_is_no_feature():
    """A larger piece of the same texture must not look like another texture."""
    rng = np.random.default_rng(0)
    grey = texture(rng, side=256)
    small, large = example(grey[:64, :64], "a", "1"), example(grey, "a", "1")
    features = feature_table([small, large], RECIPE.families)
    table, names = features.rows, features.names
    ratio = table[1] / np.where(table[0] == 0, 1, table[0])
    grown = [n for n, r in zip(names, ratio, strict=True) if r > 4]
    assert grown == []


def test_a_group_with_one_person_is_refused():
    with pytest.raises(DataError, match="one person"):
        fit_classifier(study(streaks, people=1), RECIPE)


def test_an_unknown_model_is_named():
    with pytest.raises(SesamoidError, match="no model 'svm'"):
        fit_models(study(streaks, people=2), TextureRecipe(models=("svm",)))


def test_pieces_lie_in_the_region():
    inside = np.zeros((100, 120), bool)
    inside[20:80, 30:90] = True
    for row, column in corners(inside, 20, step=10):
        assert inside[row : row + 20, column : column + 20].mean() >= 0.5


@pytest.mark.parametrize("shape", [(12, 200), (200, 12), (5, 5), (1, 40)])
def test_a_region_smaller_than_a_piece_still_gives_one(shape):
    found = tiles(example(np.full(shape, 90, np.uint8), "a", "1"), 32)
    assert found.shape[1:] == (1, 32, 32)
    assert np.isfinite(found).all()


def test_nothing_outside_the_region_reaches_the_network():
    rng = np.random.default_rng(0)
    grey = texture(rng, side=80)
    region = np.zeros(grey.shape, bool)
    region[10:70, 10:40] = True
    region[40:70, 10:70] = True
    one = example(grey, "a", "1")
    changed = example(np.where(region, grey, 255 - grey).astype(np.uint8), "a", "1")
    parts = [tiles(type(e)(e.name, e.grey, region, "a", "1"), 32) for e in (one, changed)]
    assert np.array_equal(*parts)


def test_temperature_one_changes_nothing_and_a_high_one_flattens():
    rows = np.array([[0.8, 0.2], [0.3, 0.7]])
    assert tempered(rows, 1.0) == pytest.approx(rows)
    assert tempered(rows, 50.0) == pytest.approx(0.5, abs=0.02)


def test_reading_and_running_need_no_learning_library():
    code = (
        "import sys\n"
        "from sesamoid.learning.texture_classifier import TextureClassifier\n"
        "print(sorted({'torch', 'sklearn', 'lightning'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
