import builtins
import json

import cv2
import numpy as np
import pytest

from sesamoid.applications.nerve.classical import ClassicalModel, ClassicalSettings, load_classical
from sesamoid.applications.nerve.classical_forest import Forest
from sesamoid.applications.nerve.classical_localise import ClassRule, kept_tiles
from sesamoid.applications.nerve.classical_tiles import TileSettings, tiles_of
from sesamoid.applications.nerve.classical_training import fit, fit_tiles
from sesamoid.errors import DataError, MissingExtra, ModelError, SesamoidError, UnsuitableImage
from sesamoid.imaging.geometry import Crop
from sesamoid.measure import dice

SMALL = ClassicalSettings(
    tiles=TileSettings(canvas_rows=128, despeckling="median"), features=20, tiles_per_class=40
)


def scene(seed):
    """Virtual: an even dark vessel and a brighter nerve with stripes, under speckle."""
    rng = np.random.default_rng(seed)
    size = (160, 200)
    labels = np.zeros(size, np.uint8)
    for value, radius in ((1, (26, 16)), (2, (17, 17))):
        centre = (int(rng.integers(45, 80) + 75 * (value - 1)), int(rng.integers(45, 115)))
        cv2.ellipse(labels, centre, radius, 0, 0, 360, value, -1)
    grey = np.full(size, 70.0)
    grey[labels == 1] = 130
    grey[(labels == 1) & (np.indices(size).sum(axis=0) % 8 < 3)] = 40
    grey[labels == 2] = 10
    grey *= rng.gamma(6, 1 / 6, size)
    return np.clip(grey, 0, 255).astype(np.uint8), labels


@pytest.fixture(scope="module")
def cases():
    return [scene(seed) for seed in range(10)]


@pytest.fixture(scope="module")
def model(cases):
    pytest.importorskip("sklearn")
    images, labels = zip(*cases[:8], strict=True)
    return fit(images, labels, SMALL)


def test_finds_nerve_and_vessel_on_unseen_scenes(model, cases):
    for grey, labels in cases[8:]:
        predicted = model.predict(grey)
        assert dice(predicted == 1, labels == 1) > 0.6
        assert dice(predicted == 2, labels == 2) > 0.6


def test_saved_model_decides_the_same(model, cases, tmp_path):
    model.save(tmp_path / "m.npz")
    loaded = ClassicalModel.load(tmp_path / "m.npz")
    assert np.array_equal(loaded.predict(cases[9][0]), model.predict(cases[9][0]))


def test_saved_model_needs_no_pickle_and_little_space(model, tmp_path):
    model.save(tmp_path / "m.npz")
    with np.load(tmp_path / "m.npz", allow_pickle=False) as content:
        assert all(content[name].dtype != object for name in content.files)
    assert (tmp_path / "m.npz").stat().st_size < 1_500_000


def test_saved_model_runs_without_scikit_learn(model, cases, tmp_path, monkeypatch):
    model.save(tmp_path / "m.npz")
    _without_scikit_learn(monkeypatch)
    assert ClassicalModel.load(tmp_path / "m.npz").predict(cases[9][0]).any()


def test_exported_forest_votes_as_scikit_learn_does(cases):
    pytest.importorskip("sklearn")
    from sesamoid.applications.nerve.classical_export import exported

    images, labels = zip(*cases[:6], strict=True)
    fitted = fit_tiles([tiles_of(i, SMALL.tiles) for i in images], labels, SMALL)
    rng = np.random.default_rng(0)
    z = np.rint(rng.uniform(-4, 4, (500, len(fitted.names))) * 16) / 16
    ours = exported(fitted.estimator).probabilities(z.astype(np.float32))
    assert ours == pytest.approx(fitted.estimator.predict_proba(z), abs=2 / 255)


def test_probabilities_sum_to_one_and_background_is_sure_outside_the_scan(model, cases):
    framed = np.pad(cases[9][0], 40)
    _, probabilities = model.predict_probabilities(framed)
    assert probabilities.sum(axis=0) == pytest.approx(1, abs=1e-5)
    assert probabilities[0, :38].min() == 1


def test_labels_lie_where_the_image_lies(model, cases):
    grey, _ = cases[9]
    framed = np.pad(grey, ((10, 30), (50, 20)))
    whole = model.predict(framed, scan_area=Crop(10, 50, *grey.shape))
    direct = model.predict(grey, scan_area=Crop(0, 0, *grey.shape))
    assert np.array_equal(whole[10:170, 50:250], direct)


