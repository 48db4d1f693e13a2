"""One examination with the network that ships, in which all goes wrong that may."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from sesamoid.applications import AnalysisSettings
from sesamoid.applications.wrist_hand import APPLICATION
from sesamoid.applications.wrist_hand.assessor import WristHandAssessor
from sesamoid.applications.wrist_hand.overlay import draw_live
from sesamoid.live import LiveUpdate, Session, SessionResult, recorded
from sesamoid.live.picture_file import read_picture
from sesamoid.live.sources import DeviceSource
from sesamoid.virtual.acquisition import Examination, Offset, placed, usual_settings
from sesamoid.virtual.ultrasound import Scanner, console, probe
from sesamoid.virtual.ultrasound.console import scan_box
from tests.live.scripted import ManualClock

from .conftest import MACHINE
from .truth_look import PROTOCOL

FPS = 16
HELD = 24
"""Frames that each plane is held for: longer than it takes to be believed and kept."""
DARK = 8
"""Black frames in between."""
Bgr = np.ndarray


def screen(exam: Examination, plane: str) -> tuple[Bgr, tuple[float, float]]:
    """A console that shows a standard plane, as a grabber gives it; and its scale."""
    settings = usual_settings(MACHINE, plane)
    box = scan_box(MACHINE.layout, settings.depth_mm, probe(settings.probe).width_mm)
    scanner = Scanner(MACHINE, settings, picture_shape=(box.height, box.width))
    pose = placed(exam.body, exam.view(plane).pose, Offset(press_mm=0.8))
    shown = console(exam.frame(scanner, pose).image, layout=MACHINE.layout)
    grey = np.asarray(shown.pixels)
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR) if grey.ndim == 2 else grey, shown.spacing_mm


def with_flow(pixels: Bgr) -> Bgr:
    """The same with a colour Doppler box in the middle of it, and flow in red and blue."""
    out = pixels.copy()
    rows, columns = out.shape[:2]
    top, left = rows // 3, columns * 2 // 5
    out[top : top + 60, left : left + 50] = (20, 30, 220)
    out[top : top + 60, left + 55 : left + 90] = (220, 60, 20)
    return out


class Grabber:
    """cv2.VideoCapture as far as it is used: gives screens, each with its scale, then fails."""

    def __init__(self, shown: list[tuple[Bgr, tuple[float, float]]], opens: bool = True):
        self.shown, self.opens = shown, opens
        self.source: DeviceSource | None = None

    def isOpened(self) -> bool:
        return self.opens

    def read(self) -> tuple[bool, Bgr | None]:
        assert self.source is not None
        if not self.shown:
            return False, None
        pixels, self.source.spacing_mm = self.shown.pop(0)
        return True, pixels

    def release(self) -> None:
        pass


def examine(grabbers: list[Grabber], out: Path) -> SessionResult:
    """An examination whose every read takes a frame's time, drawn as on the screen."""

    class Ticking(ManualClock):
        def now(self) -> float:
            self.time_s += 0.25 / FPS
            return self.time_s

    clock, waiting = Ticking(), list(grabbers)

    def opened(_device: int | str) -> Grabber:
        one = waiting.pop(0) if waiting else Grabber([], opens=False)
        one.source = source
        return one

    source = DeviceSource(0, open_device=opened, clock=clock)
    looker, _ = APPLICATION.looker(AnalysisSettings(threads=1))
    assessor = WristHandAssessor(looker, PROTOCOL, scan_area="find")

    def show(update: LiveUpdate) -> None:
        found = update.assessment
        if found is not None and update.picture is not None:
            plane = found.pose.plane if found.pose is not None else "S1"
            grey = cv2.cvtColor(update.picture, cv2.COLOR_RGB2GRAY)
            assert draw_live(grey, found, PROTOCOL.plane(plane)).shape == update.picture.shape

    return Session(source, assessor, PROTOCOL, out, drop=False, clock=clock).run(show)


@pytest.fixture(scope="module")
def legs(exam: Examination) -> dict[str, list[tuple[Bgr, tuple[float, float]]]]:
    return {plane: [screen(exam, plane)] * HELD for plane in ("S11", "S5", "S14", "S12", "S2")}


def happened(folder: Path) -> list[str]:
    return [line["happening"] for line in recorded(folder) if line["kind"] == "event"]


def test_all_faults_in_one_examination_and_nothing_is_lost(legs, tmp_path: Path) -> None:
    whole = examine([Grabber([one for leg in legs.values() for one in leg])], tmp_path / "whole")
    expected = {kept.plane: kept for kept in whole.checklist.kept}
    assert len(expected) >= 4, "else this says nothing"

    larger = [(np.pad(p, ((40, 60), (90, 30), (0, 0))), mm) for p, mm in legs["S14"]]
    flow = [(with_flow(p), mm) for p, mm in legs["S12"]]
    black = [(np.zeros_like(p), mm) for p, mm in legs["S5"][:DARK]]
    grabbers = [
        Grabber(legs["S11"][:]),
        Grabber([], opens=False),
        Grabber([*legs["S5"], *black, *larger, *flow, *legs["S2"]]),
    ]
    result = examine(grabbers, tmp_path / "faults")
    assert happened(tmp_path / "faults") == [
        "unplugged", "plugged in", "black", "size changed", "picture back", "size changed",
        "colour Doppler", "colour gone", "unplugged", "gone",
    ]  # fmt: skip
    assert result.report.ending == "failed", "a device that stays away is no proper end"
    assert "did not come back" in result.report.reason
    found = {kept.plane: kept for kept in result.checklist.kept}
    assert set(expected) - {"S12"} <= set(found), "under colour the picture may be worse"
    sizes = {"S14": larger[0][0].shape[:2]}
    for plane, kept in found.items():
        pixels, labels = read_picture(kept.picture), kept.label_map()
        assert pixels.shape[:2] == sizes.get(plane, legs[plane][0][0].shape[:2])
        assert labels is not None
        assert labels.shape == pixels.shape[:2]
    np.testing.assert_array_equal(read_picture(found["S14"].picture), larger[0][0][..., ::-1])
    for plane in set(expected) & set(found) - {"S12"}:
        assert found[plane].letter == expected[plane].letter
