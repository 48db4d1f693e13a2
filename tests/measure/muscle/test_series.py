"""Time series of a made contraction: outliers, gaps, phases, and times that are no times."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sesamoid.errors import SesamoidError
from sesamoid.measure.muscle import contraction_phases, smooth_series

Array = NDArray[np.float64]
RATE = 50.0


def contraction(noise: float = 0.3) -> tuple[Array, Array]:
    """Length 60 mm for 1 s, down to 45 in 1 s, held 1 s, back in 1 s, 1 s of rest."""
    times = np.arange(0, 5, 1 / RATE)
    clean = np.interp(times, [0, 1, 2, 3, 4, 5], [60, 60, 45, 45, 60, 60])
    return times, clean + np.random.default_rng(1).normal(0, noise, len(times))


def test_phases_come_in_order_at_their_times() -> None:
    times, length = contraction()
    phases = contraction_phases(smooth_series(length, times))
    assert [p.name for p in phases] == ["rest", "shortening", "hold", "lengthening", "rest"]
    # The rule cuts a linear second at 20 and 80 % of the way.
    edges = [p.stop for p in phases[:-1]]
    assert edges == pytest.approx([1.2, 1.8, 3.2, 3.8], abs=0.15)
    assert phases[0].first == 0
    assert phases[-1].last == len(times) - 1


def test_outliers_are_rejected_and_do_not_show() -> None:
    times, length = contraction()
    wrong = length.copy()
    wrong[[30, 77, 120, 121, 200]] += [25, -30, 40, 38, -20]
    series = smooth_series(wrong, times)
    assert set(np.flatnonzero(series.rejected)) >= {30, 77, 120, 121, 200}
    assert np.count_nonzero(series.rejected) < 12
    reference = smooth_series(length, times).smooth
    assert np.max(np.abs(series.smooth - reference)) < 0.5


def test_smoothing_lowers_noise_and_keeps_a_ramp() -> None:
    times = np.arange(0, 4, 1 / RATE)
    ramp = 40 + 5 * times
    noisy = ramp + np.random.default_rng(0).normal(0, 1, len(times))
    smooth = smooth_series(noisy, times).smooth
    assert np.std(smooth - ramp) < 0.45
    assert np.allclose(smooth_series(ramp, times).smooth, ramp)


def test_short_gaps_are_filled_and_long_ones_stay_open() -> None:
    times, length = contraction()
    length[20:24], length[100:160] = np.nan, np.nan
    series = smooth_series(length, times)
    assert np.isfinite(series.smooth[20:24]).all()
    assert np.isnan(series.smooth[125:135]).all()
    phases = contraction_phases(series)
    assert all(not p.first <= 130 <= p.last for p in phases)


def test_a_resting_muscle_only_rests() -> None:
    times = np.arange(0, 2, 1 / RATE)
    length = 60 + np.random.default_rng(0).normal(0, 0.3, len(times))
    assert [p.name for p in contraction_phases(smooth_series(length, times))] == ["rest"]


def test_without_frame_times_frames_are_counted() -> None:
    _, length = contraction()
    series = smooth_series(length)
    assert not series.in_seconds
    names = [p.name for p in contraction_phases(series)]
    assert names == ["rest", "shortening", "hold", "lengthening", "rest"]


def test_times_that_stand_still_are_an_error() -> None:
    with pytest.raises(SesamoidError, match="do not increase"):
        smooth_series(np.ones(5), np.zeros(5))
    with pytest.raises(SesamoidError, match="times for"):
        smooth_series(np.ones(5), np.arange(4.0))


def test_frames_without_any_value_have_no_phases() -> None:
    series = smooth_series(np.full(20, np.nan), np.arange(20) / RATE)
    assert np.isnan(series.smooth).all()
    assert contraction_phases(series) == ()
    assert smooth_series(np.zeros(0)).smooth.shape == (0,)