def test_gain_hardly_matters(model, cases):
    grey, _ = cases[9]
    assert dice(model.predict(grey // 2) > 0, model.predict(grey) > 0) > 0.9


def test_sixteen_bits_give_the_same(model, cases):
    grey, _ = cases[9]
    assert np.array_equal(model.predict(grey.astype(np.uint16) * 256), model.predict(grey))


def test_the_same_seed_fits_the_same_model(model, cases):
    images, labels = zip(*cases[:8], strict=True)
    again = fit(images, labels, SMALL)
    assert np.array_equal(again.forest.left, model.forest.left)
    assert again.rules == model.rules


def test_tiles_carry_the_label_at_their_place(cases):
    grey, labels = cases[0]
    tiles = tiles_of(grey, SMALL.tiles, scan_area=Crop(0, 0, *grey.shape))
    grid = np.eye(3, dtype=np.float32)[tiles.labels(labels)]
    assert dice(tiles.to_frame(grid).argmax(axis=0) == 1, labels == 1) > 0.9


def test_each_classifier_can_be_compared(cases):
    pytest.importorskip("sklearn")
    from sesamoid.applications.nerve.classical_comparison import compare

    grey, labels = zip(*cases[:8], strict=True)
    tiles = [tiles_of(g, SMALL.tiles) for g in grey]
    found = compare(
        tiles,
        labels,
        np.arange(8) % 4,
        groups=np.arange(8),
        settings=SMALL,
        classifiers=("naive_bayes", "k_nearest", "svm", "decision_tree", "mlp"),
        evaluate=[0],
    )
    assert [len(f.cases) for f in found] == [2] * 5
    assert all(0 <= v <= 1 for f in found for d in f.dice.values() for v in d)


def test_a_classifier_that_cannot_be_exported_is_refused(cases):
    images, labels = zip(*cases[:4], strict=True)
    with pytest.raises(SesamoidError, match="cannot be exported"):
        fit(images, labels, ClassicalSettings(classifier="svm"))


def test_missing_scikit_learn_says_what_to_install(cases, monkeypatch):
    images, labels = zip(*cases[:4], strict=True)
    _without_scikit_learn(monkeypatch)
    with pytest.raises(MissingExtra, match=r"sesamoid\[train\]"):
        fit(images, labels, SMALL)


def test_labels_without_a_vessel_are_refused(cases):
    pytest.importorskip("sklearn")
    images, labels = zip(*cases[:5], strict=True)
    with pytest.raises(DataError, match="vessel"):
        fit(images, [np.minimum(label, 1) for label in labels], SMALL)


def test_one_scan_is_not_enough(cases):
    pytest.importorskip("sklearn")
    images, labels = zip(*cases[:5], strict=True)
    with pytest.raises(DataError, match="one scan"):
        fit(images, labels, SMALL, groups=np.zeros(5, dtype=int))


@pytest.mark.parametrize(
    "frame", [np.zeros((200, 200), np.uint8), np.full((900, 40), 80, np.uint8)], ids=str
)
def test_frames_with_too_little_in_them_are_unsuitable(model, frame):
    with pytest.raises(UnsuitableImage):
        model.predict(frame)


@pytest.mark.parametrize("content", [b"", b"no npz", None], ids=["empty", "text", "missing"])
def test_damaged_files_are_model_errors(tmp_path, content):
    path = tmp_path / "m.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError):
        ClassicalModel.load(path)


def test_a_file_cut_short_is_a_model_error(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ModelError):
        ClassicalModel.load(path)


def test_a_file_with_changed_bytes_is_a_model_error(model, tmp_path):
    path = tmp_path / "m.npz"
    model.save(path)
    content = bytearray(path.read_bytes())
    content[3000:3400] = bytes(400)
    path.write_bytes(content)
    with pytest.raises(ModelError):
        ClassicalModel.load(path)


def test_another_format_is_a_model_error(tmp_path):
    path = tmp_path / "m.npz"
    text = json.dumps({"format": "else"}).encode()
    np.savez(path, described=np.frombuffer(text, dtype=np.uint8))
    with pytest.raises(ModelError, match="format"):
        ClassicalModel.load(path)


def test_pickled_objects_are_never_loaded(tmp_path):
    path = tmp_path / "m.npz"
    np.savez(path, described=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ModelError):
        ClassicalModel.load(path)


def test_a_tree_that_points_outside_is_refused():
    forest = Forest(
        roots=np.array([0], np.int32),
        feature=np.array([0, -1, -1], np.int16),
        threshold=np.zeros(3, np.float16),
        left=np.array([7, 0, 0], np.int32),
        leaves=np.full((3, 3), 85, np.uint8),
        depth=1,
    )
    with pytest.raises(ValueError, match="outside"):
        forest.check(features=1)


def test_bundle_without_a_classical_model_says_so(tmp_path):
    class Bundle:
        folder = tmp_path

        class manifest:
            name = "nerve"

    with pytest.raises(ModelError, match="no classical model"):
        load_classical(Bundle)


def test_weak_far_clusters_are_left_out():
    scores = np.zeros((40, 40), np.float32)
    scores[5:12, 5:12] = 0.9
    scores[30:32, 30:32] = 0.6
    kept = kept_tiles(scores, ClassRule("nerve", 0.5, 0.3), clusters=2)
    assert kept[5:12, 5:12].all()
    assert not kept[30:32, 30:32].any()


def test_fewer_candidates_than_clusters_are_all_kept():
    scores = np.zeros((10, 10), np.float32)
    scores[4, 4] = 1
    assert kept_tiles(scores, ClassRule("nerve", 0.5, 0.3), clusters=3).sum() == 1


def _without_scikit_learn(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.split(".")[0] == "sklearn":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
