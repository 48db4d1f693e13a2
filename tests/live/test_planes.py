"""The tracker of planes: right, quick, and without flicker."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.live.planes import PlaneTracker

from .scripted import IDS, noisy, probabilities


def run(tracker: PlaneTracker, frames, fps: float, start_s: float = 0.0):
    return [tracker.update(seen, start_s + n / fps) for n, seen in enumerate(frames)]


def take(frames, count: int):
    return [next(frames) for _ in range(count)]


def test_a_steady_plane_is_recognised_soon_and_once() -> None:
    states = run(PlaneTracker(IDS), [probabilities("S11")] * 30, 20)
    assert [s.plane for s in states if s.changed] == ["S11"]
    assert states[-1].plane == "S11"
    assert next(n for n, s in enumerate(states) if s.plane == "S11") <= 0.5 * 20


@pytest.mark.parametrize("seed", range(8))
def test_noise_does_not_flicker(seed: int) -> None:
    rng = np.random.default_rng(seed)
    frames = take(noisy("S11", rng, 0.3), 600) + take(noisy("S12", rng, 0.3), 600)
    states = run(PlaneTracker(IDS), frames, 20)
    changes = [s.plane for s in states if s.changed]
    raw = [max(f, key=lambda k: f[k]) for f in frames]
    assert sum(a != b for a, b in itertools.pairwise(raw)) > 300
    assert [plane for plane in changes if plane != "none"] == ["S11", "S12"]
    assert len(changes) <= 3
    assert np.mean([s.plane == "S11" for s in states[20:600]]) == 1.0


def test_a_single_wrong_frame_changes_nothing() -> None:
    tracker = PlaneTracker(IDS)
    run(tracker, [probabilities("S5", 0.9)] * 40, 30)
    state = tracker.update(probabilities("S8", 0.999), 40 / 30)
    assert state.plane == "S5"
    assert not state.changed


def test_it_leaves_to_none() -> None:
    tracker = PlaneTracker(IDS)
    run(tracker, [probabilities("S5")] * 40, 20)
    states = run(tracker, [probabilities("none")] * 40, 20, start_s=2.0)
    assert states[-1].plane == "none"
    assert sum(s.changed for s in states) == 1


def test_the_same_seconds_weigh_the_same_at_any_rate() -> None:
    def switched_s(fps: float) -> float:
        tracker = PlaneTracker(IDS)
        run(tracker, [probabilities("S2")] * round(3 * fps), fps)
        states = run(tracker, [probabilities("S3")] * round(3 * fps), fps, start_s=3.0)
        return next(n for n, s in enumerate(states) if s.plane == "S3") / fps

    slow, fast = switched_s(10), switched_s(60)
    assert abs(slow - fast) <= 0.2
    assert max(slow, fast) < 1.0


def test_undecided_frames_name_no_plane() -> None:
    even = dict.fromkeys((*IDS, "none"), 1 / 16)
    assert {s.plane for s in run(PlaneTracker(IDS), [even] * 100, 20)} == {"none"}


def test_after_a_long_gap_nothing_is_left_of_the_belief() -> None:
    tracker = PlaneTracker(IDS)
    run(tracker, [probabilities("S2")] * 40, 20)
    even = dict.fromkeys((*IDS, "none"), 1 / 16)
    assert tracker.update(even, 60.0).plane == "none"


def test_belief_sums_to_one() -> None:
    tracker = PlaneTracker(IDS)
    run(tracker, take(noisy("S1", np.random.default_rng(0), 0.5), 100), 20)
    assert sum(tracker.belief.values()) == pytest.approx(1)


def test_a_plane_that_the_protocol_lacks_is_an_error() -> None:
    with pytest.raises(SesamoidError, match="S99"):
        PlaneTracker(IDS).update({"S99": 1.0}, 0.0)
