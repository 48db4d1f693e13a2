"""Folds end to end on drawn images: what is scored is the exported network, and it is kept."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("lightning")

from sesamoid.evidence.cross_validation import Fold, run_fold, run_folds
from sesamoid.evidence.model_card import write_card
from sesamoid.evidence.segmentation import summarise
from sesamoid.models import ModelBundle
from tests.learning.test_training import TINY, drawn, manifest


def fold(folder: Path, number: int = 0, **changes: object) -> Fold:
    fields: dict[str, object] = {
        "number": number,
        "recipe": replace(TINY, epochs=2),
        "training": tuple(drawn(8)),
        "validation": tuple(drawn(3, seed=4)),
        "manifest": manifest(),
        "folder": folder,
        "threads": 1,
    } | changes
    return Fold(**fields)  # type: ignore[arg-type]


def test_a_finished_fold_is_read_not_repeated(tmp_path: Path) -> None:
    first = run_fold(fold(tmp_path))
    (tmp_path / "bundle" / "model.onnx").unlink()
    assert run_fold(fold(tmp_path)) == first


def test_another_recipe_is_trained_anew(tmp_path: Path) -> None:
    run_fold(fold(tmp_path))
    epochs: list[int] = []
    run_fold(fold(tmp_path, recipe=replace(TINY, epochs=3)), lambda epoch, _: epochs.append(epoch))
    assert epochs == [1, 2, 3]


def test_folds_side_by_side_give_every_image_once(tmp_path: Path) -> None:
    folds = [fold(tmp_path / str(n), n, validation=tuple(drawn(2, seed=n + 20))) for n in range(2)]
    figures = run_folds(folds, jobs=2)
    assert [one.number for one in figures] == [0, 1]
    assert all(len(one.rows) == 4 for one in figures)


def test_the_card_says_what_was_measured(tmp_path: Path) -> None:
    figures = run_fold(fold(tmp_path))
    summary = summarise(figures.rows)
    summary |= {
        "recipe": "tiny",
        "folds": [{"fold": 0, "minutes": 0.1, "precision": "32", "nerve": 0.5, "vessel": 0.25}],
    }
    bundle = ModelBundle.read(tmp_path / "bundle")
    complete = replace(
        bundle.manifest,
        figures={"origin": "virtual", "data": "drawn", "split": "1 fold", "network": summary},
        training={
            **bundle.manifest.training,
            "command": "sesamoid train x",
            "date": "2026-01-01",
            "versions": {"torch": "0"},
            "recipe": TINY.as_dict(),
        },
    )
    card = write_card(ModelBundle(bundle.folder, complete)).read_text()
    assert f"{summary['classes']['nerve']['dice']['mean']:.3f}" in card
    assert "**virtual** data" in card
    assert "not a medical device" in card


def test_a_recipe_without_eight_bits_ships_float32(tmp_path: Path) -> None:
    one = fold(tmp_path, recipe=replace(TINY, epochs=2, eight_bit=False))
    run_fold(one)
    assert ModelBundle.read(tmp_path / "bundle").manifest.weights_precision == "float32"


def test_the_time_of_training_is_kept_with_the_weights(tmp_path: Path) -> None:
    first = run_fold(fold(tmp_path))
    (tmp_path / "figures.json").unlink()
    again = run_fold(fold(tmp_path))
    assert again.minutes == first.minutes > 0
    assert again.rows == first.rows


def test_only_the_figures_stay_where_weights_are_not_kept(tmp_path: Path) -> None:
    first = run_fold(fold(tmp_path, keep=False))
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
    assert run_fold(fold(tmp_path, keep=False)) == first


def test_another_start_is_trained_anew(tmp_path: Path) -> None:
    import torch

    from sesamoid.learning.starting import Start

    seen: list[int] = []
    for number in range(2):
        path = tmp_path / f"{number}.pt"
        torch.save(TINY.network.build(3).state_dict(), path)
        one = fold(tmp_path / "run", start=Start(path))
        run_fold(one, lambda epoch, loss: seen.append(epoch) if loss == loss else None)
    assert seen == [1, 2, 1, 2]
