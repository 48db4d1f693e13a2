"""A long session: memory stays flat, everything between the source and the overlay included."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.applications.wrist_hand.live_endurance import MOMENTS, live_endurance, slope_kib
from sesamoid.errors import SesamoidError
from sesamoid.imaging import Crop, Outlines

from .truth_look import NAMES, frame_look


class Quick:
    """Says of each tiny screen what belongs to its plane, with fresh labels every time."""

    task = NAMES

    def __init__(self, frames):
        self.looks = {}
        for frame in frames:
            look = frame_look(frame)
            labels = cv2.resize(look.labels, (32, 24), interpolation=cv2.INTER_NEAREST)
            self.looks[screen(frame).tobytes()] = look, labels
        self.fine = 0

    def look(self, frame, *, scan_area=None, spacing_mm=None):
        look, labels = self.looks[frame.tobytes()]
        rows, columns = frame.shape

        def fine():
            self.fine += 1
            return cv2.resize(labels, (columns, rows), interpolation=cv2.INTER_NEAREST)

        outlines = Outlines(labels.copy(), Crop(0, 0, rows, columns), frame.shape, fine)
        return Labelled(look, outlines)


class Labelled:
    def __init__(self, look, outlines):
        self.look, self.outlines = look, outlines

    def __getattr__(self, name):
        return getattr(self.look, name)

    @property
    def labels(self):
        return self.outlines.on_frame


def screen(frame) -> np.ndarray:
    return cv2.resize(frame.image.pixels, (80, 60), interpolation=cv2.INTER_AREA)


@pytest.fixture
def shown(frames):
    return [frames[plane] for plane in ("S11", "S5")]


@pytest.fixture
def packed(shown):
    return [(cv2.imencode(".png", screen(one))[1].tobytes(), (0.4, 0.4)) for one in shown]


def test_memory_is_flat_from_the_screen_to_the_overlay(shown, packed, tmp_path: Path) -> None:
    held: dict[str, int] = {}

    def note(moment: str) -> None:
        gc.collect()
        held[moment] = tracemalloc.get_traced_memory()[0]

    looker = Quick(shown)
    tracemalloc.start()
    try:
        found = live_endurance(
            looker, frames=2400, fps=1000, packed=packed, folder=tmp_path, on_memory=note
        )
    finally:
        tracemalloc.stop()
    assert tuple(held) == MOMENTS
    # One frame is 4.8 kB and its labels are 0.8: a single one kept in ten would be 600 kB.
    assert held["end"] - held["middle"] < 40_000
    assert found["assessed"] == 2400
    assert looker.fine <= 20, "labels on the frame's pixels are made for what is kept only"


def test_the_slope_is_that_of_the_memory() -> None:
    samples = [(number, 100 + 0.002 * number) for number in range(1000, 20_000, 100)]
    assert slope_kib(samples) == pytest.approx(2048)
    assert slope_kib(samples[:1]) is None


def test_a_short_session_tells_nothing(shown) -> None:
    with pytest.raises(SesamoidError, match="no long session"):
        live_endurance(Quick(shown), frames=10)
