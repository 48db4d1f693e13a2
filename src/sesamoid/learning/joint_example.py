"""One picture that a joint network learns from, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.imaging.geometry import Crop
from sesamoid.models.joint_task import ASPECTS, JointTask

UNKNOWN = -1
"""In place of the index of the nearest plane."""


@dataclass(frozen=True)
class JointExample:
    """One picture and what is known of it; what is not is NaN, `UNKNOWN` or None.

    Parameters
    ----------
    name : str
    image : Path
    label : Path or None
        In the pixels of the image; None: not labelled.
    box : Crop or None
        The scan; the whole picture where None.
    spacing_mm : (row, column) or None
    nearest : int
        Index of the nearest plane.
    inside : float
        1: within the tolerance of the nearest plane; 0: not, or, where the nearest plane is
        unknown, of no plane.
    reversed : float
        1: held the wrong way round.
    pose : ndarray of float32, shape (J,)
        Error against the nearest plane, mm and degrees.
    parts : ndarray of float32, shape (Q, 4)
        Of the nearest plane's parts; see `sesamoid.models.joint_task.ASPECTS`.
    picture : ndarray of float32, shape (K,)
    held_out : bool
        For validation.
    """

    name: str
    image: Path
    label: Path | None
    box: Crop | None
    spacing_mm: tuple[float, float] | None
    nearest: int
    inside: float
    reversed: float
    pose: NDArray[np.float32]
    parts: NDArray[np.float32]
    picture: NDArray[np.float32]
    held_out: bool = False


def nothing_known(task: JointTask) -> dict[str, Any]:
    """The fields of a `JointExample` about which nothing is known."""
    nan = np.float32(np.nan)
    return {
        "nearest": UNKNOWN,
        "inside": float("nan"),
        "reversed": float("nan"),
        "pose": np.full(len(task.pose), nan),
        "parts": np.full((len(task.parts), len(ASPECTS)), nan),
        "picture": np.full(len(task.picture), nan),
    }
