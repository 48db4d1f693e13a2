"""Training end to end on a handful of small virtual muscles: folds, bundle, card, analysis."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from sesamoid.applications import AnalysisSettings
from sesamoid.applications.muscle import APPLICATION
from sesamoid.errors import DataError, SesamoidError
from sesamoid.virtual.muscle import draw_muscle, picture

pytest.importorskip("torch")
from sesamoid.applications.muscle import recipes

IMAGES = 6


def write_set(folder: Path, structure: str) -> None:
    for name in ("imagesTr", "labelsTr"):
        (folder / name).mkdir(parents=True)
    for number in range(IMAGES):
        seed = number if structure == "aponeurosis" else 100 + number
        one = picture(draw_muscle(seed, rows=160, columns=160))
        mask = one.aponeuroses if structure == "aponeurosis" else one.sparse_fascicles()
        Pillow.fromarray(one.pixels).save(folder / "imagesTr" / f"img_{number:05d}_0000.png")
        Pillow.fromarray(mask.astype(np.uint8)).save(folder / "labelsTr" / f"img_{number:05d}.png")
    (folder / "dataset.json").write_text(
        json.dumps(
            {
                "name": folder.name,
                "licence": "CC0-1.0",
                "labels": {"background": 0, structure: 1},
                "numTraining": IMAGES,
                "file_ending": ".png",
            }
        )
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("muscle")
    for structure in ("aponeurosis", "fascicle"):
        write_set(home / f"virtual-{structure}", structure)
    return home


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    network = replace(recipes.MUSCLE.network, kind="light", imagenet=False)
    small = replace(
        recipes.MUSCLE, network=network, canvas_size=(64, 64), epochs=1, eight_bit=False
    )
    monkeypatch.setattr(recipes, "MUSCLE", small)
    monkeypatch.setattr(recipes, "VIRTUAL_IMAGES", 4)
    monkeypatch.setattr(recipes, "VIRTUAL_TEST_SEEDS", range(1000, 1002))


@pytest.mark.usefixtures("quick")
def test_it_ends_in_a_bundle_with_its_figures(data: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    outcome = APPLICATION.train(
        data,
        tmp_path,
        {
            "folds": 2,
            "credit": "nobody",
            "origin": "virtual",
            "progress": lambda name, epoch, of, loss: told.append((name, epoch)),
        },
    )
    assert [name for name, _ in told] == ["fold 0", "fold 1", "final"]
    assert outcome.bundle is not None
    figures = outcome.bundle.manifest.figures
    assert figures["network"]["n_images"] == 2 * IMAGES
    assert figures["network"]["aponeurosis_dice"]["n"] == IMAGES
    assert figures["virtual"]["n_images"] == 2
    card = outcome.bundle.card.read_text()
    assert "On **virtual** data (virtual-aponeurosis, virtual-fascicle), 2 folds" in card
    assert "On **virtual** muscles, which it never saw" in card
    origins = {one.name: one.origin for one in outcome.bundle.manifest.training_data}
    assert origins == dict.fromkeys(
        ["virtual-aponeurosis", "virtual-fascicle", "virtual muscle"], "virtual"
    )

    scored = APPLICATION.evaluate(data, AnalysisSettings(model=str(outcome.bundle.folder)))
    assert scored["n_images"] == 2 * IMAGES
    assert "too good" in scored["warning"]

    networks = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("network-*.pt")}
    assert len(networks) == 3
    APPLICATION.train(data, tmp_path, {"folds": 2, "credit": "nobody", "origin": "virtual"})
    # Finished runs are read back.
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("network-*.pt")} == networks


@pytest.mark.usefixtures("quick")
def test_virtual_muscles_are_scored_against_their_exact_numbers(data: Path, tmp_path: Path) -> None:
    from sesamoid.virtual.muscle.dataset import make_muscle_set

    bundle = APPLICATION.train(data, tmp_path / "out", {"folds": 0}).bundle
    assert bundle is not None
    make_muscle_set(tmp_path / "set", [1000, 1001])
    figures = APPLICATION.evaluate(tmp_path / "set", AnalysisSettings(model=str(bundle.folder)))
    assert figures["data"]["origin"] == "virtual"
    assert figures["thickness"]["n"] + figures["thickness"]["refused"] == 2
    assert "VIRTUAL" in figures["table"]["title"]


@pytest.mark.usefixtures("quick")
def test_what_cannot_be_trained_on_is_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="groups of similar images"):
        APPLICATION.train(data, tmp_path, {"folds": 50})
    with pytest.raises(SesamoidError, match="no plain U-Net"):
        APPLICATION.train(data, tmp_path, {"floor_folds": 1})
    with pytest.raises(DataError, match="no data set"):
        APPLICATION.train(tmp_path, tmp_path / "out", {"folds": 2})
