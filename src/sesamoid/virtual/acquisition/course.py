"""The course of a probe through a cine: set down, searched, settled, held, with its mishaps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sesamoid.anatomy import PoseTolerance
from sesamoid.virtual.acquisition.operation import displaced, nominal
from sesamoid.virtual.acquisition.placing import Offset
from sesamoid.virtual.acquisition.tremor import BandNoise
from sesamoid.virtual.acquisition.variation import Rng, between, either_side, variation
from sesamoid.virtual.ultrasound import Preset, ScanSettings

Times = NDArray[np.float64]


@dataclass(frozen=True)
class Event:
    """Something that goes wrong for a while.

    Parameters
    ----------
    name : str
        Key of ``variation.yaml``, under ``sweep``.
    start_s, end_s : float
    offset : Offset
        Added to the probe's, coming and going smoothly.
    gain_db : float
        Added to the gain.
    """

    name: str
    start_s: float
    end_s: float
    offset: Offset = field(default_factory=Offset)
    gain_db: float = 0.0

    def strength(self, time_s: float) -> float:
        """0 outside, 1 in the middle, with smooth edges."""
        if not self.start_s <= time_s <= self.end_s:
            return 0.0
        edge = min(0.25, 0.5 * (self.end_s - self.start_s))
        inside = min(time_s - self.start_s, self.end_s - time_s)
        return _smooth(inside / edge) if edge > 0 else 1.0


@dataclass(frozen=True)
class Course:
    """What the operator does over a cine's time; ask it for any moment.

    Parameters
    ----------
    seconds : float
    times_s : ndarray of shape (n,)
        Of the way points.
    points : ndarray of shape (n, 6)
        Offsets there, in the order of `Offset`'s fields.
    tremor, drift : BandNoise
        Of six channels each.
    settings : ScanSettings
        Without events.
    events : tuple of Event
    faults : tuple of str
        What is wrong throughout.
    """

    seconds: float
    times_s: Times
    points: NDArray[np.float64]
    tremor: BandNoise
    drift: BandNoise
    settings: ScanSettings
    events: tuple[Event, ...]
    faults: tuple[str, ...]

    def offset(self, time_s: float) -> Offset:
        """Where the probe is held, tremor included."""
        after = int(np.clip(np.searchsorted(self.times_s, time_s), 1, len(self.times_s) - 1))
        start, end = self.times_s[after - 1], self.times_s[after]
        share = _smooth(float(np.clip((time_s - start) / (end - start), 0, 1)))
        held = self.points[after - 1] * (1 - share) + self.points[after] * share
        offset = Offset(*(held + self.tremor.at(time_s) + self.drift.at(time_s)).tolist())
        for event in self.events:
            scaled = event.strength(time_s)
            if scaled:
                offset = offset + Offset(*(scaled * n for n in event.offset.numbers()))
        return offset

    def settings_at(self, time_s: float) -> ScanSettings:
        """The machine's settings; a wrong gain is one until it is put right, in one step."""
        wrong = sum(e.gain_db for e in self.events if e.start_s <= time_s < e.end_s)
        if not wrong:
            return self.settings
        return replace(
            self.settings, gain_db=float(np.clip(self.settings.gain_db + wrong, -60, 60))
        )

    def faults_at(self, time_s: float) -> tuple[str, ...]:
        """Names of what goes wrong at a moment."""
        now = [event.name for event in self.events if event.strength(time_s) > 0.3]
        return (*self.faults, *now)


def draw_course(
    rng: Rng, machine: Preset, plane: str, tolerance: PoseTolerance, *, seconds: float
) -> Course:
    """A random search for a plane that ends on it, as a person would make it."""
    table = variation()["sweep"]
    begin = nominal(rng, machine, plane)
    press = begin.offset.press_mm
    start = displaced(rng, tolerance, between(rng, table["start_tolerances"]))
    rest = displaced(rng, tolerance, between(rng, table["settle_tolerances"]))
    times, points = _way(rng, table, start, rest, press, seconds)
    settings = replace(begin.settings, persistence=between(rng, table["persistence"]))
    faults: tuple[str, ...] = ()
    if rng.random() < table["wrong_depth"]["share"]:
        choice = table["wrong_depth"]["depth_share"][int(rng.integers(2))]
        share = between(rng, choice)
        depth = max(6.0, settings.depth_mm * share)
        settings = replace(settings, depth_mm=depth, focus_mm=settings.focus_mm * share)
        faults = ("too_shallow" if share < 1 else "too_deep",)
    return Course(
        seconds=seconds,
        times_s=times,
        points=points,
        tremor=_unsteady(rng, table["tremor"]),
        drift=_unsteady(rng, table["drift"]),
        settings=settings,
        events=tuple(_events(rng, table, seconds)),
        faults=faults,
    )


def _way(
    rng: Rng, table: dict[str, Any], start: Offset, rest: Offset, press: float, seconds: float
) -> tuple[Times, NDArray[np.float64]]:
    """Way points: lifted, set down, to and fro past the plane, settled, held."""
    far, near = np.array(start.numbers()), np.array(rest.numbers())
    far[2] = near[2] = press
    lifted = far.copy()
    lifted[2] = -between(rng, table["lifted_mm"])
    steps, points = [0.0, between(rng, table["approach_s"])], [lifted, far]
    swing = far - near
    for _ in range(int(rng.integers(table["searches"][0], table["searches"][1] + 1))):
        swing = -swing * between(rng, table["overshoot"])
        swing[2] = 0.0
        points.append(near + swing)
        steps.append(between(rng, table["search_s"]))
    points += [near, near]
    steps.append(between(rng, table["settle_s"]))
    busy = float(np.sum(steps))
    hold = between(rng, table["hold_share"]) * seconds
    # The search takes what the hold leaves of the cine.
    times = np.cumsum(np.array(steps) * (seconds - hold) / busy)
    return np.append(times, seconds), np.array(points)


def _unsteady(rng: Rng, entry: dict[str, Any]) -> BandNoise:
    slide, turn, press = entry["slide_mm"], entry["turn_deg"], entry["press_mm"]
    size = np.array([slide, slide, press, turn, turn, turn])
    return BandNoise.draw(rng, size, tuple(entry["band_hz"]))


def _events(rng: Rng, table: dict[str, Any], seconds: float) -> list[Event]:
    found = []
    for name in ("loses_contact", "heavy_hand"):
        entry = table[name]
        if rng.random() < entry["share"]:
            length = min(between(rng, entry["seconds"]), 0.5 * seconds)
            start = between(rng, (0.2 * seconds, seconds - length))
            rock = either_side(rng, entry["rock_deg"]) if "rock_deg" in entry else 0.0
            offset = Offset(press_mm=between(rng, entry["press_mm"]), rock_deg=rock)
            found.append(Event(name, start, start + length, offset))
    entry = table["wrong_gain"]
    if rng.random() < entry["share"]:
        choice = entry["gain_db"][int(rng.integers(2))]
        until = between(rng, entry["until"]) * seconds
        found.append(Event("wrong_gain", 0.0, until, gain_db=between(rng, choice)))
    return found


def _smooth(share: float) -> float:
    """Least jerk from 0 to 1."""
    x = min(max(share, 0.0), 1.0)
    return x**3 * (10 - 15 * x + 6 * x**2)
