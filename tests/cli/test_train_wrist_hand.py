"""`sesamoid train wrist_hand`: the recipe is chosen, and training goes on from a bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.applications.wrist_hand import recipes
from sesamoid.learning import reference_training
from sesamoid.models.published_network import PublishedNetwork
from tests.applications.wrist_hand.own_pictures import TINY, own

from .conftest import Ran

Run = Callable[..., Ran]


@pytest.fixture
def train(sesamoid: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on six small pictures, one round; further options are the test's."""
    monkeypatch.setattr(recipes, "JOINT", TINY)
    data = own(tmp_path / "own")

    def run(out: str, *more: object) -> Ran:
        return sesamoid(
            "train", "wrist_hand", "--data", data, "--out", tmp_path / out, "--epochs", "1", *more
        )

    return run


def manifest(folder: Path) -> dict:
    return json.loads((folder / "bundle" / "manifest.json").read_text("utf-8"))


def test_initial_goes_on_from_a_bundle(train: Run, tmp_path: Path) -> None:
    first = train("first", "--credit", "Hospital A")
    assert first.code == 0, first.err
    assert manifest(tmp_path / "first")["training"]["starting_weights"].startswith("random")

    second = train("second", "--initial", tmp_path / "first" / "bundle", "--credit", "Hospital B")
    assert second.code == 0, second.err
    assert str(tmp_path / "second" / "bundle") in second.out.replace("\n", "")
    said = manifest(tmp_path / "second")
    assert said["training"]["starting_weights"].startswith("bundle wrist_hand ")
    assert [one["credit"] for one in said["training_data"]] == ["Hospital A", "Hospital B"]
    assert said["weights_sha256"] != manifest(tmp_path / "first")["weights_sha256"]


def test_an_origin_that_is_none_is_refused_before_anything_is_done(train: Run, tmp_path) -> None:
    ran = train("runs", "--origin", "Real")
    assert ran.code == 1
    assert "--origin 'Real' is not known" in ran.err
    assert not (tmp_path / "runs").exists()


def test_recipe_trains_one_of_the_published_pair(
    train: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A convolution stands for HRNet, whose 30 million weights take their time."""
    monkeypatch.setattr(
        reference_training,
        "reference_network",
        lambda kind, task: torch.nn.Conv2d(1, len(task.classes), 3, stride=4, padding=1),
    )
    ran = train("pair", "--recipe", "hrnet_w32", "--origin", "virtual")
    assert ran.code == 0, ran.err
    out = tmp_path / "pair"
    assert not (out / "bundle").exists()
    told, content = PublishedNetwork.read(out / "hrnet_w32.onnx")
    assert hashlib.sha256(content).hexdigest() == told.sha256
    assert (told.network, told.origin, told.data) == ("hrnet_w32", "virtual", "own")
    assert told.canvas_size == told.packed_size == TINY.canvas_size
    assert told.training["pictures"] == 6
    assert told.training["pictures_shown"] == 16, "two steps of eight in the one round"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--recipe", "vgg"), ("'vgg'", "joint, resnet50, hrnet_w32")),
        (("--recipe", "resnet50", "--initial", "nerve"), ("no other weights", "--initial")),
        (("--initial", "nowhere"), ("no model 'nowhere'",)),
        (("--initial", "nerve"), ("no network of wrist and hand",)),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_packed(
    train: Run, tmp_path: Path, more: tuple[str, ...], words: tuple[str, ...]
) -> None:
    ran = train("out", *more)
    assert ran.code == 1
    for word in words:
        assert word in ran.err
    assert not (tmp_path / "out" / "pack").exists()


def test_other_applications_have_one_recipe(sesamoid: Run, tmp_path: Path) -> None:
    for option in ("--recipe", "--initial"):
        ran = sesamoid(
            "train", "nerve", "--data", tmp_path, "--out", tmp_path / "o", option, "joint"
        )
        assert ran.code == 1
        assert f"leave {option} out" in ran.err
