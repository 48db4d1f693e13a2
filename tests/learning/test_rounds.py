"""Rounds: what a picture is and how it varies depends on its place in the row alone."""

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.learning import segmentation
from sesamoid.learning.canvases import CanvasDataset, in_rounds
from sesamoid.learning.segmentation import train_segmentation
from tests.learning.test_training import TINY, drawn

ROUNDS = replace(TINY, round_pictures=12, epochs=3, seed=5)


def test_a_place_gives_the_same_whatever_came_before() -> None:
    first, again = (
        in_rounds(CanvasDataset(drawn(5), ROUNDS, augment=True), ROUNDS)[0] for _ in "ab"
    )
    for place in range(9):
        first[place]
    for key in ("image", "label"):
        torch.testing.assert_close(first[3][key], again[3][key], rtol=0, atol=0)
    assert not torch.equal(first[3]["image"], first[8]["image"])


def test_a_round_is_counted_in_pictures_not_in_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    own = segmentation._Segmentation.loss_of

    def counted(self: object, batch: dict[str, torch.Tensor]) -> torch.Tensor:
        steps.append(len(batch["image"]))
        return own(self, batch)

    monkeypatch.setattr(segmentation._Segmentation, "loss_of", counted)
    for images in (3, 5):
        train_segmentation(drawn(images), [], ROUNDS, classes=3, folder=tmp_path / str(images))
    assert steps == [4] * 9 * 2


def test_a_recipe_without_rounds_is_described_as_before() -> None:
    assert "round_pictures" not in TINY.as_dict()
    assert ROUNDS.as_dict()["round_pictures"] == 12
