"""Motion: tendons glide, arteries pulse, space bends one-to-one."""

from __future__ import annotations

import numpy as np
import pytest

from sesamoid.errors import SesamoidError
from sesamoid.virtual.body import Motion
from sesamoid.virtual.body.warp_kernels import warp_point
from sesamoid.virtual.body.wrist_hand import HEARTBEAT_S, pulse_wave
from tests.virtual.body.measure import area_mm2, cut, mask
from tests.virtual.body.people import body, moved

MODERATE = {
    "wrist_flexion_deg": 15.0,
    "wrist_deviation_deg": 8.0,
    "mcp_flexion_deg": (20.0, 20.0, 20.0, 20.0),
    "pip_flexion_deg": (20.0, 20.0, 20.0, 20.0),
    "thumb_flexion_deg": 15.0,
}


@pytest.mark.parametrize("number", [2, 3, 4, 5])
def test_bending_a_finger_pulls_its_flexors_through_the_tunnel_and_no_others(number):
    still = body(0)
    angles = [0.0] * 4
    angles[number - 2] = 20.0
    bent = moved(0, mcp_flexion_deg=tuple(angles))
    before, after = cut(still, "S11"), cut(bent, "S11")
    # The wrist has not moved; the finger's frame rounds places in single precision.
    assert (before.structure != after.structure).mean() < 1e-4
    # Travel is moment arm times angle: 10 mm x 20 deg (motion.py, M).
    travel = 10.0 * np.deg2rad(20.0)
    for other in (2, 3, 4, 5):
        for key in (f"fds_{other}", f"fdp_{other}"):
            there = mask(still, before, key) & mask(bent, after, key)
            glide = (after.material - before.material)[there][:, 2]
            assert glide == pytest.approx(travel if other == number else 0.0, abs=1e-3)


def test_bending_the_wrist_moves_flexors_and_extensors_opposite_ways():
    bent = Motion(wrist_flexion_deg=15.0)
    assert bent.excursion_mm("flexor_3") == pytest.approx(14.0 * np.deg2rad(15.0))
    assert bent.excursion_mm("extensor_3") == pytest.approx(-10.0 * np.deg2rad(15.0))
    assert bent.excursion_mm("wrist_extensor") < 0 < bent.excursion_mm("wrist_flexor")
    assert 0 < bent.excursion_mm("median") < bent.excursion_mm("flexor_3")
    assert Motion().excursion_mm("flexor_3") == 0


def test_bending_the_wrist_turns_the_hand_palmwards():
    still, bent = body(0), moved(0, wrist_flexion_deg=15.0)
    tip = still.anatomy.skeleton.rays[3].head.origin
    base = np.array([0.0, 0.0, -60.0])
    assert bent.place(tip)[1] < tip[1] - 15.0
    assert bent.place(base) == pytest.approx(base, abs=1e-4)
    turned = bent.place(tip) - bent.place(tip - still.anatomy.skeleton.rays[3].metacarpal.axes[2])
    flat = still.anatomy.skeleton.rays[3].metacarpal.axes[2]
    angle = np.rad2deg(np.arccos(turned @ flat / np.linalg.norm(turned)))
    assert angle == pytest.approx(15.0, abs=0.5)


def test_bending_a_finger_moves_it_and_not_its_neighbour():
    bent = moved(0, mcp_flexion_deg=(20.0, 0.0, 0.0, 0.0))
    rays = body(0).anatomy.skeleton.rays
    index, middle = (rays[n].segments[1].frame.origin for n in (2, 3))
    assert bent.place(index)[1] < index[1] - 8.0
    assert bent.place(middle) == pytest.approx(middle, abs=1e-3)


def test_space_bends_one_to_one():
    """What is apart in the flat hand is apart in the moved one: no two structures can meet."""
    one, bent = body(0), moved(0, **MODERATE)
    points = np.concatenate([t.points[::4] for t in one.anatomy.tubes if t.rank == 0])
    step = 0.05
    for point in points:
        there = bent.place(point)
        back = np.array(warp_point(bent._joints, *there, True))
        assert back == pytest.approx(point, abs=0.05)
        jacobian = np.stack([(bent.place(point + step * e) - there) / step for e in np.eye(3)])
        # Neither folded nor squeezed to less than half.
        assert np.linalg.det(jacobian) > 0.5


@pytest.mark.parametrize("plane", ["S11", "S12", "S14"])
def test_tendons_keep_their_size_at_moderate_motion(plane):
    """The picture follows the motion; a tendon is as thick as before."""
    one, bent = body(0), moved(0, **MODERATE)
    before, after = cut(one, plane), cut(bent, plane)
    for key in ("fds_2", "fdp_2", "fds_3", "fdp_3"):
        assert area_mm2(bent, after, key) == pytest.approx(area_mm2(one, before, key), rel=0.25)


def test_arteries_widen_with_the_heart():
    one = body(0)
    times = np.linspace(0, HEARTBEAT_S, 200)
    waves = [pulse_wave(t) for t in times]
    peak, trough = times[np.argmax(waves)], times[np.argmin(waves)]
    assert 0 <= min(waves) < 0.05
    assert 0.95 < max(waves) <= 1
    assert pulse_wave(peak + 3 * HEARTBEAT_S) == pytest.approx(pulse_wave(peak))
    wide, narrow = (cut(one, "S11", time_s=t) for t in (peak, trough))
    ratio = area_mm2(one, wide, "ulnar_artery") / area_mm2(one, narrow, "ulnar_artery")
    # 7 % in diameter (P): 14.5 % in area, to a pixel around the outline.
    assert ratio == pytest.approx(1.07**2, abs=0.03)
    for key in ("median_nerve", "ulnar_nerve", "fpl", "scaphoid"):
        assert np.array_equal(mask(one, wide, key), mask(one, narrow, key))


@pytest.mark.parametrize(
    "angles",
    [
        {"wrist_flexion_deg": 50.0},
        {"mcp_flexion_deg": (0.0, 0.0, 90.0, 0.0)},
        {"wrist_deviation_deg": float("nan")},
    ],
)
def test_more_than_the_body_can_move_is_refused(angles):
    with pytest.raises(SesamoidError, match="more than this body can move"):
        Motion(**angles)
