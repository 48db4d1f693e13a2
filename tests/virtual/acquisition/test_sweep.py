"""Cines: the course of a search, its unsteadiness, its mishaps."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.anatomy import protocol
from sesamoid.virtual.acquisition import NO_PLANE, draw_course, sweep
from sesamoid.virtual.acquisition.tremor import BandNoise
from sesamoid.virtual.ultrasound import preset
from tests.virtual.acquisition.flat_body import examination

TOLERANCE = protocol("wrist-hand-15").plane("S4").tolerance


def course(seed: int):
    rng = np.random.default_rng(seed)
    return draw_course(rng, preset("aster-a3"), "S4", TOLERANCE, seconds=6.0)


def excess(offset) -> float:
    return TOLERANCE.excess(
        along_mm=offset.along_mm, across_mm=offset.across_mm, rotation_deg=offset.rotation_deg,
        tilt_deg=offset.tilt_deg, rock_deg=offset.rock_deg,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_begins_in_the_air_off_the_plane_and_ends_on_it(seed):
    drawn = course(seed)
    assert drawn.offset(0.0).press_mm < -2
    assert excess(drawn.offset(0.0)) > 1.5
    calm = [t for t in np.linspace(5.2, 6.0, 9) if not drawn.faults_at(t)]
    assert all(excess(drawn.offset(float(t))) < 1 for t in calm)


@pytest.mark.parametrize("seed", range(6))
def test_moves_smoothly(seed):
    drawn = course(seed)
    times = np.arange(0, 6, 0.01)
    way = np.array([drawn.offset(float(t)).numbers() for t in times])
    speed = np.abs(np.diff(way, axis=0)) / 0.01
    assert speed[:, :2].max() < 120  # mm/s
    assert speed[:, 3:].max() < 400  # deg/s


def test_tremor_lies_within_its_band_and_has_its_size():
    rate, seconds = 200, 60
    noise = BandNoise.draw(np.random.default_rng(0), np.array([0.1, 0.5]), (8.0, 12.0))
    values = np.array([noise.at(t) for t in np.arange(rate * seconds) / rate])
    assert values.std(axis=0) == pytest.approx([0.1, 0.5], rel=0.1)
    power = np.abs(np.fft.rfft(values[:, 0])) ** 2
    frequency = np.fft.rfftfreq(len(values), 1 / rate)
    inside = (frequency > 7.5) & (frequency < 12.5)
    assert power[inside].sum() / power[1:].sum() > 0.98


def test_wrong_gain_is_put_right_in_one_step():
    drawn = next(c for c in map(course, range(40)) if any(e.gain_db for e in c.events))
    event = next(e for e in drawn.events if e.gain_db)
    before, after = (drawn.settings_at(event.end_s + step) for step in (-1e-3, 1e-3))
    assert before.gain_db - after.gain_db == pytest.approx(event.gain_db)
    assert after == drawn.settings


def test_mishaps_occur_in_some_cines_and_not_in_all():
    found = [{event.name for event in course(seed).events} for seed in range(40)]
    for name in ("loses_contact", "wrong_gain", "heavy_hand"):
        assert 0 < sum(name in events for events in found) < 30


def test_frames_have_their_truth_and_time():
    exam = examination()
    frames = list(sweep(exam, "S4", np.random.default_rng(2), seconds=3.0, frames_per_second=5.0))
    assert len(frames) == 15
    assert [frame.truth.time_s for frame in frames] == pytest.approx(np.arange(15) / 5)
    assert frames[0].truth.contact == 0
    assert frames[0].truth.plane == NO_PLANE
    assert frames[-1].truth.plane == "S4"
    # Arteries pulse by this time.
    assert sorted(set(exam.body.times)) == pytest.approx(np.arange(15) / 5)


def test_the_same_seed_gives_the_same_cine():
    one, other = (
        list(sweep(examination(), "S4", np.random.default_rng(4), seconds=1.0, frames_per_second=4))
        for _ in range(2)
    )
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.image.pixels, b.image.pixels)
        assert a.truth.error == b.truth.error
