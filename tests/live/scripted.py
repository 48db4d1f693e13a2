"""What the tests of this room share: scripted assessments, a clock of their own, cheap frames."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np

from sesamoid.anatomy import protocol
from sesamoid.findings import Grade, GradeLetter, SubScore
from sesamoid.live.assessment import NO_PLANE, Assessment, Estimate, PoseOffset

PROTOCOL = protocol("wrist-hand-15")
IDS = tuple(plane.id for plane in PROTOCOL.planes)


def grade(letter: str, score: float | None = None) -> Grade:
    value = score if score is not None else {"A": 0.95, "B": 0.7, "C": 0.3}[letter]
    reasons = () if letter == "A" else (f"{letter}: for a test",)
    return Grade(
        GradeLetter(letter), value, (SubScore("structures", value, "made up"),), reasons, "a test's"
    )


def probabilities(plane: str, sure: float = 0.95) -> dict[str, float]:
    names = (*IDS, NO_PLANE)
    rest = (1 - sure) / (len(names) - 1)
    return {name: sure if name == plane else rest for name in names}


def offset(plane: str, sd: float = 0.1, **errors: float) -> PoseOffset:
    names = ("along_mm", "across_mm", "rotation_deg", "tilt_deg")
    parts = {name: Estimate(errors.pop(name, 0.0), sd) for name in names}
    rock = Estimate(errors.pop("rock_deg"), sd) if "rock_deg" in errors else None
    assert not errors
    return PoseOffset(plane, **parts, rock_deg=rock)


def assessment(
    plane: str = NO_PLANE, letter: str | None = None, *, sharpness: float = 1.0, **more: object
) -> Assessment:
    given = {"lift_off": (0.0, 0.0), "probabilities": probabilities(plane)} | more
    marks = grade(letter, given.pop("score", None)) if letter else None  # type: ignore[arg-type]
    return Assessment(plane=plane, grade=marks, sharpness=sharpness, **given)  # type: ignore[arg-type]


class ManualClock:
    """A clock that stands until it is told to go on; waiting lets its time pass at once."""

    def __init__(self, start_s: float = 100.0):
        self.time_s = start_s

    def now(self) -> float:
        return self.time_s

    def wait(self, seconds: float, stop: threading.Event) -> bool:
        self.time_s += max(0.0, seconds)
        return stop.is_set()


class Script:
    """An assessor that says what a function of the frame's time says."""

    def __init__(self, says: Callable[[float], Assessment]):
        self.says = says
        self.calls = 0

    def assess(self, frame, *, spacing_mm, time_s):
        self.calls += 1
        return self.says(time_s)


def picture(rows: int = 24, columns: int = 32, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(20, 200, (rows, columns), dtype=np.uint8)


def noisy(plane: str, rng: np.random.Generator, wrong: float) -> Iterator[dict[str, float]]:
    """Frames of a plane of which a share looks like some other plane."""
    while True:
        seen = plane if rng.random() > wrong else str(rng.choice((*IDS, NO_PLANE)))
        yield probabilities(seen, float(rng.uniform(0.5, 0.98)))
