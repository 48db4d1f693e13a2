"""A site's own pictures, few and small, and a recipe that learns on them in seconds."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from sesamoid.applications.wrist_hand import recipes
from sesamoid.learning.joint_recipe import Phase
from sesamoid.learning.network import NetworkSettings

TINY = replace(
    recipes.JOINT,
    network=NetworkSettings(
        widths=(8, 16, 24, 32, 48), blocks=(1, 1, 1, 1), decoder_widths=(24, 24, 16, 16)
    ),
    canvas_size=(64, 96),
    phases=(Phase((64, 96), 1, batch_size=4),),
    round_pictures=16,
    hidden=32,
    eight_bit=False,
)


def own(folder: Path, count: int = 6, *, classes: tuple[str, ...] = ("median_nerve",)) -> Path:
    """A site's own pictures: a bright nerve, nothing else drawn; of every third no plane known."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    rows = []
    for number in range(count):
        label = np.zeros((80, 120), np.uint8)
        cv2.ellipse(label, (int(rng.integers(30, 90)), 40), (14, 8), 0, 0, 360, 1, -1)
        image = np.clip(rng.normal(60, 10, label.shape) + 120 * label, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"c{number}.png"), image)
        cv2.imwrite(str(folder / f"c{number}-label.png"), label)
        plane = ("S11", "none", "")[number % 3]
        rows.append({
            "image": f"c{number}.png", "person": f"p{number // 2}", "plane": plane,
            "label": f"c{number}-label.png", "mm_per_pixel": 0.1 if plane else "",
        })  # fmt: skip
    labels = {name: value for value, name in enumerate(("background", *classes))}
    (folder / "dataset.json").write_text(
        json.dumps({"name": "own", "labels": labels, "file_ending": ".png"})
    )
    with (folder / "frames.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder
