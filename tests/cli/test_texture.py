"""`sesamoid texture`: a table of features, a classifier of one's own, and what it says."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.features import texture_features
from sesamoid.learning.texture_classifier import TextureClassifier
from sesamoid.learning.texture_range import expected_outside_share, unlike_limit
from tests.cli.conftest import Ran
from tests.learning.textures import streaks, study, texture

Run = Callable[..., Ran]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    lines = ["image,group,person"]
    for one in study(streaks, people=4):
        cv2.imwrite(str(folder / one.name), one.grey)
        lines.append(f"{one.name},{one.group},{one.person}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    return folder / "labels.csv"


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "new.png"
    grey = np.maximum(texture(np.random.default_rng(5), blur=(0.8, 2.5)), 30)
    cv2.imwrite(str(path), grey)
    return path


def train(sesamoid: Run, labels: Path, out: Path, *more: str) -> Ran:
    return sesamoid(
        "texture", "train", labels, "--out", out, "--folds", "2", "--models", "forest",
        "--trees", "25", "--families", "first_order,gabor,wavelet", *more,
    )  # fmt: skip


def test_features_are_those_of_the_masked_region(
    sesamoid: Run, image: Path, tmp_path: Path
) -> None:
    mask = np.zeros((48, 48), np.uint8)
    mask[5:40, 10:44] = 3
    (tmp_path / "masks").mkdir()
    cv2.imwrite(str(tmp_path / "masks" / "new.png"), mask)
    out = tmp_path / "f.csv"
    ran = sesamoid("texture", "features", image, "--mask", tmp_path / "masks", "--out", out)
    assert ran.code == 0, ran.err
    (row,) = rows_of(out)
    assert int(row["pixels"]) == 35 * 34
    expected = texture_features(cv2.imread(str(image), cv2.IMREAD_GRAYSCALE), mask > 0)
    assert {k: float(row[k]) for k in expected} == pytest.approx(expected)


def test_a_bad_image_is_one_line_and_the_rest_is_written(
    sesamoid: Run, image: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.png").write_text("no image")
    cv2.imwrite(str(tmp_path / "deep.png"), np.full((60, 60), 900, np.uint16))
    out = tmp_path / "f.csv"
    ran = sesamoid(
        "texture", "features", tmp_path / "bad.png", tmp_path / "deep.png", image,
        "--families", "glcm", "--out", out,
    )  # fmt: skip
    assert ran.code == 1
    assert len(ran.err.strip().splitlines()) == 2
    assert "not uint16" in ran.err
    assert [Path(row["image"]).name for row in rows_of(out)] == ["new.png"]


def test_a_mask_that_is_missing_or_shared_is_refused(
    sesamoid: Run, image: Path, labels: Path, tmp_path: Path
) -> None:
    (tmp_path / "masks").mkdir()
    ran = sesamoid("texture", "features", image, "--mask", tmp_path / "masks")
    assert ran.code == 1
    assert "no mask new.png" in ran.err
    ran = sesamoid("texture", "features", labels.parent, "--mask", image)
    assert ran.code == 1
    assert "one mask for 16 images" in ran.err


def test_a_classifier_is_trained_proved_and_used(
    sesamoid: Run, labels: Path, image: Path, tmp_path: Path
) -> None:
    pytest.importorskip("sklearn")
    out = tmp_path / "classifier"
    ran = train(sesamoid, labels, out)
    assert ran.code == 0, ran.err
    assert "AUC" in ran.out
    held_out = rows_of(out / "held_out.csv")
    assert len(held_out) == 16
    fold_of: dict[str, set[str]] = {}
    for row in held_out:
        fold_of.setdefault(row["person"], set()).add(row["fold"])
        assert float(row["probability_a"]) + float(row["probability_b"]) == pytest.approx(
            1, abs=1e-3
        )
    assert all(len(folds) == 1 for folds in fold_of.values())
    figures = json.loads((out / "figures.json").read_text())
    assert figures["models"]["forest"]["person"]["auc"]["estimate"] > 0.9
    assert TextureClassifier.load(out).described["figures"] == figures

    ran = sesamoid("texture", "predict", out, image, "--out", tmp_path / "p")
    assert ran.code == 0, ran.err
    assert "warning" not in ran.err
    (row,) = rows_of(tmp_path / "p" / "predictions.csv")
    assert row["group"] == "a"
    assert float(row["probability_a"]) > 0.8
    content = json.loads((tmp_path / "p" / "predictions.json").read_text())
    assert content["images"][0]["probabilities"]["a"] == pytest.approx(
        float(row["probability_a"]), abs=1e-4
    )

    odd = tmp_path / "odd.png"
    cv2.imwrite(str(odd), np.random.default_rng(0).choice([40, 250], (90, 90)).astype(np.uint8))
    ran = sesamoid("texture", "predict", out, odd, "--out", tmp_path / "p", "--json")
    assert ran.code == 0
    assert "do not trust" in ran.err
    assert json.loads(ran.out)["images"][0]["unlike_training"] is True

    ran = sesamoid("texture", "predict", out, image, "--model", "network", "--out", tmp_path / "p")
    assert ran.code == 1
    assert "no 'network'" in ran.err


def test_a_person_in_two_groups_is_refused_before_any_work(
    sesamoid: Run, labels: Path, tmp_path: Path
) -> None:
    pytest.importorskip("sklearn")
    labels.write_text(labels.read_text().replace("a1-1.png,a,a1", "a1-1.png,b,a1"))
    ran = train(sesamoid, labels, tmp_path / "c")
    assert ran.code == 1
    assert "person 'a1'" in ran.err
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [(("--models", "tree"), "no model 'tree'"), (("--families", "shape"), "no texture family")],
)
def test_an_unknown_model_or_family_is_refused(
    sesamoid: Run, labels: Path, tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    ran = train(sesamoid, labels, tmp_path / "c", *more)
    assert ran.code == 1
    assert words in ran.err


def test_a_missing_library_is_named_before_any_work(
    sesamoid: Run, labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "sklearn" else real(name, *a)
    )
    ran = train(sesamoid, labels, tmp_path / "c")
    assert ran.code == 1
    assert "sesamoid[train]" in ran.err


def test_the_expected_share_outside_is_that_of_like_people() -> None:
    rng = np.random.default_rng(0)
    people, features = 9, 40_000
    known, new = rng.normal(size=(people, features)), rng.normal(size=features)
    outside = ((new < known.min(axis=0)) | (new > known.max(axis=0))).mean()
    assert outside == pytest.approx(expected_outside_share(people), abs=0.01)
    assert unlike_limit(people) == pytest.approx(2 * expected_outside_share(people))
    assert unlike_limit(1000) == 0.1
