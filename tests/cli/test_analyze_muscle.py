"""`sesamoid analyze muscle` as a user runs it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image as Pillow

from sesamoid.virtual.muscle import VirtualMuscle, picture
from tests.cli.conftest import Ran

Run = Callable[..., Ran]
MUSCLE = VirtualMuscle(seed=4001, pennation_deg=20.0, thickness_mm=20.0, deep_tilt_deg=3.0)


def save(path: Path, pixels: np.ndarray) -> Path:
    Pillow.fromarray(pixels).save(path)
    return path


def test_a_folder_with_a_muscle_half_a_muscle_and_none(sesamoid: Run, tmp_path: Path) -> None:
    images, out = tmp_path / "in", tmp_path / "out"
    images.mkdir()
    whole = picture(MUSCLE)
    save(images / "a.png", whole.pixels)
    save(images / "b.png", whole.pixels[:170])
    rng = np.random.default_rng(0)
    save(images / "c.png", np.clip(rng.rayleigh(40, (400, 400)), 0, 255).astype(np.uint8))
    ran = sesamoid("analyze", "muscle", images, "--mm-per-pixel", "0.1", "--out", out)
    assert ran.code == 1
    assert "out of view" in " ".join(ran.out.split())
    assert "nothing measured" in " ".join(ran.out.split())
    rows = {
        Path(r["path"]).name: r for r in json.loads((out / "results.json").read_text())["results"]
    }
    assert [rows[name]["status"] for name in ("a.png", "b.png", "c.png")] == [
        "measured",
        "measured",
        "nothing measured",
    ]
    true_px = float(np.mean(whole.truth.thickness_mm)) / 0.1
    assert abs(rows["a.png"]["thickness_px"] / true_px - 1) < 0.02
    assert abs(rows["a.png"]["pennation_deg"] - whole.truth.pennation_deg) < 1
    assert rows["b.png"]["thickness_px"] is None
    assert "aponeurosis" in rows["b.png"]["reasons"]["thickness_px"]
    with (out / "results.csv").open(newline="") as file:
        quantities = {row["quantity"] for row in csv.DictReader(file)}
    assert {"thickness", "fascicle_length"} <= quantities
