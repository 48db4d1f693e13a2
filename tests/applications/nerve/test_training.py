"""`sesamoid train nerve` end to end on a small drawn data set, in minutes less than a real one."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("lightning")

from dataclasses import replace

from sesamoid.applications import AnalysisSettings
from sesamoid.applications.nerve import APPLICATION, images, recipes
from sesamoid.applications.nerve.training import train
from sesamoid.applications.nerve.training_settings import TrainingSettings
from sesamoid.errors import DataError
from sesamoid.models import ModelBundle
from tests.learning.test_training import TINY, drawn


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    for folder in ("imagesTr", "labelsTr"):
        (root / folder).mkdir(parents=True)
    labels = {"background": 0, "nerve": 1, "vessel": 2}
    (root / "dataset.json").write_text(
        json.dumps({"name": "drawn", "labels": labels, "file_ending": ".png", "licence": "CC0"})
    )
    for case in drawn(12, seed=3):
        grey = cv2.resize(case.grey, (192, 128))
        label = cv2.resize(case.label, (192, 128), interpolation=cv2.INTER_NEAREST)
        cv2.imwrite(str(root / "imagesTr" / f"{case.name}_0000.png"), grey)
        cv2.imwrite(str(root / "labelsTr" / f"{case.name}.png"), label)
    return root


@pytest.fixture
def small_recipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "NERVE", replace(TINY, epochs=2))
    floor = replace(recipes.FLOOR, canvas_size=(64, 64), epochs=1)
    monkeypatch.setattr(recipes, "FLOOR", floor)
    # Drawn scenes all look alike; here each counts as a scan of its own.
    monkeypatch.setattr(images, "similarity_groups", lambda greys: np.arange(len(greys)))


@pytest.mark.usefixtures("small_recipes")
def test_one_command_gives_figures_a_bundle_and_its_card(data: Path, tmp_path: Path) -> None:
    settings = TrainingSettings(folds=2, floor_folds=1, classical=False, credit="the drawer")
    outcome = train(data, tmp_path / "run", replace(settings, origin="virtual"))
    assert outcome.figures["network"]["n_images"] == 12
    assert 0 < outcome.figures["plain_unet"]["n_images"] < 12
    assert set(outcome.figures["difference_in_dice"]) == {"nerve", "vessel"}
    assert outcome.bundle is not None
    bundle = ModelBundle.read(outcome.bundle.folder)
    assert bundle.manifest.origin == "virtual"
    card = bundle.card.read_text()
    assert "the drawer" in card
    assert "Plain U-Net" in card


@pytest.mark.usefixtures("small_recipes")
def test_the_trained_bundle_can_be_evaluated(data: Path, tmp_path: Path) -> None:
    settings = TrainingSettings(folds=0, classical=False)
    outcome = train(data, tmp_path / "run", settings)
    assert outcome.bundle is not None
    figures = APPLICATION.evaluate(data, AnalysisSettings(model=str(outcome.bundle.folder)))
    assert figures["n_images"] == 12
    assert set(figures["classes"]) == {"nerve", "vessel"}
    assert {"mean", "median", "ci95"} <= set(figures["classes"]["nerve"]["dice"])


def test_other_classes_are_refused(data: Path, tmp_path: Path) -> None:
    content = json.loads((data / "dataset.json").read_text())
    content["labels"] = {"background": 0, "muscle": 1}
    (data / "dataset.json").write_text(json.dumps(content))
    with pytest.raises(DataError, match="muscle"):
        train(data, tmp_path / "run", TrainingSettings())
