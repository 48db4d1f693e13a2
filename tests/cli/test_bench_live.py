"""`sesamoid bench live`: what it prints is what the model card takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.applications.wrist_hand import live_endurance, live_speed
from sesamoid.applications.wrist_hand.measured import measured_tables
from sesamoid.models import bundle

from .conftest import Ran

Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise in place of a virtual console, whose pictures take their time."""
    noise = np.random.default_rng(0).integers(0, 256, (120, 160), dtype=np.uint8)
    packed = [(cv2.imencode(".jpg", noise)[1].tobytes(), (0.2, 0.2))]
    for module in (live_speed, live_endurance):
        monkeypatch.setattr(module, "console_frames", lambda rule: packed)


def test_the_stages_beside_the_published_pair(
    sesamoid: Run, monkeypatch: pytest.MonkeyPatch, threshold_weights: bytes
) -> None:
    pair = pytest.importorskip("sesamoid.applications.wrist_hand.reference_pair")
    asked = []

    def quick(folder: Path, canvas_size: tuple[int, int]) -> tuple[Path, Path]:
        asked.append(canvas_size)
        paths = folder / "resnet50.onnx", folder / "hrnet_w32.onnx"
        for path in paths:
            path.write_bytes(threshold_weights)
        return paths

    monkeypatch.setattr(pair, "published_pair", quick)
    given = "bench", "live", "--threads", 1, "--repeats", 5, "--published"
    ran = sesamoid(*given, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert asked == [bundle("wrist_hand").manifest.canvas_size]
    assert found["command"] == "sesamoid bench live --threads 1 --repeats 5 --published"
    assert found["reference"]["files"] == ["resnet50.onnx", "hrnet_w32.onnx"]
    assert 0 < found["running"] <= 1.05
    (table,) = measured_tables(found, bundle("wrist_hand").manifest)
    assert [row[0] for row in table.rows[:3]] == ["decode", "crop", "network"]
    ran = sesamoid(*given)
    assert ran.code == 0, ran.err
    assert "times faster end to end" in ran.out


def test_a_long_session(sesamoid: Run) -> None:
    ran = sesamoid("bench", "live", "--threads", 1, "--frames", 100, "--json")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["assessed"] == 100
    assert found["command"] == "sesamoid bench live --threads 1 --frames 100"
    (table,) = measured_tables(found, bundle("wrist_hand").manifest)
    assert table.of == "endurance"
    assert len(table.rows) == 6


def test_a_reference_that_is_not_there_is_named(sesamoid: Run) -> None:
    ran = sesamoid("bench", "live", "--reference", "no.onnx")
    assert ran.code == 1
    assert "no.onnx" in ran.err
