"""`bench live`: stages add up to the whole, and other networks are timed in the same run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.anatomy import structure
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.applications.wrist_hand.live_speed import STAGES, live_speed
from sesamoid.applications.wrist_hand.overlay import STRENGTH, draw_live
from sesamoid.cores import processor
from sesamoid.errors import ModelError
from sesamoid.imaging import Crop, Outlines

from .conftest import ScriptedLooker
from .truth_look import NAMES, PROTOCOL, frame_look


class Clock:
    """Each look at it takes a millisecond; nothing else does."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def __call__(self) -> float:
        self.time_s += 0.001
        return self.time_s


class Slow:
    """Takes a known time for each look."""

    task = NAMES

    def __init__(self, frame, milliseconds: float, clock: Clock):
        self.found, self.milliseconds, self.clock = frame_look(frame), milliseconds, clock

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        self.clock.time_s += self.milliseconds / 1000
        labels = cv2.resize(
            self.found.labels, frame.shape[::-1], interpolation=cv2.INTER_NEAREST
        )  # fmt: skip
        return type(self.found)(**{**vars(self.found), "labels": labels})


def speed(frame, packed, milliseconds: float, **more):
    clock = Clock()
    looker = Slow(frame, milliseconds, clock)
    return live_speed(looker, repeats=5, frames=packed, clock=clock, **more)


@pytest.fixture
def packed(frames):
    frame = frames["S11"]
    return [(cv2.imencode(".png", frame.image.pixels)[1].tobytes(), frame.image.spacing_mm)]


def test_stages_are_timed_one_by_one(frames, packed) -> None:
    found = speed(frames["S11"], packed, 50)
    assert tuple(found["stages"]) == STAGES
    taken = {name: row["p50_ms"] for name, row in found["stages"].items()}
    assert taken == pytest.approx({name: 51 if name == "network" else 1 for name in STAGES})
    assert found["end_to_end"] == pytest.approx({"p50_ms": 56, "p95_ms": 56})
    assert "reference" not in found
    assert found["processor"] == processor()


def test_other_networks_are_the_other_side(
    frames, packed, tmp_path: Path, threshold_weights
) -> None:
    path = tmp_path / "other.onnx"
    path.write_bytes(threshold_weights)
    found = speed(frames["S11"], packed, 9, references=[path])
    assert found["reference"]["networks"] == {
        "other.onnx": pytest.approx({"p50_ms": 1, "p95_ms": 1})
    }
    assert found["end_to_end"]["p50_ms"] == pytest.approx(15)
    assert found["reference"]["end_to_end"]["p50_ms"] == pytest.approx(6)
    assert found["speed_up"] == pytest.approx(6 / 15)
    assert found["speed_up_networks"] == pytest.approx(1 / 10)


def test_a_file_that_is_no_network_is_named(frames, packed, tmp_path: Path) -> None:
    path = tmp_path / "no.onnx"
    path.write_bytes(b"no")
    with pytest.raises(ModelError, match="cannot load"):
        speed(frames["S11"], packed, 0, references=[path])


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


def test_paint_from_the_network_s_pixels_lies_where_the_labels_are(frames) -> None:
    frame = frames["S11"]
    pixels = frame.image.pixels
    rows, columns = pixels.shape
    found = WristHandAssessor(ScriptedLooker(frame), PROTOCOL).assess(
        pixels, spacing_mm=frame.image.spacing_mm, time_s=0
    )
    plane = PROTOCOL.plane("S11")
    sharp = draw_live(pixels, found, plane, names=False).astype(int)
    small = cv2.resize(found.labels, (columns // 3, rows // 3), interpolation=cv2.INTER_NEAREST)
    screen = np.full((rows + 50, columns + 70), 30, np.uint8)
    box = Crop(20, 30, rows, columns)
    screen[box.top : box.bottom, box.left : box.right] = pixels
    outlines = Outlines(small, box, screen.shape, lambda: found.labels)
    soft = draw_live(screen, replace(found, outlines=outlines), plane, names=False).astype(int)
    assert (soft[:20] == 30).all()
    assert (soft[:, :30] == 30).all()
    soft = soft[box.top : box.bottom, box.left : box.right]
    edge = cv2.morphologyEx(found.labels, cv2.MORPH_GRADIENT, np.ones((9, 9), np.uint8)) > 0
    assert np.abs(soft - sharp)[~edge].max() <= 1
    colour = [int(np.ptp(one, axis=2).sum()) for one in (soft, sharp)]
    assert colour[0] == pytest.approx(colour[1], rel=0.05)


def test_paint_is_a_mix_of_picture_and_colour(frames) -> None:
    frame = frames["S11"]
    found = WristHandAssessor(ScriptedLooker(frame), PROTOCOL).assess(
        frame.image.pixels, spacing_mm=frame.image.spacing_mm, time_s=0
    )
    shown = draw_live(frame.image.pixels, found, PROTOCOL.plane("S11"), names=False)
    nerve = found.labels == NAMES.classes.index("median_nerve")
    grey = frame.image.pixels[nerve][:, None].astype(float)
    wanted = (1 - STRENGTH) * grey + STRENGTH * np.array(structure("median_nerve").rgb)
    assert np.abs(shown[nerve] - wanted).max() <= 1.5
