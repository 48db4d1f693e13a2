"""`sesamoid card`: measured figures go into the manifest and onto the card, and weights stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sesamoid.models import ModelBundle, bundle
from tests.applications.wrist_hand.test_measured import OTHER, SPEED

from .conftest import Ran

Run = Callable[..., Ran]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of the bundle that ships, before anything was measured on it."""
    folder = tmp_path / "mine"
    shutil.copytree(bundle("wrist_hand").folder, folder)
    content = json.loads((folder / "manifest.json").read_text("utf-8"))
    content["figures"].pop("measured", None)
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def speed(mine: Path, tmp_path: Path) -> Path:
    sha = ModelBundle.read(mine).manifest.weights_sha256
    path = tmp_path / "speed.json"
    content = SPEED | OTHER | {"model": {"name": "wrist_hand", "version": "1", "sha256": sha}}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_figures_are_added_once_and_the_weights_stay(
    sesamoid: Run, mine: Path, speed: Path
) -> None:
    before = ModelBundle.read(mine).manifest
    for _ in range(2):
        ran = sesamoid("card", "wrist_hand", "--model", mine, "--add", speed)
        assert ran.code == 0, ran.err
        assert "virtual: speed of a live frame" in ran.out
    found = ModelBundle.read(mine)
    assert found.verified_weights()
    assert found.manifest.weights_sha256 == before.weights_sha256
    assert found.manifest.training == before.training
    assert len(found.manifest.figures["measured"]) == 1
    card = found.card.read_text("utf-8")
    assert card.count("### VIRTUAL: speed of a live frame") == 1
    assert "### VIRTUAL: people held out of the training" in card
    assert "| decode | 12.3 | 20.0 |" in card
    assert card.index("speed of a live frame") < card.index("## Limits")


def test_without_figures_the_card_is_written_again(sesamoid: Run, mine: Path) -> None:
    (mine / "card.md").unlink()
    manifest = (mine / "manifest.json").read_bytes()
    ran = sesamoid("card", "wrist_hand", "--model", mine)
    assert ran.code == 0, ran.err
    assert "# Model card: wrist_hand" in (mine / "card.md").read_text("utf-8")
    assert (mine / "manifest.json").read_bytes() == manifest


def test_the_card_that_ships_is_what_its_manifest_says(sesamoid: Run, mine: Path) -> None:
    shutil.copy(bundle("wrist_hand").folder / "manifest.json", mine)
    sesamoid("card", "wrist_hand", "--model", mine)
    shipped = bundle("wrist_hand").card.read_text("utf-8")
    assert (mine / "card.md").read_text("utf-8") == shipped


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("{", "no JSON"),
        ("[]", "no figures"),
        ('{"schema": "other"}', "no figures of this model"),
        (json.dumps(SPEED), "other weights"),
        ("missing", "figures are missing"),
    ],
)
def test_what_is_no_file_of_figures_is_refused_and_nothing_is_written(
    sesamoid: Run, mine: Path, speed: Path, tmp_path: Path, content: str | None, said: str
) -> None:
    path = tmp_path / "bad.json"
    if content == "missing":
        whole = json.loads(speed.read_text("utf-8"))
        del whole["stages"]
        content = json.dumps(whole)
    if content is not None:
        path.write_text(content, encoding="utf-8")
    manifest = (mine / "manifest.json").read_bytes()
    ran = sesamoid("card", "wrist_hand", "--model", mine, "--add", speed, "--add", path)
    assert ran.code == 1
    assert said in ran.err
    assert "bad.json" in ran.err
    assert (mine / "manifest.json").read_bytes() == manifest


def test_a_bundle_with_other_weights_than_its_manifest_says_is_refused(
    sesamoid: Run, mine: Path, speed: Path
) -> None:
    (mine / "model.onnx").write_bytes(b"other")
    ran = sesamoid("card", "wrist_hand", "--model", mine, "--add", speed)
    assert ran.code == 1
    assert "SHA-256 differs" in ran.err


def test_an_application_that_measures_in_its_training_says_so(sesamoid: Run) -> None:
    ran = sesamoid("card", "nerve")
    assert ran.code == 1
    assert "takes no further figures" in ran.err
