"""`sesamoid evaluate wrist_hand DIR --reference` from the command line to the model card."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sesamoid.applications.wrist_hand.task import joint_task
from sesamoid.models import bundle
from tests.applications.wrist_hand.own_pictures import own
from tests.models.pair_files import write_pair

from .conftest import Ran

Run = Callable[..., Ran]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Pictures of four people, each of a plane or of none."""
    folder = own(tmp_path / "mine", 8)
    with (folder / "frames.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["plane"]]
    with (folder / "frames.csv").open("w", newline="") as stream:
        out = csv.DictWriter(stream, fieldnames=list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return folder


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    return write_pair(tmp_path / "pair", joint_task(), (64, 96))


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of the bundle that ships."""
    folder = tmp_path / "bundle"
    shutil.copytree(bundle("wrist_hand").folder, folder)
    return folder


def test_both_are_scored_and_the_comparison_goes_onto_the_card(
    sesamoid: Run, data: Path, pair: Path, mine: Path, tmp_path: Path
) -> None:
    out = tmp_path / "figures"
    ran = sesamoid(
        "evaluate", "wrist_hand", data, "--reference", pair, "--out", out, "--model", mine,
        "--threads", 1,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert "beside the published pair" in ran.out
    joint, other, between = (
        json.loads((out / name).read_text("utf-8"))
        for name in ("metrics.json", "reference/metrics.json", "comparison.json")
    )
    assert joint["model"]["name"] == "wrist_hand"
    assert "grade" in joint
    assert other["model"]["name"] == "published pair: resnet50 + hrnet_w32"
    assert "grade" not in other
    assert between["origin"] == other["data"]["origin"] == "real"
    assert other["model"]["origin"] == "virtual"
    assert between["reference"]["networks"]["hrnet_w32"]["canvas_size"] == [64, 96]
    assert str(tmp_path) not in (out / "comparison.json").read_text("utf-8")

    ran = sesamoid("card", "wrist_hand", "--model", mine, "--add", out / "comparison.json")
    assert ran.code == 0, ran.err
    assert "### REAL: beside the published pair" in (mine / "card.md").read_text("utf-8")
    ran = sesamoid("card", "wrist_hand", "--model", mine, "--add", out / "reference/metrics.json")
    assert ran.code == 1
    assert "other weights" in ran.err


def test_json_is_the_comparison(sesamoid: Run, data: Path, pair: Path, tmp_path: Path) -> None:
    """And the networks may be named as `sesamoid bench live` wants them."""
    files = [word for name in ("resnet50", "hrnet_w32") for word in ("--reference", f"{name}.onnx")]
    given = [pair / word if word.endswith(".onnx") else word for word in files]
    ran = sesamoid("evaluate", "wrist_hand", data, *given, "--out", tmp_path / "o", "--json")
    assert ran.code == 0, ran.err
    assert json.loads(ran.out) == json.loads((tmp_path / "o" / "comparison.json").read_text())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wrist_hand", "DATA", "--reference", "nowhere"), "there is no resnet50.onnx"),
        (("nerve", "DATA", "--reference", "PAIR"), "'nerve' has no published pair"),
        (("wrist_hand", "--reference", "PAIR"), "no data set is given"),
    ],
)
def test_what_cannot_be_is_refused(
    sesamoid: Run, data: Path, pair: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    given = [{"DATA": data, "PAIR": pair}.get(one, one) for one in arguments]
    ran = sesamoid("evaluate", *given, "--out", tmp_path / "o")
    assert ran.code == 1
    assert said in ran.err
    assert not (tmp_path / "o" / "metrics.json").exists()
