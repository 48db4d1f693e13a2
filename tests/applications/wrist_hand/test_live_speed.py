"""`bench live`: stages add up to the whole, and other networks are timed in the same run."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.applications.wrist_hand.live_speed import STAGES, live_speed
from sesamoid.applications.wrist_hand.overlay import draw_live
from sesamoid.errors import ModelError

from .conftest import ScriptedLooker
from .truth_look import NAMES, PROTOCOL, frame_look


class Slow:
    """Takes a known time for each look."""

    task = NAMES

    def __init__(self, frame, seconds: float):
        self.found, self.seconds = frame_look(frame), seconds

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        time.sleep(self.seconds)
        labels = cv2.resize(
            self.found.labels, frame.shape[::-1], interpolation=cv2.INTER_NEAREST
        )  # fmt: skip
        return type(self.found)(**{**vars(self.found), "labels": labels})


@pytest.fixture
def packed(frames):
    frame = frames["S11"]
    return [(cv2.imencode(".png", frame.image.pixels)[1].tobytes(), frame.image.spacing_mm)]


def test_stages_are_timed_one_by_one(frames, packed) -> None:
    found = live_speed(Slow(frames["S11"], 0.05), repeats=5, frames=packed)
    assert tuple(found["stages"]) == STAGES
    assert found["stages"]["network"]["p50_ms"] == pytest.approx(51, abs=25)
    total = sum(row["p50_ms"] for row in found["stages"].values())
    assert found["end_to_end"]["p50_ms"] == pytest.approx(total, rel=0.3)
    assert "reference" not in found


def test_other_networks_are_the_other_side(
    frames, packed, tmp_path: Path, threshold_weights
) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(threshold_weights)
    slow, quick = (
        live_speed(Slow(frames["S11"], s), repeats=5, frames=packed, references=[path])
        for s in (0.08, 0.0)
    )
    assert set(slow["reference"]["networks"]) == {"other.onnx"}
    assert slow["speed_up"] < 0.7, "a network of one convolution is faster than one that sleeps"
    assert slow["speed_up"] < quick["speed_up"]


def test_a_file_that_is_no_network_is_named(frames, packed, tmp_path: Path) -> None:
    path = tmp_path / "no.onnx"
    path.write_bytes(b"no")
    with pytest.raises(ModelError, match="cannot load"):
        live_speed(Slow(frames["S11"], 0), repeats=5, frames=packed, references=[path])


def test_the_overlay_colours_what_the_plane_draws_and_nothing_else(frames) -> None:
    frame = frames["S11"]
    found = WristHandAssessor(ScriptedLooker(frame), PROTOCOL).assess(
        frame.image.pixels, spacing_mm=frame.image.spacing_mm, time_s=0
    )
    shown = draw_live(frame.image.pixels, found, PROTOCOL.plane("S11"), names=False)
    nerve = found.labels == NAMES.classes.index("median_nerve")
    coloured = np.ptp(shown.astype(int), axis=2) > 0
    assert coloured[nerve].all()
    assert not coloured[found.labels == 0].any()
    named = draw_live(frame.image.pixels, found, PROTOCOL.plane("S11"))
    assert (named != shown).any()
    plain = draw_live(frame.image.pixels, found, None)
    assert not np.ptp(plain, axis=2).any()
