"""When each frame of a DICOM cine was taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sesamoid.imaging.dicom.header import floats

FRAME_TIME_VECTOR = 0x00181065
FRAME_TIME = 0x00181063


def frame_times(dataset: Dataset, frames: int) -> tuple[NDArray[np.float64] | None, str | None]:
    """Time of each frame from the first, in seconds, and where it comes from.

    In this order: Frame Time Vector (increments in ms), Frame Time (ms), the order swapped where
    the Frame Increment Pointer names Frame Time; then Cine Rate and Recommended Display Frame
    Rate (frames a second), which say how to play, not how it was taken (PS3.3 C.7.6.5, C.7.6.6).

    Parameters
    ----------
    dataset : Dataset
        The header.
    frames : int
        Number of frames; a single one has no times.

    Returns
    -------
    times_s : ndarray of shape (frames,), or None
    note : str or None
    """
    if frames < 2:
        return None, None
    vector = floats(dataset.get("FrameTimeVector"))
    step = floats(dataset.get("FrameTime"))
    by_vector: tuple[NDArray[np.float64], str] | None = None
    note = None
    if vector is not None:
        if len(vector) == frames and min(vector[1:]) >= 0:
            times = np.cumsum(np.asarray(vector, dtype=float)) / 1000.0
            by_vector = times - times[0], "frame times from Frame Time Vector"
        else:
            note = f"Frame Time Vector has {len(vector)} values for {frames} frames: not used"
    by_step: tuple[NDArray[np.float64], str] | None = None
    if step is not None and step[0] > 0:
        by_step = (
            np.arange(frames, dtype=np.float64) * (step[0] / 1000.0),
            "frame times from Frame Time",
        )
    order = [by_vector, by_step]
    if dataset.get("FrameIncrementPointer") == FRAME_TIME:
        order.reverse()
    for found in order:
        if found is not None:
            return found
    for keyword, name in (
        ("CineRate", "Cine Rate"),
        ("RecommendedDisplayFrameRate", "Recommended Display Frame Rate"),
    ):
        rate = floats(dataset.get(keyword))
        if rate is not None and rate[0] > 0:
            said = f"frame times from {name}, a display rate of {rate[0]:g} frames/s"
            return np.arange(frames, dtype=np.float64) / rate[0], said
    return None, note
