"""A virtual person whose frames and truths the tests of this folder share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sesamoid.virtual.acquisition import Examination, Frame, Offset, placed, usual_settings
from sesamoid.virtual.acquisition.dataset import make_dataset
from sesamoid.virtual.acquisition.simulation import Simulation
from sesamoid.virtual.body import WristHand, draw_person
from sesamoid.virtual.pose import ProbePose
from sesamoid.virtual.ultrasound import Scanner, preset, probe

from .truth_look import NAMES, PROTOCOL, ScriptedLook, frame_look

MACHINE = preset("gannet-s9")
PLANES = tuple(plane.id for plane in PROTOCOL.planes)


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Frames of two virtual people on disk, to be read only."""
    folder = tmp_path_factory.mktemp("set")
    make_dataset(
        Simulation(
            folder, people=(700_014, 700_019), planes=("S5", "S11", "S14", "S2"),
            machines=("gannet-s9",), frames_per_plane=3, pixels_per_mm=8.0, slices=1,
        )
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def exam() -> Examination:
    return Examination(WristHand(draw_person(700_011)), PROTOCOL, slices=1)


def take(
    exam: Examination,
    plane: str,
    *,
    density: float = 10.0,
    pose: ProbePose | None = None,
    **offset: float,
) -> Frame:
    settings = usual_settings(MACHINE, plane)
    width = probe(settings.probe).width_mm
    shape = (round(settings.depth_mm * density), round(width * density))
    where = Offset(**{"press_mm": 0.8, **offset})
    if pose is None:
        pose = placed(exam.body, exam.view(plane).pose, where)
    return exam.frame(Scanner(MACHINE, settings, picture_shape=shape), pose)


@pytest.fixture(scope="session")
def frames(exam: Examination) -> dict[str, Frame]:
    return {plane: take(exam, plane) for plane in PLANES}


class ScriptedLooker:
    """Gives the looks that belong to known frames, wherever they lie on the screen."""

    task = NAMES

    def __init__(self, *frames: Frame, **how):
        self.known = [(frame.image.pixels, frame_look(frame, **how)) for frame in frames]
        self.areas = []
        self.calls = 0

    def look(self, frame, *, scan_area=None, spacing_mm=None) -> ScriptedLook:
        self.calls += 1
        self.areas.append(scan_area)
        part = frame
        if scan_area is not None:
            box = scan_area
            part = frame[box.top : box.bottom, box.left : box.right]
        for pixels, found in self.known:
            if pixels.shape == part.shape and np.array_equal(pixels, part):
                labels = np.zeros(frame.shape, np.uint8)
                if scan_area is None:
                    labels[:] = found.labels
                else:
                    labels[box.top : box.bottom, box.left : box.right] = found.labels
                return type(found)(**{**vars(found), "labels": labels})
        raise AssertionError("this frame is not known")
