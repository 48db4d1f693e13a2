from __future__ import annotations

import numpy as np
import pytest
from pydicom.dataset import Dataset

from sesamoid.imaging import describe, read_image
from sesamoid.imaging.dicom.timing import FRAME_TIME, FRAME_TIME_VECTOR, frame_times

from ..samples import shipped


def header(**attributes: object) -> Dataset:
    dataset = Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_the_vector_holds_increments_in_ms() -> None:
    times, _ = frame_times(header(FrameTimeVector=[0, 40, 60]), 3)
    assert times == pytest.approx([0, 0.04, 0.1])


def test_the_frame_time_is_in_ms() -> None:
    times, note = frame_times(header(FrameTime=40), 3)
    assert times == pytest.approx([0, 0.04, 0.08])
    assert note == "frame times from Frame Time"


@pytest.mark.parametrize(("pointer", "last"), [(FRAME_TIME, 0.08), (FRAME_TIME_VECTOR, 0.1)])
def test_the_increment_pointer_decides(pointer: int, last: float) -> None:
    both = header(FrameTime=40, FrameTimeVector=[0, 40, 60], FrameIncrementPointer=pointer)
    times, _ = frame_times(both, 3)
    assert times is not None
    assert times[-1] == pytest.approx(last)


def test_a_vector_of_the_wrong_length_is_not_used() -> None:
    times, note = frame_times(header(FrameTimeVector=[0, 40]), 3)
    assert times is None
    assert note is not None
    assert "2 values for 3 frames" in note


@pytest.mark.parametrize("keyword", ["CineRate", "RecommendedDisplayFrameRate"])
def test_a_display_rate_is_used_last_and_noted(keyword: str) -> None:
    times, note = frame_times(header(**{keyword: 20}), 3)
    assert times == pytest.approx([0, 0.05, 0.1])
    assert note is not None
    assert "display rate" in note


def test_a_still_has_no_times() -> None:
    assert frame_times(header(FrameTime=40), 1) == (None, None)


def test_the_shipped_30_frame_cine_runs_at_30_frames_a_second() -> None:
    image = read_image(shipped("examples_ybr_color.dcm"))
    assert image.frame_times_s is not None
    np.testing.assert_allclose(np.diff(image.frame_times_s), 0.033333)
    said = describe(image)
    assert (said["frames"], said["frame_rate_hz"]) == (30, pytest.approx(30, abs=0.01))
    assert said["duration_s"] == pytest.approx(1.0, abs=0.001)
