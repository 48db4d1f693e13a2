"""`sesamoid evaluate wrist_hand --transfer` from the command line to the page it writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("lightning")

from sesamoid.applications.nerve import images
from sesamoid.applications.wrist_hand import recipes
from tests.applications.wrist_hand.transfer_world import (
    IMAGES,
    RECIPE,
    write_data,
    write_model,
)

from .conftest import Ran


def test_the_command_writes_figures_and_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sesamoid: Callable[..., Ran]
) -> None:
    model, data = write_model(tmp_path / "model"), write_data(tmp_path / "drawn")
    monkeypatch.setattr(recipes, "TRANSFER", RECIPE)
    monkeypatch.setattr(images, "similarity_groups", lambda greys: np.arange(len(greys)) // 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # threads that wait for a busy core are slow
    out = tmp_path / "out"
    ran = sesamoid(
        "evaluate", "wrist_hand", "--transfer", data, "--out", out, "--model", model, "--starts",
        "virtual,scratch", "--counts", "4", "--folds", 2, "--jobs", 1,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    found = json.loads((out / "transfer.json").read_text())
    assert found["origin"] == found["data"]["origin"] == "real"
    assert found["model"]["origin"] == "virtual"
    assert (found["data"]["images"], found["data"]["groups"]) == (IMAGES, IMAGES // 2)
    assert found["recipe"]["grey_exponent"] == RECIPE.whole.grey_exponent
    entry = found["counts"]["4"]
    assert entry["images"] == [4]
    gain = entry["differences"]["scratch"]["nerve"]["mean"]
    own, other = (entry["starts"][name]["nerve"]["mean"] for name in ("virtual", "scratch"))
    assert gain == pytest.approx(own - other)
    page = (out / "transfer.md").read_text()
    assert "Figures on real images." in page
    assert f"| 4 | virtual | {own:.3f} |" in page
    assert found["findings"][0] in page
    assert "virtual - scratch" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wrist_hand", "--counts", "20,many"), "'many' is no number of images"),
        (("wrist_hand", "--transfer", "nowhere"), "there is no such folder"),
        (("nerve",), "'nerve' has no start that virtual training made"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: tuple[str, ...], said: str, tmp_path: Path, sesamoid: Callable[..., Ran]
) -> None:
    ran = sesamoid("evaluate", "--transfer", tmp_path, "--out", tmp_path / "out", *arguments)
    assert ran.code == 1
    assert said in ran.err
